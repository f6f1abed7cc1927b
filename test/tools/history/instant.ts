import { civilFromDays, daysFromCivil } from '../../../parsers/time.js';

/** A time as microseconds since 1970, a whole number. */
export type Instant = number;

export const SECOND = 1_000_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

export function instantOf(year: number, month: number, day: number, hour = 0, minute = 0): Instant {
  return daysFromCivil(year, month, day) * DAY + hour * HOUR + minute * MINUTE;
}

/** `2026-01-14T14:24:08.034126+00:00` */
export function timeText(instant: Instant): string {
  const inDay = instant % DAY;
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  const clock = `${two(inDay / HOUR)}:${two((inDay % HOUR) / MINUTE)}:${two((inDay % MINUTE) / SECOND)}`;
  return `${civilFromDays(Math.floor(instant / DAY))}T${clock}.${String(inDay % SECOND).padStart(6, '0')}+00:00`;
}

/** The end of the slot in which an instant lies: when a job that runs every so often sees it. */
export function nextSlot(instant: Instant, every: number): Instant {
  return Math.ceil((instant + 1) / every) * every;
}
