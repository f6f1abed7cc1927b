import { durationText } from '../../index.js';

/**
 * How long ago a time was, in its largest unit and the next: `3 d 4 h`.
 *
 * @param time - ISO 8601.
 */
export function age(time: string, now: Date): string {
  return durationText(Math.max(0, Math.floor((now.getTime() - Date.parse(time)) / 1000)));
}
