import {
  MavenError,
  type MoneyDiff,
  moneyDiff,
  type PeriodChange,
  subtractDecimals,
  type TradeChange,
} from '../../index.js';
import { type Command, type CommandRuntime, textOption } from '../command.js';
import { moreLine } from '../output/evidence-lines.js';
import { percentText, usdText } from '../output/money.js';
import { safeText, shortText } from '../output/safe-text.js';
import { count, renderTable, things } from '../output/table.js';
import { secondText } from '../output/time-text.js';

export const diffCommand: Command = {
  build: (yargs) =>
    yargs
      .positional('range', {
        type: 'string',
        describe: 'A..B: two commits, branches, tags or times; A.. is up to HEAD',
      })
      .example('$0 diff main..feature', 'what a branch changes in money')
      .example('$0 diff 7d..', 'what the last week brought')
      .example('$0 diff v1..v2 --json', 'for programs'),
  run: async (runtime, args) => {
    const diff = await moneyDiff(await runtime.context(), readRange(textOption(args, 'range') ?? ''));
    runtime.printJson(diff);
    runtime.print(await render(runtime, diff));
    return 0;
  },
};

function readRange(range: string): { readonly from: string; readonly to?: string } {
  const [from = '', to, more] = range.split('..');
  if (from === '' || to === undefined || more !== undefined || to.startsWith('.'))
    throw new MavenError('USAGE', `range: expected A..B or A.., got ${JSON.stringify(range.slice(0, 100))}`, {
      hint: 'see maven-git diff --help',
    });
  return to === '' ? { from } : { from, to };
}

async function render({ style }: CommandRuntime, diff: MoneyDiff): Promise<string> {
  const end = ({ revision, committed_at: at }: MoneyDiff['from']): string =>
    `${revision.slice(0, 12)} (${secondText(at)})`;
  const lines = [`${style.bold('in money')}  ${end(diff.from)} to ${end(diff.to)}`];
  if (diff.same) return [...lines, '  nothing changed: the artifacts are the same'].join('\n');
  const { counts, largest, before, after } = diff.trades;
  const told = (Object.keys(counts) as (keyof typeof counts)[]).filter((kind) => counts[kind] > 0);
  const changes = told.reduce((sum, kind) => sum + counts[kind], 0);
  lines.push(
    '',
    `  trades      ${told.length === 0 ? 'none changed' : told.map((kind) => `${count(counts[kind])} ${kind}`).join(', ')}`,
    `  snapshots   ${countsText(diff.snapshots, 'added')}`,
    `  flows       ${countsText({ ...diff.flows, changed: 0 }, 'recorded')}`,
    `  decisions   ${countsText({ ...diff.decisions, added: diff.decisions.recorded }, 'recorded')}`,
    `  metrics     ${diff.metrics.changed === 0 ? 'none changed' : `${things(diff.metrics.changed, 'period')} changed`}`,
  );
  if (counts.removed > 0)
    lines.push(style.bad(`  ${things(counts.removed, 'trade')} no longer in the ledger, which only grows`));
  lines.push('', await sumsTable(diff));
  if (diff.snapshots.accounts.length > 0)
    lines.push(style.dim('  equity and P&L as the newest snapshot of each side states them'));
  if (diff.flows.added + diff.flows.removed > 0)
    lines.push(
      style.warn('  flows changed: what snapshots state may no longer follow; maven-git pnl counts it again'),
    );
  if (before.unknown_pnl + after.unknown_pnl > 0)
    lines.push(
      style.warn(
        `  not complete: ${count(before.unknown_pnl)} ended trades of unknown P&L before, ${count(after.unknown_pnl)} after`,
      ),
    );
  if (largest.length > 0)
    lines.push('', await changesTable(largest), ...moreLine(style, changes, largest.length, 'trades'));
  if (diff.metrics.periods.length > 0)
    lines.push(
      '',
      await metricsTable(diff.metrics.periods),
      ...moreLine(style, diff.metrics.changed, diff.metrics.periods.length, 'periods'),
    );
  for (const one of diff.decisions.newest)
    lines.push(
      ...(one === diff.decisions.newest[0] ? [''] : []),
      `  ${secondText(one.decided_at)}  ${shortText(one.decision_type, 20)} ${shortText(one.asset ?? '', 20)}  ${style.dim(shortText(one.action, 70))}`,
    );
  return lines.join('\n');
}

function countsText(
  of: { readonly added: number; readonly changed: number; readonly removed: number },
  added: string,
): string {
  const told = [
    [of.added, added],
    [of.changed, 'changed'],
    [of.removed, 'removed'],
  ] as const;
  const known = told.filter(([n]) => n > 0).map(([n, what]) => `${count(n)} ${what}`);
  return known.length === 0 ? 'none changed' : known.join(', ');
}

const RIGHT = (title: string) => ({ title, align: 'right' as const });

function sumsTable({ trades: { before, after }, snapshots }: MoneyDiff): Promise<string> {
  const row = (name: string, old: string | null, now: string | null): readonly string[] => [
    name,
    usdText(old),
    usdText(now),
    old === null || now === null ? '-' : signed(subtractDecimals(now, old)),
  ];
  const accounts = snapshots.accounts.flatMap(({ account, before: old, after: now }) => {
    const name = snapshots.accounts.length > 1 ? ` of ${shortText(account, 12)}` : '';
    return [
      row(`equity${name}`, old?.total_value_usd ?? null, now?.total_value_usd ?? null),
      ...(['24h', '7d', '30d', 'all'] as const).map((window) =>
        row(`P&L ${window}${name}`, old?.pnl_usd[window] ?? null, now?.pnl_usd[window] ?? null),
      ),
    ];
  });
  return renderTable(
    [{ title: 'USD' }, RIGHT('before'), RIGHT('after'), RIGHT('change')],
    [
      row('realized', before.realized_pnl_usd, after.realized_pnl_usd),
      row('fees', before.fees_usd, after.fees_usd),
      row('net P&L', before.net_pnl_usd, after.net_pnl_usd),
      ...accounts,
    ],
  );
}

function changesTable(changes: readonly TradeChange[]): Promise<string> {
  return renderTable(
    [
      { title: 'trade' },
      { title: 'change' },
      { title: 'asset' },
      { title: 'side' },
      RIGHT('net before'),
      RIGHT('net after'),
      RIGHT('change USD'),
      { title: 'fields' },
    ],
    changes.map((one) => [
      shortText(one.id, 40),
      one.change,
      shortText(one.asset, 16),
      one.side,
      usdText(one.net_pnl_before_usd),
      usdText(one.net_pnl_after_usd),
      signed(one.net_change_usd),
      shortText(one.fields.join(', '), 60),
    ]),
  );
}

function metricsTable(periods: readonly PeriodChange[]): Promise<string> {
  const pair = (
    old: string | null | undefined,
    now: string | null | undefined,
    text: (value: string | null) => string,
  ): string => {
    const [before, after] = [old, now].map((value) => (value === undefined ? '-' : text(value)));
    return before === after ? `${after}` : `${before} -> ${after}`;
  };
  return renderTable(
    [{ title: 'period' }, RIGHT('trades'), RIGHT('win rate'), RIGHT('net USD')],
    periods.map(({ label, before, after }) => [
      safeText(label),
      pair(before?.trades, after?.trades, (value) => value ?? '-'),
      pair(before?.win_rate_pct, after?.win_rate_pct, percentText),
      pair(before?.net_pnl_usd, after?.net_pnl_usd, usdText),
    ]),
  );
}

/** `+12.00`, `-3.50`, `0.00`. */
function signed(amount: string): string {
  const text = usdText(amount);
  return text.startsWith('-') || !/[1-9]/.test(text) ? text : `+${text}`;
}
