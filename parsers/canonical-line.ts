import { TEXT } from './field-type.js';
import type { FieldValue, LineField, LineFormat } from './line-format.js';
import { isPlainJsonObject } from './plain-json.js';

/**
 * Makes a reader of exactly the lines that `formatLine` writes, and of nothing else.
 *
 * Every byte is matched against the format, hence no `JSON.parse` of the line: a ledger has a million of them.
 *
 * @returns a function of (text, start, end) that gives the record, or null for any other line.
 */
export function canonicalLineReader<T>(
  format: LineFormat<T>,
): (text: string, start: number, end: number) => T | null {
  const slots: Slot[] = format.fields.map((field, index) => ({
    field,
    prefix: `${index === 0 ? `{"v":${format.version}` : ''},"${field.key}":`,
    index,
    last: null,
  }));
  const values: FieldValue[] = slots.map(() => null);
  return (text, start, end) => {
    let at = start;
    for (const slot of slots) {
      if (!standsAt(text, at, slot.prefix)) return null;
      at = readValue(slot, text, at + slot.prefix.length, end, values);
      if (at === -1) return null;
    }
    return at === end - 1 && text.charCodeAt(at) === CLOSE_BRACE ? format.build(values) : null;
  };
}

/** One field of the format, and what its last value was. */
interface Slot {
  readonly field: LineField;
  /** What stands before the value. */
  readonly prefix: string;
  readonly index: number;
  /**
   * The last string read here that stands in the text as it is, without escapes. Lines repeat their neighbour's
   * source, asset, status and times: the same characters again are the same value, checked and allocated already.
   */
  last: string | null;
}

/** Reads one value into `values`. @returns where the next thing starts; -1 = not canonical. */
function readValue(slot: Slot, text: string, at: number, end: number, values: FieldValue[]): number {
  if (text.charCodeAt(at) === LOWER_N) {
    if (slot.field.required || !standsAt(text, at, 'null')) return -1;
    values[slot.index] = null;
    return at + 4;
  }
  const form = slot.field.type.form;
  if (form === 'digits') return readDigits(slot, text, at, values);
  if (form === 'object') return readObject(slot, text, at, end, values);
  if (text.charCodeAt(at) !== QUOTE) return -1;
  const { last } = slot;
  if (last !== null && standsAt(text, at + 1, last) && text.charCodeAt(at + 1 + last.length) === QUOTE) {
    values[slot.index] = last;
    return at + last.length + 2;
  }
  return form === 'plain' ? readPlain(slot, text, at, values) : readString(slot, text, at, end, values);
}

/** As `startsWith`, which costs a call out of compiled code: 23 million of them in a million lines. */
function standsAt(text: string, at: number, expected: string): boolean {
  for (let index = 0; index < expected.length; index += 1) {
    if (text.charCodeAt(at + index) !== expected.charCodeAt(index)) return false;
  }
  return true;
}

function readPlain(slot: Slot, text: string, at: number, values: FieldValue[]): number {
  const close = slot.field.type.after?.(text, at + 1) ?? -1;
  if (close === -1 || text.charCodeAt(close) !== QUOTE) return -1;
  const value = text.slice(at + 1, close);
  slot.last = value;
  values[slot.index] = value;
  return close + 1;
}

function readString(slot: Slot, text: string, at: number, end: number, values: FieldValue[]): number {
  const { type } = slot.field;
  let close = text.indexOf('"', at + 1);
  if (close === -1 || close >= end) return -1;
  let value = text.slice(at + 1, close);
  if (type === TEXT || value.includes('\\')) {
    close = closingQuote(text, at + 1, end);
    const decoded = close === -1 ? null : decodeCanonical(text.slice(at, close + 1));
    if (decoded === null || !type.isCanonical(decoded)) return -1;
    value = decoded;
  } else {
    if (!type.isCanonical(value)) return -1;
    slot.last = value;
  }
  values[slot.index] = value;
  return close + 1;
}

function closingQuote(text: string, start: number, end: number): number {
  for (let at = start; at < end; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return at;
    if (code === BACKSLASH) at += 1;
  }
  return -1;
}

/** @returns null = not a JSON string in its one canonical spelling. */
function decodeCanonical(quoted: string): string | null {
  try {
    const value: unknown = JSON.parse(quoted);
    return typeof value === 'string' && JSON.stringify(value) === quoted ? value : null;
  } catch {
    return null;
  }
}

/** At most 15 digits: always an exact number. */
function readDigits(slot: Slot, text: string, at: number, values: FieldValue[]): number {
  let value = 0;
  let next = at;
  while (next < at + 15) {
    const digit = text.charCodeAt(next) - ZERO;
    if (!(digit >= 0 && digit <= 9)) break;
    value = value * 10 + digit;
    next += 1;
  }
  if (next === at || (next > at + 1 && text.charCodeAt(at) === ZERO)) return -1;
  values[slot.index] = value;
  return next;
}

/** An object is the last value of its line. */
function readObject(slot: Slot, text: string, at: number, end: number, values: FieldValue[]): number {
  const json = text.slice(at, end - 1);
  if (!isPlainJsonObject(json)) return -1;
  values[slot.index] = json;
  return end - 1;
}

const QUOTE = 34;
const ZERO = 48;
const BACKSLASH = 92;
const LOWER_N = 110;
const CLOSE_BRACE = 125;
