const BLANK = 32;
const POINT = 46;
/** `2026-01-14 14:24:08` */
const WHOLE_SECONDS = 19;
const MOST_DIGITS = 6;

/**
 * Reads a `timestamp` of UTC as Postgres prints it in ISO style, `2026-01-14 14:24:08.0341`: zeros at the end are not
 * printed.
 *
 * Made here and not by upstream's `to_char`, which takes as long as all else that it does for a row.
 *
 * @returns canonical time; the text itself where it is no finite time of years 1 to 9999 (`infinity`, `0044-03-15 00:00:00 BC`).
 */
export function timeOfTimestamp(text: string): string {
  const digits = text.length - WHOLE_SECONDS - 1;
  const whole = digits === -1;
  if (text.charCodeAt(10) !== BLANK || text.endsWith('BC')) return text;
  if (!whole && (text.charCodeAt(WHOLE_SECONDS) !== POINT || digits < 1 || digits > MOST_DIGITS)) return text;
  const fraction = whole ? '' : text.slice(WHOLE_SECONDS + 1);
  return `${text.slice(0, 10)}T${text.slice(11, WHOLE_SECONDS)}.${fraction.padEnd(MOST_DIGITS, '0')}+00:00`;
}
