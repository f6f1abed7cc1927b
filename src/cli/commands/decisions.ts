import { type DecisionAnswer, type DecisionList, type DecisionOptions, decisions } from '../../index.js';
import { atOption } from '../at-option.js';
import { type Arguments, type Command, type CommandRuntime, textOption, textOptions } from '../command.js';
import { moreLine, sourceNotice, sourceText } from '../output/evidence-lines.js';
import { usdText } from '../output/money.js';
import { shortText } from '../output/safe-text.js';
import { count, renderTable, things } from '../output/table.js';
import { secondText } from '../output/time-text.js';
import { wholeNumber } from '../whole-number.js';

const OUTCOMES = ['open', 'win', 'loss', 'breakeven', 'unknown', 'no_trades'] as const;

export const decisionsCommand: Command = {
  build: (yargs) =>
    atOption
      .build(yargs)
      .option('outcome', { choices: OUTCOMES, describe: 'only those with this outcome' })
      .option('asset', { type: 'string', describe: 'only on this asset, such as BTC' })
      .option('type', { type: 'string', describe: 'only of this type, such as buy' })
      .option('since', {
        type: 'string',
        describe: 'decided at or after: a time, a day (UTC), or 7d, 24h, 30m',
      })
      .option('until', { type: 'string', describe: 'decided at or before; a day stands for all of it' })
      .option('limit', { type: 'string', default: '20', describe: 'how many are listed at most' })
      .option('cursor', { type: 'string', describe: 'next_cursor of the page before' })
      .example('$0 decisions', 'the newest, with their trades and what they earned')
      .example('$0 decisions --outcome loss --asset BTC', 'what went wrong')
      .example('$0 decisions --since 30d --json', 'a month, for programs'),
  run: async (runtime, args) => {
    const list = await decisions(await runtime.context(), optionsOf(args));
    runtime.printJson(list);
    runtime.print(await render(runtime, list));
    return 0;
  },
};

function optionsOf(args: Arguments): DecisionOptions {
  const given = textOptions(args, ['outcome', 'asset', 'type', 'since', 'until', 'cursor']);
  const limit = wholeNumber('--limit', textOption(args, 'limit'), 1, 10_000);
  return { ...atOption.read(args), ...given, limit };
}

async function render({ style }: CommandRuntime, list: DecisionList): Promise<string> {
  const lines = [...sourceNotice(style, list)];
  if (list.total === 0)
    return [...lines, `no decision fits ${style.dim(`(${sourceText(list)})`)}`].join('\n');
  if (list.decisions.length > 0) lines.push(await table(list.decisions));
  lines.push(...moreLine(style, list.total, list.returned, 'that fit; --limit and --cursor show more'), '');
  const told = OUTCOMES.filter((outcome) => list.outcomes[outcome] > 0).map(
    (outcome) => `${count(list.outcomes[outcome])} ${outcome.replace('_', ' ')}`,
  );
  lines.push(
    `  ${things(list.total, 'decision')}: ${told.join(', ')}; ${style.bold(`net ${usdText(list.net_pnl_usd)} USD`)}`,
    style.dim(`  a win has a realized P&L above 0, before fees; ${sourceText(list)}`),
  );
  return lines.join('\n');
}

function table(rows: readonly DecisionAnswer[]): Promise<string> {
  const right = (title: string) => ({ title, align: 'right' as const });
  return renderTable(
    [
      { title: 'decided' },
      { title: 'type' },
      { title: 'asset' },
      right('conf.'),
      { title: 'outcome' },
      right('trades'),
      right('net USD'),
      { title: 'action' },
    ],
    rows.map((one) => [
      secondText(one.decided_at),
      shortText(one.decision_type, 16),
      shortText(one.asset ?? '-', 16),
      one.confidence_pct === null ? '-' : `${one.confidence_pct} %`,
      one.outcome.replace('_', ' '),
      count(one.trades.count),
      usdText(one.net_pnl_usd),
      shortText(one.action, 50),
    ]),
  );
}
