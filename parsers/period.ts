import type { MetricsPeriod } from './canonical-metrics.js';
import { civilFromDays, daysFromCivil, isCanonicalTime } from './time.js';

/** A span of UTC time that performance is told of, half-open: its start belongs to it, its end to the next one. */
export interface Period {
  readonly period: MetricsPeriod;
  /** As in the file's name: `2026-01-14T15`, `2026-01-14`, `2026-W03`, `2026-01`, `all_time`. */
  readonly label: string;
  /** Canonical times; null = open, only in `all_time`. */
  readonly start: string | null;
  readonly end: string | null;
}

/** From the shortest. */
export const METRICS_PERIODS = ['hour', 'day', 'week', 'month', 'all_time'] as const;

export const ALL_TIME: Period = { period: 'all_time', label: 'all_time', start: null, end: null };

/**
 * Finds the period of a kind that holds a moment. Weeks are ISO: from Monday, in the year that holds their Thursday.
 *
 * @param time - canonical.
 * @returns null = the period begins or ends out of years 1 to 9999.
 */
export function periodAt(period: MetricsPeriod, time: string): Period | null {
  const [year, month, day, hour] = [
    time.slice(0, 4),
    time.slice(5, 7),
    time.slice(8, 10),
    time.slice(11, 13),
  ].map(Number) as [number, number, number, number];
  const days = daysFromCivil(year, month, day);
  switch (period) {
    case 'all_time':
      return ALL_TIME;
    case 'hour':
      return spanning(period, time.slice(0, 13), days, hour, days + (hour === 23 ? 1 : 0), (hour + 1) % 24);
    case 'day':
      return spanning(period, time.slice(0, 10), days, 0, days + 1, 0);
    case 'month': {
      const next = month === 12 ? daysFromCivil(year + 1, 1, 1) : daysFromCivil(year, month + 1, 1);
      return spanning(period, time.slice(0, 7), daysFromCivil(year, month, 1), 0, next, 0);
    }
    case 'week': {
      // Day 0, 1970-01-01, was a Thursday.
      const monday = days - ((((days + 3) % 7) + 7) % 7);
      const thursdayYear = civilFromDays(monday + 3)?.slice(0, 4);
      if (thursdayYear === undefined) return null;
      const week = Math.floor((monday + 3 - daysFromCivil(Number(thursdayYear), 1, 1)) / 7) + 1;
      const label = `${thursdayYear}-W${String(week).padStart(2, '0')}`;
      return spanning(period, label, monday, 0, monday + 7, 0);
    }
  }
}

/**
 * Finds the period that a file is named for.
 *
 * @returns null = there is no such hour, day, week or month.
 */
export function periodOfLabel(period: MetricsPeriod, label: string): Period | null {
  const time = momentIn(period, label);
  const found = time === null || !isCanonicalTime(time) ? null : periodAt(period, time);
  return found?.label === label ? found : null;
}

/** A moment in the period that a label names, if it names one. */
function momentIn(period: MetricsPeriod, label: string): string | null {
  switch (period) {
    case 'all_time':
      return startOfDay('1970-01-01');
    case 'hour':
      return `${label}:00:00.000000+00:00`;
    case 'day':
      return startOfDay(label);
    case 'month':
      return startOfDay(`${label}-01`);
    case 'week': {
      const match = /^(\d{4})-W(\d{2})$/.exec(label);
      if (match === null) return null;
      // January 4 lies in week 1 of every ISO year.
      const day = civilFromDays(daysFromCivil(Number(match[1]), 1, 4) + (Number(match[2]) - 1) * 7);
      return day === null ? null : startOfDay(day);
    }
  }
}

function spanning(
  period: MetricsPeriod,
  label: string,
  startDays: number,
  startHour: number,
  endDays: number,
  endHour: number,
): Period | null {
  const start = startOfHour(startDays, startHour);
  const end = startOfHour(endDays, endHour);
  return start === null || end === null ? null : { period, label, start, end };
}

function startOfHour(days: number, hour: number): string | null {
  const date = civilFromDays(days);
  return date === null ? null : `${date}T${String(hour).padStart(2, '0')}:00:00.000000+00:00`;
}

function startOfDay(date: string): string {
  return `${date}T00:00:00.000000+00:00`;
}
