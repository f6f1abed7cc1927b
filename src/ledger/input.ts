import { InvalidRecordError } from '../../parsers/invalid-record-error.js';
import { type JsonText, readJsonObject } from '../../parsers/json-text.js';
import type { Parsed } from '../../parsers/problem.js';
import { readTime } from '../../parsers/time.js';
import { MavenError } from '../errors.js';

/** A mistake in what a person or a program handed in; nothing was written. */
export function inputInvalid(message: string, hint = 'correct it and run the command again'): MavenError {
  return new MavenError('INPUT_INVALID', message, { hint });
}

/**
 * Formats a record and reads it back: only text that says exactly what was meant is ever committed.
 *
 * @param what - names the record in messages, such as `decision`.
 * @throws {@link MavenError} INPUT_INVALID with every problem that the reader would report.
 */
export function formatProven<R>(
  what: string,
  record: R,
  path: string,
  format: (record: R) => string,
  parse: (text: string, path: string) => Parsed<R>,
): string {
  const text = orInputInvalid(what, () => format(record));
  const { problems, records } = parse(text, path);
  if (problems.length > 0) {
    const list = problems.map(({ code, message }) => `${message} (${code})`).join('; ');
    throw inputInvalid(`this ${what} would not be read back without a problem: ${list}`);
  }
  if (records.length !== 1)
    throw inputInvalid(`this ${what} would be read back as ${records.length} records`);
  return text;
}

/** Runs a formatter or a path builder; what they refuse is the caller's input. */
export function orInputInvalid<T>(what: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof InvalidRecordError) throw inputInvalid(`${what}: ${error.message}`);
    throw error;
  }
}

/** @throws {@link MavenError} INPUT_INVALID when text is missing, blank, or holds what Postgres cannot. */
export function requireText(what: string, text: string | undefined): string {
  if (text === undefined || text.trim() === '') throw inputInvalid(`${what} is missing`, `give --${what}`);
  return storableText(what, text);
}

/** NUL and lone surrogates would be lost on the way to Postgres, so they are refused at the door. */
export function storableText(what: string, text: string): string {
  if (text.includes('\u0000')) throw inputInvalid(`${what} holds a NUL character`);
  if (!text.isWellFormed())
    throw inputInvalid(`${what} holds half of a surrogate pair (text cut in the middle?)`);
  return text;
}

/** The present moment as artifacts write it. The clock gives milliseconds; microseconds are zero. */
export function nowText(clock: () => Date): string {
  return `${clock().toISOString().slice(0, -1)}000+00:00`;
}

export function optionalText(text: string | undefined): string | null {
  return text === undefined || text.trim() === '' ? null : text.trim();
}

/**
 * Reads metadata given as JSON.
 *
 * @returns compact JSON text with numbers digit for digit, or null when there is none.
 * @throws {@link MavenError} INPUT_INVALID when it is not one JSON object.
 */
export function readMetadata(text: string | undefined): JsonText | null {
  if (text === undefined || text.trim() === '') return null;
  const reading = readJsonObject(text);
  if ('json' in reading) return reading.json;
  throw inputInvalid(`metadata is not a JSON object that can be kept: ${reading.fault.message}`);
}

/** A time given by the caller, or now. */
export function timeOrNow(what: string, text: string | undefined, clock: () => Date): string {
  if (text === undefined || text.trim() === '') return nowText(clock);
  const reading = readTime(text.trim());
  if (reading !== null && !reading.zoneMissing) return reading.time;
  throw inputInvalid(
    `${what}: expected an ISO 8601 time with a zone, got ${JSON.stringify(text.slice(0, 64))}`,
  );
}
