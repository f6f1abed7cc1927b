import { readTime } from '../../../parsers/time.js';
import { MavenError } from '../../errors.js';

const UNITS_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A time as a person gave it. */
export interface AskedTime {
  /** Of the option, for the message. */
  readonly name: string;
  readonly text: string;
  /** What a whole day stands for: its first microsecond or its last. */
  readonly edge: 'start' | 'end';
  readonly now: Date;
  readonly hint: string;
}

/**
 * Reads a time with its zone, a day (UTC), or a span before now (`7d`, `24h`, `30m`).
 *
 * @returns canonical time.
 * @throws {@link MavenError} INPUT_INVALID naming the option.
 */
export function readQuestionTime({ name, text, edge, now, hint }: AskedTime): string {
  const [, amount, unit = ''] = /^(\d{1,6})([mhd])$/.exec(text) ?? [];
  const day = /^\d{4}-\d{2}-\d{2}$/.test(text);
  const time = edge === 'start' ? '00:00:00.000000' : '23:59:59.999999';
  const ago = Number(amount ?? 0) * (UNITS_MS[unit] ?? 0);
  const named = amount === undefined ? text : new Date(now.getTime() - ago).toISOString();
  const reading = readTime(day ? `${text}T${time}Z` : named);
  if (reading !== null && !reading.zoneMissing) return reading.time;
  const expected =
    'a time with its zone (2026-01-14T14:24:08Z), a day (2026-01-14), or 7d, 24h, 30m before now';
  const received = text.slice(0, 100);
  throw new MavenError('INPUT_INVALID', `${name}: expected ${expected}; got ${JSON.stringify(received)}`, {
    hint,
    data: { option: name, expected, received },
  });
}
