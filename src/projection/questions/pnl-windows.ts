import { isCanonicalDecimal } from '../../../parsers/decimal.js';
import { compareDecimals, subtractDecimals, trimDecimal } from '../../../parsers/decimal-arithmetic.js';
import type { PnlWindow } from '../../../parsers/snapshot.js';
import { durationText } from './duration-text.js';
import { WINDOW_SECONDS } from './portfolio-query.js';
import type { PortfolioWarning } from './snapshot-answer.js';
import type { AccountKey, EquityRow, SnapshotRow, SnapshotStore } from './snapshot-store.js';

/** What a P&L means here, and the version of that meaning. */
export const PNL_DEFINITION = {
  name: 'portfolio_pnl',
  version: '1',
  formula:
    'E(t1) - E(t0) - external flows in (t0, t1]; t0 is the latest complete snapshot up to a minute after t1 - window, within tolerance before it',
  percent:
    'Modified Dietz: P&L / (E(t0) + flows weighted by the part of the window they were in the account)',
} as const;

/** P&L over one window, as the snapshot says it, and what it was counted from. Exact decimal text. */
export interface PnlWindowAnswer {
  readonly window: PnlWindow;
  /** Null = not known, for the `reason`; never 0 for that. */
  readonly value: string | null;
  readonly unit: 'USD';
  /** Null when there is a value. */
  readonly reason: string | null;
  /** Return as the snapshot states it, 6 places; null = it states none. */
  readonly percent: string | null;
  /** Null = since the first snapshot. */
  readonly asked_seconds: number | null;
  /** The window as it really was, and the same in words. */
  readonly covered_seconds: number | null;
  readonly covered: string | null;
  readonly baseline: PnlBaseline | null;
  /** External flows that the P&L leaves out: equity at the end - equity at the start - P&L. Positive = into the account. */
  readonly flows_usd: string | null;
  /** The same as snapshots after the baseline recorded it; null = one of them does not know. */
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
  const starts = [...new Set([...baselines.values()].map(({ snapshot_at }) => snapshot_at))];
  const sums = await store.recordedFlows(key, starts, row.snapshot_at);
  const answers = windows.map((window): PnlWindowAnswer => {
    const { baseline: path, ...of } = evidence[window];
    const found = path === null ? undefined : baselines.get(path);
    const value = valueIn(row, window);
    return {
      window,
      value,
      unit: 'USD',
      reason: value === null ? (of.reason ?? 'the snapshot tells nothing about this window') : null,
      percent: returns(window),
      asked_seconds: WINDOW_SECONDS[window],
      covered_seconds: of.window_seconds,
      covered: of.window_seconds === null ? null : durationText(of.window_seconds),
      baseline: path === null ? null : baselineOf(path, found),
      flows_usd: flowsLeftOut(row.total_value_usd, found?.total_value_usd ?? null, value),
      recorded_flows_usd: found === undefined ? null : (sums[starts.indexOf(found.snapshot_at)] ?? null),
    };
  });
  return { windows: answers, warnings: answers.flatMap(warningsOf) };
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

function warningsOf(answer: PnlWindowAnswer): readonly PortfolioWarning[] {
  const { window, baseline, flows_usd: counted, recorded_flows_usd: recorded } = answer;
  if (baseline !== null && baseline.as_of === null)
    return [
      {
        code: 'BASELINE_MISSING',
        message: `${window}: the snapshot it was counted from is not at this revision: ${baseline.artifact}`,
      },
    ];
  if (counted === null || recorded === null || compareDecimals(counted, recorded) === 0) return [];
  return [
    {
      code: 'FLOWS_DIFFER',
      message: `${window}: the P&L leaves out flows of ${counted} USD, the snapshots in between recorded ${recorded} USD`,
    },
  ];
}
