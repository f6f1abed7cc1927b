import type { ChartSpan } from './chart-columns.js';

export interface TimeTick {
  readonly time: number;
  readonly label: string;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Steps between the marks of an axis, each at a round time (UTC). */
const STEPS: readonly number[] = [
  MINUTE,
  5 * MINUTE,
  15 * MINUTE,
  HOUR,
  3 * HOUR,
  6 * HOUR,
  12 * HOUR,
  DAY,
  2 * DAY,
  7 * DAY,
  14 * DAY,
  28 * DAY,
  84 * DAY,
  364 * DAY,
];

/**
 * Chooses round times for an axis.
 *
 * @param most - how many labels fit.
 * @returns `01-14 06:00`, or `2026-01-14` where the step is a day or more; at least one, the beginning if need be.
 */
export function timeTicks({ from, to }: ChartSpan, most: number): readonly TimeTick[] {
  const longest = STEPS.at(-1) ?? DAY;
  const needed = (to - from) / Math.max(1, most);
  const step = STEPS.find((size) => size >= needed) ?? Math.ceil(needed / longest) * longest;
  const ticks: TimeTick[] = [];
  for (let time = Math.ceil(from / step) * step; time <= to; time += step)
    ticks.push({ time, label: labelOf(time, step) });
  return ticks.length === 0 ? [{ time: from, label: labelOf(from, HOUR) }] : ticks;
}

function labelOf(time: number, step: number): string {
  const text = new Date(time).toISOString();
  return step >= DAY ? text.slice(0, 10) : `${text.slice(5, 10)} ${text.slice(11, 16)}`;
}
