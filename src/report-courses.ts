import { addDecimals, compareDecimals, subtractDecimals } from '../parsers/decimal-arithmetic.js';
import type { DayTally } from '../parsers/performance-tally.js';
import type { EquityPoint } from './ledger/metrics/equity.js';

/** How deep below its highest point so far something stood on a UTC day. */
export interface DrawdownDay {
  /** `2026-01-14` */
  readonly day: string;
  /** Exact decimal text, 0 at a new high, else positive. */
  readonly depth_usd: string;
}

/** What trades brought on a UTC day, and since the first. Exact decimal text. */
export interface EarnedDay {
  readonly day: string;
  readonly net_usd: string;
  readonly total_usd: string;
}

/**
 * Tells the drawdown of an account day by day: the deepest of each day's snapshots, flows taken out. The deepest of all is
 * the `max_drawdown_usd` of the metrics.
 *
 * @param points - oldest first, every flow between them known.
 */
export function drawdownOfAccount(points: readonly EquityPoint[]): readonly DrawdownDay[] {
  const deepest = new Map<string, string>();
  let [earned, peak] = ['0', '0'];
  let before: EquityPoint | null = null;
  for (const point of points) {
    if (before !== null)
      earned = addDecimals(
        earned,
        subtractDecimals(subtractDecimals(point.valueUsd, before.valueUsd), point.flowUsd ?? '0'),
      );
    before = point;
    if (compareDecimals(earned, peak) > 0) peak = earned;
    const day = point.at.slice(0, 10);
    const depth = subtractDecimals(peak, earned);
    const known = deepest.get(day);
    if (known === undefined || compareDecimals(depth, known) > 0) deepest.set(day, depth);
  }
  return Array.from(deepest, ([day, depth_usd]) => ({ day, depth_usd }));
}

/** Tells the drawdown of what trades brought, at the end of each day: what rose and fell within a day is not seen. */
export function drawdownOfTrades(days: readonly EarnedDay[]): readonly DrawdownDay[] {
  let peak = '0';
  return days.map(({ day, total_usd: total }) => {
    if (compareDecimals(total, peak) > 0) peak = total;
    return { day, depth_usd: subtractDecimals(peak, total) };
  });
}

/** @param days - ascending. */
export function earnedDays(days: readonly DayTally[]): readonly EarnedDay[] {
  let total = '0';
  return days.map(({ day, netUsd }) => {
    total = addDecimals(total, netUsd);
    return { day, net_usd: netUsd, total_usd: total };
  });
}

/**
 * Leaves out days where there are more than can be seen: of each stretch the one that stands out most, and the last of
 * all.
 *
 * @param most - from 2.
 * @param standsOut - tells whether the left one is to stay rather than the right one.
 */
export function fewerDays<T>(
  days: readonly T[],
  most: number,
  standsOut: (left: T, right: T) => boolean,
): readonly T[] {
  const last = days.at(-1);
  if (days.length <= most || last === undefined) return days;
  const size = Math.ceil((days.length - 1) / (most - 1));
  const kept: T[] = [];
  for (let start = 0; start < days.length - 1; start += size) {
    const [first, ...rest] = days.slice(start, Math.min(start + size, days.length - 1));
    if (first !== undefined)
      kept.push(rest.reduce((best, day) => (standsOut(day, best) ? day : best), first));
  }
  return [...kept, last];
}
