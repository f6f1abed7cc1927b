import { subtractDecimals } from '../../../parsers/decimal-arithmetic.js';
import { type FlowBook, flowBook } from '../../../parsers/flow-book.js';
import type { FlowRecord } from '../../../parsers/flows.js';
import { modifiedDietzPct } from '../../../parsers/modified-dietz.js';
import type { PnlWindow, SnapshotPnl, SnapshotRecord } from '../../../parsers/snapshot.js';
import { epochMicroseconds } from '../../../parsers/time.js';

/** What P&L needs of a snapshot. */
export type SnapshotValue = Pick<
  SnapshotRecord,
  'source' | 'account' | 'snapshotAt' | 'quality' | 'totalValueUsd'
>;

/** A snapshot that a window may be counted from, and where it stands. */
export interface Baseline<S extends SnapshotValue = SnapshotValue> {
  readonly path: string;
  readonly record: S;
}

export interface WindowPnl {
  readonly pnl: SnapshotPnl;
  /** Modified Dietz, decimal text; null with the reason. */
  readonly pct: { readonly value: string | null; readonly reason: string | null };
}

/** Length of a window, and how much earlier its baseline may lie; seconds. */
export const PNL_RULES: Readonly<
  Record<Exclude<PnlWindow, 'all'>, { readonly lengthSeconds: number; readonly toleranceSeconds: number }>
> = {
  '24h': { lengthSeconds: 86_400, toleranceSeconds: 90 * 60 },
  '7d': { lengthSeconds: 7 * 86_400, toleranceSeconds: 6 * 3600 },
  '30d': { lengthSeconds: 30 * 86_400, toleranceSeconds: 86_400 },
};

/**
 * A baseline may lie so much inside the window: snapshots of one hour arrive within seconds of each other, not in the
 * same microsecond, and by the letter of "at or before" every other day would be counted from an hour too early.
 */
const SLACK_SECONDS = 60;
const MICROSECONDS = 1_000_000;
const MAX_REASON = 255;

/**
 * The stretch in which the baseline of a window must lie, both ends included: microseconds since 1970.
 *
 * @returns null for `all`, which counts from the first complete snapshot.
 */
export function baselineRange(
  window: PnlWindow,
  snapshotAt: string,
): { readonly from: number; readonly to: number } | null {
  if (window === 'all') return null;
  const { lengthSeconds, toleranceSeconds } = PNL_RULES[window];
  const start = epochMicroseconds(snapshotAt) - lengthSeconds * MICROSECONDS;
  return { from: start - toleranceSeconds * MICROSECONDS, to: start + SLACK_SECONDS * MICROSECONDS };
}

/** Complete, with a value, of the same source and account, before the current one, and in the window's range. */
export function mayBeBaseline(window: PnlWindow, current: SnapshotValue, candidate: SnapshotValue): boolean {
  if (candidate.quality.status !== 'complete' || candidate.totalValueUsd === null) return false;
  if (candidate.source !== current.source || candidate.account !== current.account) return false;
  if (candidate.snapshotAt >= current.snapshotAt) return false;
  const range = baselineRange(window, current.snapshotAt);
  const at = epochMicroseconds(candidate.snapshotAt);
  return range === null || (at >= range.from && at <= range.to);
}

/**
 * Picks the baseline of a window out of snapshots in any order: the latest complete one up to a minute after `t1 - w`,
 * within tolerance before it; for `all` the first complete one. Of two at the same moment the lower path counts.
 *
 * @returns null = there is none.
 */
export function pickBaseline<S extends SnapshotValue>(
  window: PnlWindow,
  current: SnapshotValue,
  candidates: Iterable<Baseline<S>>,
): Baseline<S> | null {
  let best: Baseline<S> | null = null;
  for (const candidate of candidates) {
    if (!mayBeBaseline(window, current, candidate.record)) continue;
    if (best === null || isBetter(window, candidate, best)) best = candidate;
  }
  return best;
}

function isBetter(window: PnlWindow, candidate: Baseline, best: Baseline): boolean {
  const [at, bestAt] = [candidate.record.snapshotAt, best.record.snapshotAt];
  if (at === bestAt) return candidate.path < best.path;
  return window === 'all' ? at < bestAt : at > bestAt;
}

/**
 * Counts P&L and return of one window: `pnl = E(t1) - E(t0) - external flows in (t0, t1]`, exact.
 *
 * A deposit is no profit. Income, losses and internal transfers are no external flows: they are in the equity, where
 * they belong. A function of records alone, so that anybody can count again what a snapshot says.
 *
 * @param baseline - of {@link pickBaseline}; null = there is none.
 * @param flows - at least all flows of the account in (t0, t1], in any order; others are passed over.
 * @param flowsFault - why the flows of the window are not all known; null = they are.
 * @returns a null value has its reason, at most 255 characters; a wrong number would be worse than none.
 */
export function windowPnl(
  window: PnlWindow,
  current: SnapshotValue,
  baseline: Baseline | null,
  flows: readonly FlowRecord[],
  flowsFault: string | null,
): WindowPnl {
  return windowPnlOf(window, current, baseline, flowBook(flows, current), flowsFault);
}

/** As {@link windowPnl}, from flows that are open for sums already. */
export function windowPnlOf(
  window: PnlWindow,
  current: SnapshotValue,
  baseline: Baseline | null,
  flows: FlowBook,
  flowsFault: string | null,
): WindowPnl {
  const { totalValueUsd } = current;
  if (totalValueUsd === null) return unknownPnl('the total value is not known');
  if (flowsFault !== null) return unknownPnl(flowsFault);
  if (baseline === null) return unknownPnl(noBaseline(window));
  const { snapshotAt: from, totalValueUsd: before } = baseline.record;
  if (before === null) return unknownPnl('the total value of the baseline is not known');
  const sum = flows.between(from, current.snapshotAt);
  if (sum.netUsd === null) return unknownPnl(sum.reason ?? 'the flows are not known');
  const valueUsd = subtractDecimals(subtractDecimals(totalValueUsd, before), sum.netUsd);
  const pct = modifiedDietzPct(valueUsd, before, sum.flows, { from, to: current.snapshotAt });
  return {
    pnl: {
      valueUsd,
      baseline: baseline.path,
      windowSeconds: windowSeconds(from, current.snapshotAt),
      reason: null,
    },
    pct: { value: pct, reason: pct === null ? 'no money was at work in the window' : null },
  };
}

/** @returns the length of a window, to the nearest second. */
export function windowSeconds(from: string, to: string): number {
  return Math.round((epochMicroseconds(to) - epochMicroseconds(from)) / MICROSECONDS);
}

function noBaseline(window: PnlWindow): string {
  if (window === 'all') return 'no complete snapshot of this account before this one';
  const minutes = PNL_RULES[window].toleranceSeconds / 60;
  const tolerance = minutes < 360 ? `${minutes} min` : `${minutes / 60} h`;
  return `no complete snapshot of this account within ${tolerance} before the start of the window`;
}

function unknownPnl(reason: string): WindowPnl {
  return {
    pnl: { valueUsd: null, baseline: null, windowSeconds: null, reason: reason.slice(0, MAX_REASON) },
    pct: { value: null, reason: 'the P&L is not known' },
  };
}
