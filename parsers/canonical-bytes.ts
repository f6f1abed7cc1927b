import { DECIMAL, INTEGER, METADATA, SHORT, TIME } from './field-type.js';
import type { LineField, LineFormat } from './line-format.js';
import { isPlainJsonObject } from './plain-json.js';
import { isCanonicalTime } from './time.js';

/** Where the values of one line stand in its file: of each field the first byte and the one after the last; start -1 = null. */
export interface FieldPlaces {
  readonly starts: Int32Array;
  readonly ends: Int32Array;
}

/** Reads a line that starts at `start`. @returns where the next line starts; -1 = some other line. */
export type LineScanner = (bytes: Uint8Array, start: number, places: FieldPlaces, at: number) => number;

/**
 * Makes a reader of nearly all lines that `formatLine` writes, and of nothing else, which makes no text of them: it only
 * tells where the values stand. A ledger of a million lines has twenty million values.
 *
 * Lines with a character beyond ASCII, an escape or an unusual metadata object are left to `parseJsonLines`, as is
 * every line that is not canonical.
 *
 * @returns a function that writes the places of the fields to `places`, from index `at` on.
 */
export function canonicalLineScanner(format: LineFormat<unknown>): LineScanner {
  const fields = format.fields.map((field, index) => ({
    lead: bytesOf(index === 0 ? `{"v":${format.version}${field.lead}` : field.lead),
    scan: scannerOf(field),
    required: field.required,
  }));
  return (bytes, start, { starts, ends }, first) => {
    let at = start;
    let index = first;
    for (const { lead, scan, required } of fields) {
      if (!standsAt(bytes, at, lead)) return -1;
      at += lead.length;
      if (bytes[at] === LOWER_N) {
        if (required || !standsAt(bytes, at, NULL)) return -1;
        starts[index] = -1;
        at += NULL.length;
      } else {
        const quotes = bytes[at] === QUOTE ? 1 : 0;
        const end = scan(bytes, at);
        if (end === -1) return -1;
        starts[index] = at + quotes;
        ends[index] = end - quotes;
        at = end;
      }
      index += 1;
    }
    return bytes[at] === CLOSE_BRACE && bytes[at + 1] === NEWLINE ? at + 2 : -1;
  };
}

/** Finds the end of a canonical value, quotes included. @returns -1 = it is none, or not one for this reader. */
type ValueScanner = (bytes: Uint8Array, at: number) => number;

function scannerOf({ type }: LineField): ValueScanner {
  switch (type) {
    case SHORT:
      return afterShort;
    case DECIMAL:
      return afterDecimal;
    case TIME:
      return timeScanner();
    case INTEGER:
      return afterInteger;
    case METADATA:
      return objectScanner();
    default:
      return wordScanner((word) => type.form === 'plain' && type.isCanonical(word));
  }
}

function afterShort(bytes: Uint8Array, at: number): number {
  if (bytes[at] !== QUOTE) return -1;
  let end = at + 1;
  for (; end <= at + MAX_SHORT_BYTES + 1; end += 1) {
    const code = bytes[end] as number;
    if (code === QUOTE) return end === at + 1 ? -1 : end + 1;
    if (!(code >= SPACE && code < DELETE) || code === BACKSLASH) return -1;
  }
  return -1;
}

function afterDecimal(bytes: Uint8Array, at: number): number {
  if (bytes[at] !== QUOTE) return -1;
  const negative = bytes[at + 1] === MINUS;
  const first = negative ? at + 2 : at + 1;
  const point = afterDigits(bytes, first);
  const integerDigits = point - first;
  if (integerDigits === 0 || integerDigits > MAX_INTEGER_DIGITS) return -1;
  const leadingZero = bytes[first] === ZERO;
  if (leadingZero && integerDigits > 1) return -1;
  let end = point;
  if (bytes[point] === POINT) {
    end = afterDigits(bytes, point + 1);
    const fractionDigits = end - point - 1;
    if (fractionDigits === 0 || fractionDigits > MAX_FRACTION_DIGITS) return -1;
  }
  if (negative && leadingZero && isZero(bytes, first, end)) return -1;
  return bytes[end] === QUOTE ? end + 1 : -1;
}

/** There is no negative zero. */
function isZero(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) if (bytes[at] !== ZERO && bytes[at] !== POINT) return false;
  return true;
}

function afterInteger(bytes: Uint8Array, at: number): number {
  const end = afterDigits(bytes, at);
  const digits = end - at;
  return digits === 0 || digits > 15 || (digits > 1 && bytes[at] === ZERO) ? -1 : end;
}

function afterDigits(bytes: Uint8Array, at: number): number {
  let end = at;
  for (;;) {
    const code = bytes[end] as number;
    if (!(code >= ZERO && code <= NINE)) return end;
    end += 1;
  }
}

/** Neighbours share their day: the calendar is asked once for each, the clock every time. */
function timeScanner(): ValueScanner {
  let day = new Uint8Array(0);
  return (bytes, at) => {
    if (bytes[at] !== QUOTE || bytes[at + TIME_LENGTH + 1] !== QUOTE) return -1;
    const start = at + 1;
    if (day.length === 0 || !standsAt(bytes, start, day)) {
      if (!isCanonicalTime(asciiOf(bytes, start, start + TIME_LENGTH))) return -1;
      day = bytes.slice(start, start + DAY_LENGTH);
      return start + TIME_LENGTH + 1;
    }
    const valid =
      isPair(bytes, start + 11, 23) &&
      bytes[start + 13] === COLON &&
      isPair(bytes, start + 14, 59) &&
      bytes[start + 16] === COLON &&
      isPair(bytes, start + 17, 59) &&
      bytes[start + 19] === POINT &&
      afterDigits(bytes, start + 20) === start + 26 &&
      standsAt(bytes, start + 26, UTC);
    return valid ? start + TIME_LENGTH + 1 : -1;
  };
}

/** Two digits, at most `most`. */
function isPair(bytes: Uint8Array, at: number, most: number): boolean {
  const tens = (bytes[at] as number) - ZERO;
  const ones = (bytes[at + 1] as number) - ZERO;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 && tens * 10 + ones <= most;
}

/** For one of a few words: each is looked at once. */
function wordScanner(isWord: (word: string) => boolean): ValueScanner {
  const known: Uint8Array[] = [];
  return (bytes, at) => {
    if (bytes[at] !== QUOTE) return -1;
    for (const word of known) {
      if (bytes[at + 1 + word.length] === QUOTE && standsAt(bytes, at + 1, word)) return at + word.length + 2;
    }
    const end = afterShort(bytes, at);
    if (end === -1 || !isWord(asciiOf(bytes, at + 1, end - 1))) return -1;
    known.push(bytes.slice(at + 1, end - 1));
    return end;
  };
}

/** An object is the last value of its line. Lines repeat their neighbour's, so the last one is known. */
function objectScanner(): ValueScanner {
  let known = new Uint8Array(0);
  return (bytes, at) => {
    if (known.length > 0 && standsAt(bytes, at, known)) return at + known.length;
    let end = at;
    for (; bytes[end] !== NEWLINE; end += 1) {
      const code = bytes[end] as number;
      if (!(code >= SPACE && code < DELETE) || end - at > MAX_OBJECT_BYTES) return -1;
    }
    end -= 1;
    if (end <= at || !isPlainJsonObject(asciiOf(bytes, at, end))) return -1;
    known = bytes.slice(at, end);
    return end;
  };
}

function standsAt(bytes: Uint8Array, at: number, expected: Uint8Array): boolean {
  for (let index = 0; index < expected.length; index += 1) {
    if (bytes[at + index] !== expected[index]) return false;
  }
  return true;
}

function bytesOf(ascii: string): Uint8Array {
  return Uint8Array.from(ascii, (character) => character.charCodeAt(0));
}

/** Text of bytes below 128. */
export function asciiOf(bytes: Uint8Array, start: number, end: number): string {
  return String.fromCharCode.apply(null, bytes.subarray(start, end) as unknown as number[]);
}

const NULL = bytesOf('null');
const UTC = bytesOf('+00:00');
/** As `field-type.ts` bounds them. */
const MAX_SHORT_BYTES = 255;
const MAX_INTEGER_DIGITS = 20;
const MAX_FRACTION_DIGITS = 18;
const MAX_OBJECT_BYTES = 4096;
const TIME_LENGTH = 32;
const DAY_LENGTH = 11;
const NEWLINE = 10;
const SPACE = 32;
const QUOTE = 34;
const MINUS = 45;
const POINT = 46;
const ZERO = 48;
const NINE = 57;
const COLON = 58;
const BACKSLASH = 92;
const LOWER_N = 110;
const CLOSE_BRACE = 125;
const DELETE = 127;
