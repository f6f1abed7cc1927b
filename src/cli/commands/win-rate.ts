import { type AssetWinRate, type WinRateAnswer, winRate } from '../../index.js';
import { type Command, type CommandRuntime, textOptions } from '../command.js';
import { evidenceLines, intervalText, moreLine, periodText, sourceNotice } from '../output/evidence-lines.js';
import { percentText, usdText } from '../output/money.js';
import { safeText, shortText } from '../output/safe-text.js';
import { count, renderTable, things } from '../output/table.js';
import { periodOptions } from '../period-options.js';

export const winRateCommand: Command = {
  build: (yargs) =>
    periodOptions
      .build(yargs)
      .positional('asset', { type: 'string', describe: 'only this asset, such as BTC; without: all' })
      .example('$0 win-rate BTC', 'of all ended trades of one asset')
      .example('$0 win-rate --label 2026-W03', 'of one week, asset by asset')
      .example('$0 win-rate BTC --at 2026-01-14 --json', 'as it was known at the end of a day, for programs'),
  run: async (runtime, args) => {
    const options = { ...periodOptions.read(args), ...textOptions(args, ['asset']) };
    const answer = await winRate(await runtime.context(), options);
    runtime.printJson(answer);
    runtime.print(await render(runtime, answer));
    // "Not known" is an answer, not a failure: the value is null then.
    return 0;
  },
};

async function render({ style }: CommandRuntime, answer: WinRateAnswer): Promise<string> {
  const { win_rate: rate, outcomes, not_counted: left } = answer;
  const lines = [...sourceNotice(style, answer)];
  const name = answer.asset === null ? 'win rate' : `${shortText(answer.asset, 40)} win rate`;
  const title = `${name}, ${periodText(answer)}`;
  if (rate.value === null) lines.push(`${style.bold(title)}  not known: ${safeText(rate.reason ?? '')}`);
  else
    lines.push(
      `${style.bold(title)}  ${style.bold(percentText(rate.value))}`,
      `  ${count(outcomes.winning)} of ${things(rate.n, 'ended trade')} won, ${count(outcomes.losing)} lost, ${count(outcomes.breakeven)} breakeven; net ${usdText(outcomes.net_pnl_usd)} USD`,
      `  the true rate lies in ${intervalText(rate.interval)} with 95 % confidence${rate.n < 30 ? ', as there are few trades' : ''}`,
    );
  const uncounted = left.unknown_pnl + left.undated;
  if (uncounted > 0)
    lines.push(
      style.warn(`  not counted: ${things(uncounted, 'ended trade')} without known P&L or closing time`),
    );
  const spellings = answer.assets.length > 1 || answer.asset === null;
  if (spellings && answer.assets.length > 0)
    lines.push(
      '',
      await table(answer.assets),
      ...moreLine(style, answer.assets_total, answer.assets.length, 'assets'),
    );
  return [...lines, '', ...evidenceLines(style, answer, rate)].join('\n');
}

function table(assets: readonly AssetWinRate[]): Promise<string> {
  const right = (title: string) => ({ title, align: 'right' as const });
  return renderTable(
    [{ title: 'asset' }, right('trades'), right('won'), right('win rate'), right('95 %'), right('net USD')],
    assets.map((one) => [
      shortText(one.asset, 24),
      count(one.n),
      count(one.winning),
      percentText(one.win_rate_pct),
      intervalText(one.interval),
      usdText(one.net_pnl_usd),
    ]),
  );
}
