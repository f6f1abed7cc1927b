import { isCanonicalDecimal } from '../../../parsers/decimal.js';
import { compareDecimals, subtractDecimals, trimDecimal } from '../../../parsers/decimal-arithmetic.js';
import { type DifferenceCause, explainDifference } from '../../../parsers/explain-difference.js';
import type { FlowArchive } from '../../../parsers/flow-archive.js';
import type { FlowSum } from '../../../parsers/flow-book.js';
import { type FlowStates, flowStates } from '../../../parsers/flow-states.js';
import { modifiedDietzPct } from '../../../parsers/modified-dietz.js';
import type { PnlWindow } from '../../../parsers/snapshot.js';
import { durationText } from './duration-text.js';
import { WINDOW_SECONDS } from './portfolio-query.js';
import type { PortfolioWarning } from './snapshot-answer.js';
import type { AccountKey, EquityRow, SnapshotRow, SnapshotStore } from './snapshot-store.js';

/** What a P&L means here, and the version of that meaning. */
export const PNL_DEFINITION = {
  name: 'portfolio_pnl',
  version: '2',
  formula:
    'E(t1) - E(t0) - external flows in (t0, t1], as snapshots and flow records of this revision have them; t0 is the latest complete snapshot up to a minute after t1 - window, within tolerance before it',
  percent:
    'Modified Dietz: P&L / (E(t0) + flows weighted by the part of the window they were in the account)',
} as const;

/**
 * P&L over one window as it follows from the snapshots and flow records of the revision asked, and what it was counted
 * from. Exact decimal text.
 *
 * A flow that came late, or was corrected, after the snapshot was written is counted, and a warning says what the snapshot
 * states. Where nobody knows any more how a flow counts, or a file of flows is damaged, there is no number: a wrong one would
 * be worse.
 */
export interface PnlWindowAnswer {
  readonly window: PnlWindow;
  /** Null = not known, for the `reason`; never 0 for that. */
  readonly value: string | null;
  /** What the snapshot states; another number than `value` has a warning. */
  readonly stated_value: string | null;
  readonly unit: 'USD';
  /** Null when there is a value. */
  readonly reason: string | null;
  /** Return by Modified Dietz, 6 places; null = not known, or no money was at work. */
  readonly percent: string | null;
  /** Null = since the first snapshot. */
  readonly asked_seconds: number | null;
  /** The window as it really was, and the same in words. */
  readonly covered_seconds: number | null;
  readonly covered: string | null;
  readonly baseline: PnlBaseline | null;
  /** External flows that the P&L leaves out: equity at the end - equity at the start - P&L. Positive = into the account. */
  readonly flows_usd: string | null;
  /** External flows in the window as the flow records have them; null = they do not tell. */
  readonly recorded_flows_usd: string | null;
}

/** The snapshot that a P&L was counted from; but for the path null when it is not at this revision. */
export interface PnlBaseline {
  readonly artifact: string;
  readonly as_of: string | null;
  readonly quality: string | null;
  readonly total_value_usd: string | null;
}

export interface PnlWindows {
  readonly windows: readonly PnlWindowAnswer[];
  readonly warnings: readonly PortfolioWarning[];
}

interface Evidence {
  readonly baseline: string | null;
  readonly window_seconds: number | null;
  readonly reason: string | null;
}

/** Tells the windows of one snapshot, with their evidence. */
export async function pnlWindows(
  store: SnapshotStore,
  key: AccountKey,
  row: SnapshotRow,
  windows: readonly PnlWindow[],
): Promise<PnlWindows> {
  const evidence = JSON.parse(row.pnl_evidence) as Readonly<Record<PnlWindow, Evidence>>;
  const returns = returnsIn(row.metadata);
  const paths = windows.flatMap((window) => evidence[window].baseline ?? []);
  const baselines = new Map((await store.named([...new Set(paths)])).map((found) => [found.git_path, found]));
  const flows = await store.flows();
  const states = flowStates(flows.lines, { source: key.feed, account: key.account });
  const told = windows.map((window): ToldWindow => {
    const { baseline: path, ...of } = evidence[window];
    const stated = valueIn(row, window);
    const found = path === null ? undefined : baselines.get(path);
    const counted = countAgain(row, stated, found, { ...flows, states });
    const { value } = counted;
    const restated = value !== null && stated !== null && compareDecimals(value, stated) === 0;
    const answer: PnlWindowAnswer = {
      window,
      value: restated ? stated : value,
      stated_value: stated,
      unit: 'USD',
      reason: value === null ? (counted.reason ?? of.reason ?? SAYS_NOTHING) : null,
      percent: restated || counted.unchecked ? returns(window) : counted.percent,
      asked_seconds: WINDOW_SECONDS[window],
      covered_seconds: of.window_seconds,
      covered: of.window_seconds === null ? null : durationText(of.window_seconds),
      baseline: path === null ? null : baselineOf(path, found),
      flows_usd: flowsLeftOut(row.total_value_usd, found?.total_value_usd ?? null, value),
      recorded_flows_usd: counted.flowsUsd === null ? null : trimDecimal(counted.flowsUsd),
    };
    return { answer, unreadable: counted.unreadable, cause: counted.cause };
  });
  return { windows: told.map(({ answer }) => answer), warnings: told.flatMap(warningsOf) };
}

const SAYS_NOTHING = 'the snapshot tells nothing about this window';

interface ToldWindow {
  readonly answer: PnlWindowAnswer;
  /** Why the flow records of the window cannot be read; null = they can. */
  readonly unreadable: string | null;
  /** Why the snapshot states another number than follows; null = it does not. */
  readonly cause: DifferenceCause['cause'] | null;
}

interface Recount {
  readonly value: string | null;
  readonly percent: string | null;
  readonly flowsUsd: string | null;
  /** Why there is no value, where the snapshot states one. */
  readonly reason: string | null;
  readonly unreadable: string | null;
  readonly cause: DifferenceCause['cause'] | null;
  /** The value is what the snapshot states: what it was counted from is not there to count again. */
  readonly unchecked: boolean;
}

const NOT_COUNTED: Recount = {
  value: null,
  percent: null,
  flowsUsd: null,
  reason: null,
  unreadable: null,
  cause: null,
  unchecked: false,
};

/** Counts a number that the snapshot states again, from the baseline that it names. What it does not know stays so. */
function countAgain(
  row: SnapshotRow,
  stated: string | null,
  baseline: EquityRow | undefined,
  flows: Pick<FlowArchive, 'faultBetween'> & { readonly states: FlowStates },
): Recount {
  if (baseline === undefined) return { ...NOT_COUNTED, value: stated, unchecked: true };
  const [from, to] = [baseline.snapshot_at, row.snapshot_at];
  const unreadable = flows.faultBetween(from, to);
  if (unreadable !== null) return { ...NOT_COUNTED, reason: stated === null ? null : unreadable, unreadable };
  const sum = flows.states.book.between(from, to);
  const known = { ...NOT_COUNTED, flowsUsd: sum.netUsd };
  if (stated === null) return known;
  const [end, start] = [row.total_value_usd, baseline.total_value_usd];
  if (end === null || start === null)
    return { ...known, reason: 'the total value is not known', cause: 'edited' };
  const grown = subtractDecimals(end, start);
  const count = ({ netUsd }: FlowSum): string | null =>
    netUsd === null ? null : subtractDecimals(grown, netUsd);
  const counted = count(sum);
  const same = counted !== null && compareDecimals(counted, stated) === 0;
  // A snapshot is recorded soon after its time, and the search looks a few lines further.
  const when = { recordedUntil: to, stretch: { from, to } };
  const cause = same ? null : explainDifference(flows.states, { stated, ...when, sum, count }).cause;
  if (counted === null) return { ...known, reason: sum.reason, cause };
  const value = trimDecimal(counted);
  return { ...known, value, percent: modifiedDietzPct(value, start, sum.flows, { from, to }), cause };
}

function valueIn(row: SnapshotRow, window: PnlWindow): string | null {
  const values = { '24h': row.pnl_24h, '7d': row.pnl_7d, '30d': row.pnl_30d, all: row.pnl_all_time };
  return values[window];
}

/** Metadata is free in form: what is not a percentage is none. */
function returnsIn(metadata: string | null): (window: PnlWindow) => string | null {
  const { pnl_pct: stated } = (metadata === null ? {} : JSON.parse(metadata)) as {
    readonly pnl_pct?: Readonly<Record<string, { readonly value?: unknown } | null>> | null;
  };
  return (window) => {
    const value = stated?.[window]?.value;
    return typeof value === 'string' && isCanonicalDecimal(value) ? value : null;
  };
}

function baselineOf(artifact: string, found: EquityRow | undefined): PnlBaseline {
  return {
    artifact,
    as_of: found?.snapshot_at ?? null,
    quality: found?.quality ?? null,
    total_value_usd: found?.total_value_usd ?? null,
  };
}

function flowsLeftOut(end: string | null, start: string | null, pnl: string | null): string | null {
  if (end === null || start === null || pnl === null) return null;
  return trimDecimal(subtractDecimals(subtractDecimals(end, start), pnl));
}

function warningsOf({ answer, unreadable, cause }: ToldWindow): readonly PortfolioWarning[] {
  const { window, baseline, value, stated_value: stated, recorded_flows_usd: flows } = answer;
  if (stated === null) return [];
  if (baseline !== null && baseline.as_of === null)
    return [
      {
        code: 'BASELINE_MISSING',
        message: `${window}: the snapshot it was counted from is not at this revision: ${baseline.artifact}`,
      },
    ];
  if (unreadable !== null)
    return [
      {
        code: 'FLOWS_UNREADABLE',
        message: `${window}: the snapshot states ${stated} USD, which cannot be counted again, since ${unreadable}`,
      },
    ];
  if (cause === null) return [];
  const follows =
    value === null
      ? `nothing follows now: ${answer.reason ?? ''}`
      : `${value} USD follows now, with flows of ${flows ?? 'no known'} USD`;
  return [
    {
      code: cause === 'late' ? 'PNL_STALE' : 'PNL_NOT_DERIVED',
      message: `${window}: the snapshot states ${stated} USD, ${follows}; ${MENDS[cause]}`,
    },
  ];
}

const MENDS: Readonly<Record<DifferenceCause['cause'], string>> = {
  late: 'a flow was recorded or corrected later, maven-git recount writes it anew',
  uncountable: 'say how the flow counts with maven-git record flow-correction, then maven-git recount',
  edited: 'no flow explains it, see what changed with git log -p and put the file back',
};
