import { afterDecimal, isCanonicalDecimal, readDecimal } from './decimal.js';
import type { JsonNode } from './json-node.js';
import { isJsonText, jsonTextOf } from './json-text.js';
import { MAX_TEXT_LENGTH } from './limits.js';
import type { ProblemCode } from './problem.js';
import { type ProblemList, quote } from './problem-list.js';
import { hasUnstorable, isShortText } from './short-text.js';
import { afterTime, isCanonicalTime, readTime } from './time.js';

/** Where a field is read: its problems, and the line of an offset in the document. */
export interface FieldContext {
  readonly problems: ProblemList;
  lineAt(offset: number): number;
}

/** One type of field: its canonical form, and how it is read from files that are older, hand-edited or merged. */
export interface FieldType<T extends string | number> {
  /** What is expected, for errors. */
  readonly expected: string;
  /** How the value stands in JSON: between quotes with or without escapes possible, as digits, or as an object. */
  readonly form: 'plain' | 'escaped' | 'digits' | 'object';
  /** Tells whether a value may be written as it is. */
  isCanonical(value: string | number): boolean;
  /** For the form `plain`: finds the end of a canonical value that starts at `start`. @returns -1 = there is none. */
  after?(text: string, start: number): number;
  /** Reads a value that is not JSON's null. @returns null = unreadable, and a problem says why. */
  read(context: FieldContext, key: string, node: JsonNode): T | null;
}

/** A short text: asset, id, type, status, name. */
export const SHORT: FieldType<string> = {
  expected: 'a text of 1 to 255 characters without control characters',
  form: 'escaped',
  isCanonical: (value) => typeof value === 'string' && isShortText(value),
  read: (context, key, node) => {
    const text = textOf(context, key, node);
    if (text === null || isShortText(text)) return text;
    return unreadable(context, 'INVALID_TEXT', key, node, SHORT.expected);
  },
};

/** A free text of any characters, at most 1 MiB. */
export const TEXT: FieldType<string> = {
  expected: `a text of at most ${MAX_TEXT_LENGTH} characters`,
  form: 'escaped',
  isCanonical: (value) => typeof value === 'string' && value.length <= MAX_TEXT_LENGTH,
  read: (context, key, node) => {
    const text = textOf(context, key, node);
    return text === null ? null : checkText(context.problems, context.lineAt(node.offset), key, text);
  },
};

/** Money, quantity, ratio: decimal text, exact. */
export const DECIMAL: FieldType<string> = {
  expected: 'a decimal with at most 20 digits before and 18 after the point',
  form: 'plain',
  isCanonical: (value) => typeof value === 'string' && isCanonicalDecimal(value),
  after: afterDecimal,
  read: (context, key, node) => {
    const text = textOf(context, key, node);
    return text === null ? null : checkDecimal(context.problems, context.lineAt(node.offset), key, text);
  },
};

/** A time, normalised to UTC and microseconds. */
export const TIME: FieldType<string> = {
  expected: 'a canonical UTC time such as 2026-01-14T14:24:08.034126+00:00',
  form: 'plain',
  isCanonical: (value) => typeof value === 'string' && isCanonicalTime(value),
  after: afterTime,
  read: (context, key, node) => {
    const line = context.lineAt(node.offset);
    if (node.kind === 'string') return checkTime(context.problems, line, key, node.value);
    context.problems.error('INVALID_TIME', line, `${key}: ${describe(node)} is not a time`);
    return null;
  },
};

/** A count or index: a JSON number from 0. */
export const INTEGER: FieldType<number> = {
  expected: 'a whole number from 0',
  form: 'digits',
  isCanonical: (value) =>
    typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && !Object.is(value, -0),
  read: (context, key, node) => {
    const digits = node.kind === 'number' ? node.digits : '';
    if (/^(?:0|[1-9]\d{0,14})$/.test(digits)) return Number(digits);
    return unreadable(context, 'INVALID_VALUE', key, node, INTEGER.expected);
  },
};

/** A JSON object kept digit for digit; one that is refused is left out, its record stays. */
export const METADATA: FieldType<string> = {
  expected: 'a canonical JSON object',
  form: 'object',
  isCanonical: (value) => typeof value === 'string' && isJsonText(value),
  read: (context, key, node) => {
    const reading = jsonTextOf(node);
    if ('json' in reading) return reading.json;
    const { message, offset } = reading.fault;
    context.problems.error('METADATA_INVALID', context.lineAt(offset), `${key}: ${message}, left out`);
    return null;
  },
};

/** One of a few words. */
export function choice<const T extends string>(words: readonly T[]): FieldType<T> {
  const known: ReadonlySet<string> = new Set(words);
  const expected = words.join(' | ');
  return {
    expected,
    form: 'plain',
    isCanonical: (value) => known.has(String(value)),
    after: (text, start) => {
      const close = text.indexOf('"', start);
      return known.has(text.slice(start, close)) ? close : -1;
    },
    read: (context, key, node) => {
      const text = node.kind === 'string' ? node.value : '';
      const word = words.find((candidate) => candidate === text.trim().toLowerCase());
      if (word === undefined) return unreadable(context, 'INVALID_VALUE', key, node, expected);
      if (word !== text) {
        const message = `${key}: ${quote(text)} is read as '${word}'`;
        context.problems.warning('INVALID_VALUE', context.lineAt(node.offset), message);
      }
      return word;
    },
  };
}

/** Reads a decimal that stands as text. @returns null = unreadable, and a problem says why. */
export function checkDecimal(problems: ProblemList, line: number, key: string, text: string): string | null {
  const decimal = readDecimal(text);
  if (decimal === null) {
    problems.error('INVALID_DECIMAL', line, `${key}: ${quote(text)} is not ${DECIMAL.expected}`);
  } else if (decimal !== text) {
    problems.warning('INVALID_DECIMAL', line, `${key}: ${quote(text)} is read as '${decimal}'`);
  }
  return decimal;
}

/** Reads a time that stands as text. @returns null = unreadable, and a problem says why. */
export function checkTime(problems: ProblemList, line: number, key: string, text: string): string | null {
  const reading = readTime(text.trim());
  if (reading === null) {
    problems.error('INVALID_TIME', line, `${key}: ${quote(text)} is not a time`);
    return null;
  }
  if (reading.zoneMissing) {
    problems.warning('TIME_ZONE_MISSING', line, `${key}: ${quote(text)} names no zone, read as UTC`);
  }
  if (reading.precisionCut) {
    problems.warning('TIME_PRECISION', line, `${key}: ${quote(text)} is cut to microseconds`);
  }
  return reading.time;
}

/** Bounds a free text and reports characters that no table can hold (they stay in the record). */
export function checkText(problems: ProblemList, line: number, key: string, text: string): string {
  if (hasUnstorable(text)) {
    const message = `${key}: holds U+0000 or an unpaired surrogate, shown as U+FFFD in tables`;
    problems.warning('UNSTORABLE_CHARACTER', line, message);
  }
  if (text.length <= MAX_TEXT_LENGTH) return text;
  problems.error('TEXT_TOO_LONG', line, `${key}: ${text.length} characters, cut to ${MAX_TEXT_LENGTH}`);
  return text.slice(0, MAX_TEXT_LENGTH);
}

/** A number in a place of text is kept digit for digit, and reported: whoever wrote it may have rounded it. */
function textOf(context: FieldContext, key: string, node: JsonNode): string | null {
  if (node.kind === 'string') return node.value;
  if (node.kind !== 'number') return unreadable(context, 'INVALID_VALUE', key, node, 'a text');
  const message = `${key}: ${quote(node.digits)} is a JSON number, expected text`;
  context.problems.warning('NUMBER_NOT_TEXT', context.lineAt(node.offset), message);
  return node.digits;
}

function unreadable(
  context: FieldContext,
  code: ProblemCode,
  key: string,
  node: JsonNode,
  expected: string,
): null {
  context.problems.error(code, context.lineAt(node.offset), `${key}: ${describe(node)} is not ${expected}`);
  return null;
}

function describe(node: JsonNode): string {
  if (node.kind === 'string') return quote(node.value);
  if (node.kind === 'number') return quote(node.digits);
  return node.kind === 'literal'
    ? `'${node.value}'`
    : `an ${node.kind === 'too_deep' ? 'object' : node.kind}`;
}
