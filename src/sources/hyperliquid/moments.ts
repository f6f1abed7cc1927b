import { civilFromDays, daysFromCivil } from '../../../parsers/time.js';

const DAY_MS = 86_400_000;

/** @returns the canonical time of a moment in ms since 1970, exact. @throws RangeError out of years 1 to 9999. */
export function timeOfMoment(ms: number): string {
  const date = civilFromDays(Math.floor(ms / DAY_MS));
  if (date === null || !Number.isSafeInteger(ms)) throw new RangeError(`not a moment in milliseconds: ${ms}`);
  const inDay = ms - Math.floor(ms / DAY_MS) * DAY_MS;
  const pad = (value: number, length: number): string => String(Math.floor(value)).padStart(length, '0');
  const clock = `${pad(inDay / 3_600_000, 2)}:${pad((inDay / 60_000) % 60, 2)}:${pad((inDay / 1000) % 60, 2)}`;
  return `${date}T${clock}.${pad(inDay % 1000, 3)}000+00:00`;
}

/** @returns ms since 1970 of a canonical time; below the millisecond is cut. */
export function momentOfTime(time: string): number {
  const part = (start: number, end: number): number => Number(time.slice(start, end));
  const days = daysFromCivil(part(0, 4), part(5, 7), part(8, 10));
  return (
    days * DAY_MS + part(11, 13) * 3_600_000 + part(14, 16) * 60_000 + part(17, 19) * 1000 + part(20, 23)
  );
}
