/**
 * Counts the whole seconds from one time to another, never below 0: a clock that went back makes nothing younger than now.
 *
 * @param since - ISO 8601 with a zone; null = not known.
 * @param until - the same, or a `Date`.
 * @returns null = `since` is.
 */
export function elapsedSeconds(since: string, until: string | Date): number;
export function elapsedSeconds(since: string | null, until: string | Date): number | null;
export function elapsedSeconds(since: string | null, until: string | Date): number | null {
  if (since === null) return null;
  const end = typeof until === 'string' ? Date.parse(until) : until.getTime();
  return Math.max(0, Math.floor((end - Date.parse(since)) / 1000));
}
