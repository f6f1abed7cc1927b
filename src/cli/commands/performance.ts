import {
  durationText,
  type GroupAnswer,
  type PerformanceAnswer,
  type PerformanceNumber,
  type PerformanceValue,
  performance,
  roundDecimal,
} from '../../index.js';
import type { Command, CommandRuntime } from '../command.js';
import { evidenceLines, intervalText, moreLine, periodText, sourceNotice } from '../output/evidence-lines.js';
import { percentText, usdText } from '../output/money.js';
import { safeText, shortText } from '../output/safe-text.js';
import { count, renderTable, things } from '../output/table.js';
import { periodOptions } from '../period-options.js';

/** What is shown, in groups, and how it is called; everything is in `--json`. */
const SHOWN: readonly (readonly (readonly [PerformanceNumber, string])[])[] = [
  [
    ['total_pnl_usd', 'net P&L'],
    ['total_fees_usd', 'fees'],
    ['win_rate_pct', 'win rate'],
    ['profit_factor', 'profit factor'],
    ['expectancy_usd', 'a trade on average'],
    ['avg_win_usd', 'a win on average'],
    ['avg_loss_usd', 'a loss on average'],
  ],
  [
    ['max_drawdown_usd', 'largest drawdown'],
    ['max_drawdown_pct', 'in percent'],
    ['sharpe_ratio', 'Sharpe'],
    ['sortino_ratio', 'Sortino'],
    ['avg_hold_seconds', 'held on average'],
    ['current_streak', 'current streak'],
  ],
  [
    ['decisions_made', 'decisions made'],
    ['avg_decision_confidence_pct', 'their confidence'],
    ['decided_pnl_usd', 'net of decided trades'],
    ['brier_score', 'Brier score'],
  ],
];

export const performanceCommand: Command = {
  build: (yargs) =>
    periodOptions
      .build(yargs)
      .example('$0 performance', 'of all time')
      .example('$0 performance --period month', 'of the current month')
      .example('$0 performance --label 2026-W03 --json', 'of one week, every number, for programs'),
  run: async (runtime, args) => {
    const answer = await performance(await runtime.context(), periodOptions.read(args));
    runtime.printJson(answer);
    runtime.print(await render(runtime, answer));
    return 0;
  },
};

async function render({ style }: CommandRuntime, answer: PerformanceAnswer): Promise<string> {
  const { numbers, evidence } = answer;
  const lines = [...sourceNotice(style, answer)];
  const won = `${count(Number(numbers.winning_trades.value ?? 0))} won, ${count(Number(numbers.losing_trades.value ?? 0))} lost`;
  lines.push(
    `${style.bold(`performance, ${periodText(answer)}`)}  ${things(evidence.n, 'ended trade')}, ${won}`,
  );
  for (const group of SHOWN) {
    lines.push('');
    for (const [name, title] of group)
      lines.push(`  ${title.padEnd(24)}${valueText(style.dim, numbers[name])}${basisText(name, answer)}`);
  }
  if (evidence.quality === 'partial')
    lines.push('', style.warn('  not complete: some ended trades have no known P&L, fees or closing time'));
  if (answer.assets.length > 0)
    lines.push(
      '',
      await table(answer.assets),
      ...moreLine(style, answer.groups_total.assets, answer.assets.length, 'assets'),
    );
  return [...lines, '', ...evidenceLines(style, answer, evidence)].join('\n');
}

/** A fall of the account and one of what trades brought are two things under one name. */
function basisText(name: PerformanceNumber, { numbers, equity_basis: basis }: PerformanceAnswer): string {
  if (name !== 'max_drawdown_usd' || numbers[name].value === null || basis === null) return '';
  return basis === 'snapshots' ? ', by snapshots' : ', by trades';
}

function valueText(
  dim: (text: string) => string,
  { value, unit, reason, interval }: PerformanceValue,
): string {
  if (value === null) return dim(`not known: ${safeText(reason ?? '')}`);
  switch (unit) {
    case 'USD':
      return `${usdText(value)} USD`;
    case 'percent':
      return interval === null
        ? percentText(value)
        : `${percentText(value)}, 95 %: ${intervalText(interval)}`;
    case 'seconds':
      return durationText(Number(roundDecimal(value, 0)));
    case 'ratio':
      return roundDecimal(value, 4);
    case 'count':
      return value;
  }
}

function table(groups: readonly GroupAnswer[]): Promise<string> {
  const right = (title: string) => ({ title, align: 'right' as const });
  return renderTable(
    [{ title: 'asset' }, right('trades'), right('win rate'), right('95 %'), right('net USD')],
    groups.map((group) => [
      shortText(group.name ?? 'none', 24),
      count(group.n),
      percentText(group.win_rate_pct),
      intervalText(group.interval),
      usdText(group.pnl_usd),
    ]),
  );
}
