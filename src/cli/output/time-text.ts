/**
 * A time for people, cut to the second: `2026-01-14 14:24:08Z`; `-` = not known.
 *
 * @param time - ISO 8601 in UTC, as artifacts have it.
 */
export function secondText(time: string | null): string {
  return time === null ? '-' : `${time.slice(0, 10)} ${time.slice(11, 19)}Z`;
}
