/** A time as a file spells it, read. */
export interface TimeReading {
  /** Canonical: UTC, microseconds, `2026-01-14T14:24:08.034126+00:00`. */
  readonly time: string;
  /** The text names no zone; it was read as UTC. */
  readonly zoneMissing: boolean;
  /** The text has digits below the microsecond that are not zero; they were cut. */
  readonly precisionCut: boolean;
}

const TIME =
  /^(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,30}))?)? ?(?:([Zz])|([+-])(\d{2}):?(\d{2})?)?$/;

const CANONICAL_LENGTH = 32;
/** The canonical form with its digits masked. */
const CANONICAL_MASK = 'dddd-dd-ddTdd:dd:dd.dddddd+00:00';
const DIGIT = 100;

/** Tells whether text is a canonical time: the one spelling used in files that this program writes, and in records. */
export function isCanonicalTime(text: string): boolean {
  return text.length === CANONICAL_LENGTH && afterTime(text, 0) === CANONICAL_LENGTH;
}

/**
 * Finds the end of a canonical time that starts at `start`.
 *
 * @returns offset after it; -1 = there is none.
 */
export function afterTime(text: string, start: number): number {
  for (let index = 0; index < CANONICAL_LENGTH; index += 1) {
    const code = text.charCodeAt(start + index);
    const expected = CANONICAL_MASK.charCodeAt(index);
    if (expected === DIGIT ? !(code >= 48 && code <= 57) : code !== expected) return -1;
  }
  const valid = isCalendarTime(
    number2(text, start) * 100 + number2(text, start + 2),
    number2(text, start + 5),
    number2(text, start + 8),
    number2(text, start + 11),
    number2(text, start + 14),
    number2(text, start + 17),
  );
  return valid ? start + CANONICAL_LENGTH : -1;
}

/**
 * Reads an ISO 8601 time with or without zone, fraction and seconds, exactly (integer arithmetic, no `Date`).
 *
 * @returns null = not a time: wrong form, a day that does not exist, a leap second, or out of years 1 to 9999.
 */
export function readTime(text: string): TimeReading | null {
  if (isCanonicalTime(text)) return { time: text, zoneMissing: false, precisionCut: false };
  const match = TIME.exec(text);
  if (match === null) return null;
  const [year, month, day, hour, minute, second] = [1, 2, 3, 4, 5, 6].map((group) =>
    Number(match[group] ?? 0),
  );
  if (year === undefined || month === undefined || day === undefined) return null;
  if (hour === undefined || minute === undefined || second === undefined) return null;
  if (!isCalendarTime(year, month, day, hour, minute, second)) return null;
  const offsetMinutes = Number(match[10] ?? 0) * 60 + Number(match[11] ?? 0);
  if (Number(match[11] ?? 0) > 59 || offsetMinutes >= 16 * 60) return null;
  const fraction = match[7] ?? '';
  const epochMinutes = daysFromCivil(year, month, day) * 1440 + hour * 60 + minute;
  const utcMinutes = match[9] === '-' ? epochMinutes + offsetMinutes : epochMinutes - offsetMinutes;
  const date = civilFromDays(Math.floor(utcMinutes / 1440));
  if (date === null) return null;
  const minuteOfDay = utcMinutes - Math.floor(utcMinutes / 1440) * 1440;
  const clock = `${pad2(Math.floor(minuteOfDay / 60))}:${pad2(minuteOfDay % 60)}:${pad2(second)}`;
  return {
    time: `${date}T${clock}.${fraction.slice(0, 6).padEnd(6, '0')}+00:00`,
    zoneMissing: match[8] === undefined && match[9] === undefined,
    precisionCut: /[1-9]/.test(fraction.slice(6)),
  };
}

function isCalendarTime(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
): boolean {
  if (hour > 23 || minute > 59 || second > 59) return false;
  return year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month);
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Days since 1970-01-01 of the proleptic Gregorian calendar (Howard Hinnant's `days_from_civil`). */
export function daysFromCivil(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

/** @returns `2026-01-14`; null = out of years 1 to 9999. */
export function civilFromDays(days: number): string | null {
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthIndex = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * monthIndex + 2) / 5) + 1;
  const month = monthIndex < 10 ? monthIndex + 3 : monthIndex - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  if (year < 1 || year > 9999) return null;
  return `${String(year).padStart(4, '0')}-${pad2(month)}-${pad2(day)}`;
}

function pad2(value: number): string {
  return value < 10 ? `0${value}` : String(value);
}

function number2(text: string, at: number): number {
  return (text.charCodeAt(at) - 48) * 10 + text.charCodeAt(at + 1) - 48;
}

/** @returns microseconds since 1970 of a canonical time; exact, since years up to 2255 stay below 2^53. */
export function epochMicroseconds(time: string): number {
  const days = daysFromCivil(number2(time, 0) * 100 + number2(time, 2), number2(time, 5), number2(time, 8));
  const seconds = number2(time, 11) * 3600 + number2(time, 14) * 60 + number2(time, 17);
  return (days * 86_400 + seconds) * 1_000_000 + Number(time.slice(20, 26));
}
