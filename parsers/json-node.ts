import { MAX_JSON_READ_DEPTH, MAX_JSON_READ_VALUES } from './limits.js';

/**
 * JSON as it stands in a file: numbers as their digits, keys in file order, duplicates kept, every value with its
 * offset. `JSON.parse` would round the numbers, reorder keys that look like integers and let the last duplicate win.
 */
export type JsonNode = JsonString | JsonNumber | JsonLiteral | JsonArray | JsonObject | JsonTooDeep;

export interface JsonString {
  readonly kind: 'string';
  readonly value: string;
  readonly offset: number;
}

export interface JsonNumber {
  readonly kind: 'number';
  /** As the file spells it: `1.50`, `-0`, `1e5`. */
  readonly digits: string;
  readonly offset: number;
}

export interface JsonLiteral {
  readonly kind: 'literal';
  readonly value: boolean | null;
  readonly offset: number;
}

export interface JsonArray {
  readonly kind: 'array';
  readonly items: readonly JsonNode[];
  readonly offset: number;
}

export interface JsonEntry {
  readonly key: string;
  readonly value: JsonNode;
  readonly offset: number;
}

export interface JsonObject {
  readonly kind: 'object';
  readonly entries: readonly JsonEntry[];
  readonly offset: number;
}

/** A value nested deeper than {@link MAX_JSON_READ_DEPTH}: skipped, not read. */
export interface JsonTooDeep {
  readonly kind: 'too_deep';
  readonly offset: number;
}

/** Why text is not JSON, and where. */
export interface JsonFault {
  readonly kind: 'fault';
  readonly message: string;
  readonly offset: number;
}

/** Reads one JSON value (RFC 8259) in linear time and bounded stack. */
export function readJson(text: string): JsonNode | JsonFault {
  const cursor: Cursor = { text, at: 0, depth: 0, values: 0 };
  try {
    const node = readValue(cursor);
    skipSpace(cursor);
    if (cursor.at < text.length) throw new Fault('text after the value', cursor.at);
    return node;
  } catch (fault) {
    if (!(fault instanceof Fault)) throw fault;
    return { kind: 'fault', message: fault.message, offset: fault.offset };
  }
}

interface Cursor {
  readonly text: string;
  at: number;
  depth: number;
  values: number;
}

/**
 * Ends the descent at the first fault; never leaves this file. No `Error`: a stack trace costs more than the line that
 * it is thrown for, and a file may be nothing but bad lines.
 */
class Fault {
  readonly message: string;
  readonly offset: number;

  constructor(message: string, offset: number) {
    this.message = message;
    this.offset = offset;
  }
}

function readValue(cursor: Cursor): JsonNode {
  skipSpace(cursor);
  const offset = cursor.at;
  cursor.values += 1;
  if (cursor.values > MAX_JSON_READ_VALUES)
    throw new Fault(`more than ${MAX_JSON_READ_VALUES} values`, offset);
  const code = cursor.text.charCodeAt(offset);
  if (code === QUOTE) return { kind: 'string', value: readString(cursor), offset };
  if (code === OPEN_BRACE || code === OPEN_BRACKET) return readNested(cursor, code);
  if (code === MINUS || isDigit(code)) return readNumber(cursor);
  for (const [word, value] of LITERALS) {
    if (cursor.text.startsWith(word, offset)) {
      cursor.at += word.length;
      return { kind: 'literal', value, offset };
    }
  }
  throw new Fault(offset < cursor.text.length ? 'not a JSON value' : 'the text ends too early', offset);
}

const LITERALS: readonly (readonly [string, boolean | null])[] = [
  ['true', true],
  ['false', false],
  ['null', null],
];

function readNested(cursor: Cursor, code: number): JsonNode {
  if (cursor.depth >= MAX_JSON_READ_DEPTH) return skipNested(cursor);
  cursor.depth += 1;
  const node = code === OPEN_BRACE ? readObject(cursor) : readArray(cursor);
  cursor.depth -= 1;
  return node;
}

function readObject(cursor: Cursor): JsonObject {
  const offset = cursor.at;
  const entries: JsonEntry[] = [];
  cursor.at += 1;
  skipSpace(cursor);
  if (take(cursor, CLOSE_BRACE)) return { kind: 'object', entries, offset };
  for (;;) {
    skipSpace(cursor);
    const keyOffset = cursor.at;
    if (cursor.text.charCodeAt(keyOffset) !== QUOTE)
      throw new Fault('expected a key in double quotes', keyOffset);
    const key = readString(cursor);
    skipSpace(cursor);
    if (!take(cursor, COLON)) throw new Fault("expected ':'", cursor.at);
    entries.push({ key, value: readValue(cursor), offset: keyOffset });
    skipSpace(cursor);
    if (take(cursor, CLOSE_BRACE)) return { kind: 'object', entries, offset };
    if (!take(cursor, COMMA)) throw new Fault("expected ',' or '}'", cursor.at);
  }
}

function readArray(cursor: Cursor): JsonArray {
  const offset = cursor.at;
  const items: JsonNode[] = [];
  cursor.at += 1;
  skipSpace(cursor);
  if (take(cursor, CLOSE_BRACKET)) return { kind: 'array', items, offset };
  for (;;) {
    items.push(readValue(cursor));
    skipSpace(cursor);
    if (take(cursor, CLOSE_BRACKET)) return { kind: 'array', items, offset };
    if (!take(cursor, COMMA)) throw new Fault("expected ',' or ']'", cursor.at);
  }
}

/** Skips a value that is nested too deep by counting its brackets, without recursion. */
function skipNested(cursor: Cursor): JsonTooDeep {
  const offset = cursor.at;
  let open = 0;
  while (cursor.at < cursor.text.length) {
    const code = cursor.text.charCodeAt(cursor.at);
    if (code === QUOTE) {
      readString(cursor);
      continue;
    }
    cursor.at += 1;
    if (code === OPEN_BRACE || code === OPEN_BRACKET) open += 1;
    if (code === CLOSE_BRACE || code === CLOSE_BRACKET) open -= 1;
    if (open === 0) return { kind: 'too_deep', offset };
  }
  throw new Fault('the text ends too early', cursor.at);
}

/** Finds the end of the string by hand and leaves the escapes to `JSON.parse`, which knows them all. */
function readString(cursor: Cursor): string {
  const { text } = cursor;
  const start = cursor.at;
  let escaped = false;
  for (let at = start + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      cursor.at = at + 1;
      return escaped ? decodeString(text.slice(start, at + 1), start) : text.slice(start + 1, at);
    }
    if (code < 32) throw new Fault('control character in a string', at);
    if (code === BACKSLASH) {
      escaped = true;
      at += 1;
    }
  }
  throw new Fault('a string does not end', start);
}

function decodeString(quoted: string, offset: number): string {
  try {
    return JSON.parse(quoted) as string;
  } catch {
    throw new Fault('bad escape in a string', offset);
  }
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

function readNumber(cursor: Cursor): JsonNumber {
  const offset = cursor.at;
  NUMBER.lastIndex = offset;
  const match = NUMBER.exec(cursor.text);
  if (match === null) throw new Fault('not a JSON number', offset);
  cursor.at += match[0].length;
  return { kind: 'number', digits: match[0], offset };
}

function skipSpace(cursor: Cursor): void {
  for (;;) {
    const code = cursor.text.charCodeAt(cursor.at);
    if (code !== 32 && code !== 10 && code !== 13 && code !== 9) return;
    cursor.at += 1;
  }
}

function take(cursor: Cursor, code: number): boolean {
  if (cursor.text.charCodeAt(cursor.at) !== code) return false;
  cursor.at += 1;
  return true;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

const QUOTE = 34;
const COMMA = 44;
const MINUS = 45;
const COLON = 58;
const OPEN_BRACKET = 91;
const BACKSLASH = 92;
const CLOSE_BRACKET = 93;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;
