import {
  divideDecimals,
  multiplyDecimals,
  signOfDecimal,
  trimDecimal,
} from '../../../parsers/decimal-arithmetic.js';
import { METRICS_PERIODS } from '../../../parsers/period.js';
import { PNL_WINDOWS, type PnlWindow } from '../../../parsers/snapshot.js';
import type { Revision } from '../../git/revision.js';
import type { ProjectedRow } from '../table-description.js';
import type { LiveDependencies } from './ask-projection.js';
import { type FlowChange, flowChange } from './flow-changes.js';
import { type BothSides, bothSides } from './read-both-sides.js';
import { type LedgerChange, ledgerChange } from './trade-changes.js';

/** What changed in money between two revisions. Amounts are exact decimal text, null = not known or not there. */
export interface MoneyDiff {
  readonly from: DiffEnd;
  readonly to: DiffEnd;
  /** True = the artifacts are the same in both. */
  readonly same: boolean;
  readonly trades: LedgerChange;
  /** Deposits, withdrawals and what says how they count: P&L of snapshots may have to be counted anew. */
  readonly flows: FlowChange;
  readonly snapshots: {
    readonly added: number;
    readonly changed: number;
    readonly removed: number;
    /** What the newest snapshot of each account states, by feed and account. */
    readonly accounts: readonly AccountChange[];
  };
  readonly metrics: {
    /** Files that state something else, are new or gone. */
    readonly changed: number;
    /** The longest periods first, then the newest; at most {@link MOST_PERIODS}. */
    readonly periods: readonly PeriodChange[];
  };
  readonly decisions: {
    readonly recorded: number;
    readonly changed: number;
    readonly removed: number;
    /** Newest first, at most {@link MOST_DECISIONS}. */
    readonly newest: readonly RecordedDecision[];
  };
}

export interface DiffEnd {
  readonly revision: string;
  /** The commit's own time, canonical. */
  readonly committed_at: string | null;
}

export interface AccountChange {
  readonly feed: string;
  readonly account: string;
  readonly before: AccountState | null;
  readonly after: AccountState | null;
}

export interface AccountState {
  readonly as_of: string;
  readonly artifact: string;
  readonly total_value_usd: string | null;
  readonly pnl_usd: Readonly<Record<PnlWindow, string | null>>;
}

export interface PeriodChange {
  readonly period: string;
  readonly label: string;
  /** Null = there was, or is, no such file. */
  readonly before: PeriodState | null;
  readonly after: PeriodState | null;
}

export interface PeriodState {
  readonly trades: string | null;
  readonly win_rate_pct: string | null;
  readonly net_pnl_usd: string | null;
}

export interface RecordedDecision {
  readonly decision: string;
  readonly decided_at: string;
  readonly decision_type: string;
  readonly asset: string | null;
  readonly action: string;
}

export const MOST_PERIODS = 10;
export const MOST_DECISIONS = 10;

/** Compares what two revisions say of money. Reads git alone. */
export async function moneyDiff(
  dependencies: Pick<LiveDependencies, 'repository' | 'progress'>,
  from: Revision,
  to: Revision,
  committedAt: (commit: string) => string | null,
): Promise<MoneyDiff> {
  const sides = await bothSides(dependencies, { before: from.artifactsTree, after: to.artifactsTree });
  return {
    from: { revision: from.commit, committed_at: committedAt(from.commit) },
    to: { revision: to.commit, committed_at: committedAt(to.commit) },
    same: from.artifactsTree === to.artifactsTree,
    trades: await ledgerChange(sides.read('maven_trades')),
    flows: await flowChange(dependencies.repository, {
      before: from.artifactsTree,
      after: to.artifactsTree,
    }),
    snapshots: await snapshotChange(sides),
    metrics: await metricsChange(sides),
    decisions: await decisionChange(sides),
  };
}

async function snapshotChange(sides: BothSides): Promise<MoneyDiff['snapshots']> {
  type Row = ProjectedRow<'maven_portfolio_snapshots'>;
  const newest = { before: new Map<string, Row>(), after: new Map<string, Row>() };
  const only = { before: new Set<string>(), after: new Set<string>() };
  const keep = (rows: Map<string, Row>, row: Row): void => {
    const key = JSON.stringify([row.source, row.account]);
    const standing = rows.get(key);
    // Of one time, the greater path is the newest: rows come in order of path.
    if (standing === undefined || standing.snapshot_at <= row.snapshot_at) rows.set(key, row);
  };
  for await (const { side, rows } of sides.read('maven_portfolio_snapshots')) {
    for (const row of rows) {
      if (side !== 'after') keep(newest.before, row);
      if (side !== 'before') keep(newest.after, row);
      if (side !== 'both') only[side].add(row.id);
    }
  }
  const keys = [...new Set([...newest.before.keys(), ...newest.after.keys()])].sort();
  return {
    ...counted(only.before, only.after),
    accounts: keys.map((key) => {
      const [feed = '', account = ''] = JSON.parse(key) as readonly string[];
      const state = (row: Row | undefined): AccountState | null =>
        row === undefined ? null : accountState(row);
      return { feed, account, before: state(newest.before.get(key)), after: state(newest.after.get(key)) };
    }),
  };
}

function accountState(row: ProjectedRow<'maven_portfolio_snapshots'>): AccountState {
  const pnl = { '24h': row.pnl_24h, '7d': row.pnl_7d, '30d': row.pnl_30d, all: row.pnl_all_time };
  return {
    as_of: row.snapshot_at,
    artifact: row.git_path,
    total_value_usd: row.total_value_usd,
    pnl_usd: Object.fromEntries(
      PNL_WINDOWS.map((window) => [window, pnl[window]]),
    ) as AccountState['pnl_usd'],
  };
}

async function metricsChange(sides: BothSides): Promise<MoneyDiff['metrics']> {
  const periods = new Map<string, { -readonly [K in keyof PeriodChange]: PeriodChange[K] }>();
  for await (const { side, rows } of sides.read('maven_performance_metrics', true)) {
    for (const row of rows) {
      const change = periods.get(row.id) ?? {
        period: row.period,
        label: row.period_label,
        before: null,
        after: null,
      };
      if (side !== 'both') change[side] = periodState(row);
      periods.set(row.id, change);
    }
  }
  const order: readonly string[] = METRICS_PERIODS;
  const sorted = [...periods.values()].sort(
    (left, right) =>
      order.indexOf(right.period) - order.indexOf(left.period) || (left.label < right.label ? 1 : -1),
  );
  return { changed: sorted.length, periods: sorted.slice(0, MOST_PERIODS) };
}

function periodState(row: ProjectedRow<'maven_performance_metrics'>): PeriodState {
  const { total_trades: trades, winning_trades: winning } = row;
  const known = trades !== null && winning !== null && signOfDecimal(trades) === 1;
  return {
    trades,
    win_rate_pct: known ? trimDecimal(divideDecimals(multiplyDecimals(winning, '100'), trades, 4)) : null,
    net_pnl_usd: row.total_pnl_usd,
  };
}

async function decisionChange(sides: BothSides): Promise<MoneyDiff['decisions']> {
  const only = { before: new Set<string>(), after: new Set<string>() };
  const after = new Map<string, ProjectedRow<'maven_decisions'>>();
  for await (const { side, rows } of sides.read('maven_decisions', true)) {
    for (const row of rows) {
      if (side !== 'both') only[side].add(row.id);
      if (side === 'after') after.set(row.id, row);
    }
  }
  const recorded = [...after.values()].filter(({ id }) => !only.before.has(id));
  recorded.sort((left, right) => (left.decided_at < right.decided_at ? 1 : -1));
  const { added, changed, removed } = counted(only.before, only.after);
  return {
    recorded: added,
    changed,
    removed,
    newest: recorded.slice(0, MOST_DECISIONS).map((row) => ({
      decision: row.git_filename,
      decided_at: row.decided_at,
      decision_type: row.decision_type,
      asset: row.asset,
      action: row.action.slice(0, 300),
    })),
  };
}

/** @param before - ids in artifacts that are not the same, as they were; @param after - as they are. */
function counted(
  before: ReadonlySet<string>,
  after: ReadonlySet<string>,
): { readonly added: number; readonly changed: number; readonly removed: number } {
  const changed = [...after].filter((id) => before.has(id)).length;
  return { added: after.size - changed, changed, removed: before.size - changed };
}
