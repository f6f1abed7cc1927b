import {
  addDecimals,
  compareDecimals,
  signOfDecimal,
  subtractDecimals,
} from '../../../parsers/decimal-arithmetic.js';
import type { EquityReading } from '../../../parsers/performance-tally.js';
import type { Period } from '../../../parsers/period.js';
import { epochMicroseconds } from '../../../parsers/time.js';

/** A complete snapshot. */
export interface EquityPoint {
  readonly at: string;
  readonly valueUsd: string;
  /** External flows since the point before; null = not known, or there is no point before. */
  readonly flowUsd: string | null;
}

/** The value of one account over time; `reason` says why there is none. */
export type EquityHistory =
  | { readonly points: readonly EquityPoint[]; readonly reason: null }
  | { readonly points: readonly []; readonly reason: string };

/** The points that tell of a period: the one that it begins with, and those in it. */
export interface PeriodEquity {
  /** Value at the period's start; null = not known. */
  readonly starting: EquityPoint | null;
  /** From `starting`, or else from the first in the period; fewer than two say nothing of its course. */
  readonly points: readonly EquityPoint[];
  /** The first two of them between which the flows are not known; null = they are known throughout. */
  readonly broken: { readonly from: string; readonly to: string } | null;
}

export interface EquityFall {
  readonly usd: string;
  readonly from: string;
  readonly to: string | null;
  /** Value at the peak, and what was paid in between there and the lowest point. */
  readonly baseUsd: string;
}

/** A snapshot speaks for the start of a period when it is no older than this. */
const OLDEST_START_MICROSECONDS = 86_400_000_000;

/**
 * Chains the complete snapshots of an account by what flowed between each two.
 *
 * Every reading that knows its flows says how much more flowed in up to `at` than up to `since`. So one that could not read
 * them is passed over by the next that reaches back over it, and two that overlap count nothing twice.
 *
 * @param readings - ascending.
 */
export function equityHistory(readings: readonly EquityReading[]): EquityHistory {
  const accounts = new Set(readings.map(({ account }) => account));
  if (readings.length === 0) return { points: [], reason: 'there are no snapshots' };
  if (accounts.size > 1) return { points: [], reason: 'snapshots are of more than one account' };
  const points: EquityPoint[] = [];
  const sums = new Map<string, FlowsUpTo>();
  for (const reading of readings) {
    addFlows(sums, reading);
    const { at, valueUsd } = reading;
    if (valueUsd === null) continue;
    const before = points.at(-1);
    points.push({ at, valueUsd, flowUsd: before === undefined ? null : flowBetween(sums, before.at, at) });
  }
  return { points, reason: null };
}

/** The sum of flows up to a moment, from a moment `origin` that it has in common with others it may be compared with. */
interface FlowsUpTo {
  readonly origin: string;
  readonly usd: string;
}

const BEGINNING = 'beginning';

function addFlows(sums: Map<string, FlowsUpTo>, { at, since, flowUsd }: EquityReading): void {
  if (flowUsd === null || (since !== null && since >= at)) return;
  const start = since ?? BEGINNING;
  const before = sums.get(start) ?? { origin: start, usd: '0' };
  sums.set(start, before);
  sums.set(at, { origin: before.origin, usd: addDecimals(before.usd, flowUsd) });
}

function flowBetween(sums: ReadonlyMap<string, FlowsUpTo>, from: string, to: string): string | null {
  const [first, last] = [sums.get(from), sums.get(to)];
  if (first === undefined || last === undefined || first.origin !== last.origin) return null;
  return subtractDecimals(last.usd, first.usd);
}

/** Takes the points of a period. One at its very end belongs to it: it tells what the period made. */
export function equityOf(history: EquityHistory, { start, end }: Period): PeriodEquity {
  const { points } = history;
  const first = start === null ? 0 : firstAfter(points, start);
  const last = end === null ? points.length : firstAfter(points, end);
  const before = start === null ? undefined : points[first - 1];
  const fresh =
    before !== undefined &&
    start !== null &&
    epochMicroseconds(start) - epochMicroseconds(before.at) <= OLDEST_START_MICROSECONDS;
  const own = points.slice(fresh ? first - 1 : first, last);
  return {
    starting: fresh ? before : null,
    points: own,
    broken: firstBreak(own),
  };
}

function firstBreak(points: readonly EquityPoint[]): PeriodEquity['broken'] {
  const i = points.findIndex(({ flowUsd }, index) => index > 0 && flowUsd === null);
  const [from, to] = [points[i - 1], points[i]];
  return from === undefined || to === undefined ? null : { from: from.at, to: to.at };
}

/** The deepest fall of what the account earned, flows taken out. @param points - at least two, none broken. */
export function deepestFall(points: readonly EquityPoint[]): EquityFall {
  let [earned, peak] = ['0', '0'];
  let peakPoint = points[0] as EquityPoint;
  let paidIn = '0';
  let fall: EquityFall = { usd: '0', from: peakPoint.at, to: null, baseUsd: peakPoint.valueUsd };
  let before = peakPoint;
  for (const point of points.slice(1)) {
    const flow = point.flowUsd ?? '0';
    earned = addDecimals(earned, stepUsd(before, point));
    if (signOfDecimal(flow) > 0) paidIn = addDecimals(paidIn, flow);
    if (compareDecimals(earned, peak) > 0) {
      peak = earned;
      peakPoint = point;
      paidIn = '0';
    }
    const depth = subtractDecimals(peak, earned);
    if (compareDecimals(depth, fall.usd) > 0) {
      fall = {
        usd: depth,
        from: peakPoint.at,
        to: point.at,
        baseUsd: addDecimals(peakPoint.valueUsd, paidIn),
      };
    }
    before = point;
  }
  return fall;
}

/**
 * What the account earned on each UTC day, and on how much: from the last point of the day before to the last of the day.
 * A day without a point, or after one without, has no return.
 *
 * @returns in order; `baseUsd` is the value at the start and what was paid in on the day.
 */
export function dailyEarnings(
  points: readonly EquityPoint[],
): readonly { readonly earnedUsd: string; readonly baseUsd: string }[] {
  const days: { readonly day: number; readonly startDay: number; earnedUsd: string; baseUsd: string }[] = [];
  for (let i = 1; i < points.length; i++) {
    const [before, point] = [points[i - 1] as EquityPoint, points[i] as EquityPoint];
    const day = dayOf(point);
    let open = days.at(-1);
    if (open?.day !== day) {
      open = { day, startDay: dayOf(before), earnedUsd: '0', baseUsd: before.valueUsd };
      days.push(open);
    }
    open.earnedUsd = addDecimals(open.earnedUsd, stepUsd(before, point));
    if (point.flowUsd !== null && signOfDecimal(point.flowUsd) > 0)
      open.baseUsd = addDecimals(open.baseUsd, point.flowUsd);
  }
  return days.filter(({ day, startDay }) => startDay + 1 === day);
}

/** A point on the stroke of midnight tells of the day that it ends. */
function dayOf({ at }: EquityPoint): number {
  return Math.ceil(epochMicroseconds(at) / OLDEST_START_MICROSECONDS) - 1;
}

function stepUsd(before: EquityPoint, after: EquityPoint): string {
  return subtractDecimals(subtractDecimals(after.valueUsd, before.valueUsd), after.flowUsd ?? '0');
}

/** Index of the first point later than a moment. */
function firstAfter(points: readonly EquityPoint[], moment: string): number {
  let [low, high] = [0, points.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((points[middle] as EquityPoint).at <= moment) low = middle + 1;
    else high = middle;
  }
  return low;
}
