import { type JsonFault, type JsonNode, readJson } from './json-node.js';
import { MAX_JSON_DEPTH, MAX_JSON_LENGTH, MAX_JSON_VALUES } from './limits.js';
import { isPlainJsonObject } from './plain-json.js';

/**
 * A JSON object as text: compact, strings in their shortest spelling, keys in file order, numbers digit for digit.
 * Text, because a parsed value would round its numbers (`9007199254740993`) and move keys that look like integers.
 *
 * What Postgres cannot hold as jsonb is not in it: no U+0000, no unpaired surrogate, no number out of bounds, at most
 * 64 levels, no duplicate key; nor keys that pollute prototypes in careless readers.
 */
export type JsonText = string;

/** A JSON object read, or why it is refused. */
export type JsonReading = { readonly json: JsonText } | { readonly fault: JsonFault };

/** Reads the text of a JSON object, however it is spaced. */
export function readJsonObject(text: string): JsonReading {
  const node = readJson(text);
  return node.kind === 'fault' ? { fault: node } : jsonTextOf(node);
}

/** Makes the canonical text of a JSON object that is part of a larger document. */
export function jsonTextOf(node: JsonNode): JsonReading {
  if (node.kind !== 'object') return { fault: fault('not a JSON object', node.offset) };
  const refused = refusal(node, 1);
  if (refused !== null) return { fault: refused };
  if (valuesIn(node) > MAX_JSON_VALUES)
    return { fault: fault(`more than ${MAX_JSON_VALUES} values`, node.offset) };
  const json = compactJson(node);
  if (json.length > MAX_JSON_LENGTH) {
    return { fault: fault(`longer than ${MAX_JSON_LENGTH} characters`, node.offset) };
  }
  return { json };
}

/** Tells whether text is canonical, hence safe to write as it stands. */
export function isJsonText(text: string): boolean {
  if (isPlainJsonObject(text)) return true;
  const reading = readJsonObject(text);
  return 'json' in reading && reading.json === text;
}

/** Writes a canonical text on several lines, indented by two spaces, as `JSON.stringify(value, null, 2)` would. */
export function prettyJson(json: JsonText): string {
  const node = readJson(json);
  return node.kind === 'fault' ? json : prettyNode(node, '');
}

/** Writes a node on several lines; `indent` is that of the line it starts on. */
export function prettyNode(node: JsonNode, indent: string): string {
  const inner = `${indent}  `;
  if (node.kind === 'array' && node.items.length > 0) {
    return `[\n${node.items.map((item) => inner + prettyNode(item, inner)).join(',\n')}\n${indent}]`;
  }
  if (node.kind === 'object' && node.entries.length > 0) {
    const lines = node.entries.map(
      (entry) => `${inner}${JSON.stringify(entry.key)}: ${prettyNode(entry.value, inner)}`,
    );
    return `{\n${lines.join(',\n')}\n${indent}}`;
  }
  return compactJson(node);
}

/** Writes a node on one line without spaces. */
export function compactJson(node: JsonNode): string {
  switch (node.kind) {
    case 'string':
      return JSON.stringify(node.value);
    case 'number':
      return node.digits;
    case 'literal':
      return String(node.value);
    case 'array':
      return `[${node.items.map(compactJson).join(',')}]`;
    case 'object':
      return `{${node.entries.map((entry) => `${JSON.stringify(entry.key)}:${compactJson(entry.value)}`).join(',')}}`;
    case 'too_deep':
      return 'null';
  }
}

/** @returns why a value (at a depth from 1) is refused, at its first fault; null = nothing against it. */
function refusal(node: JsonNode, depth: number): JsonFault | null {
  switch (node.kind) {
    case 'literal':
      return null;
    case 'string':
      return refusedString(node.value, node.offset);
    case 'number':
      return isBounded(node.digits) ? null : fault('a number out of bounds', node.offset);
    case 'too_deep':
      return tooDeep(node.offset);
    case 'array':
      if (depth > MAX_JSON_DEPTH) return tooDeep(node.offset);
      return firstOf(node.items, (item) => refusal(item, depth + 1));
    case 'object': {
      if (depth > MAX_JSON_DEPTH) return tooDeep(node.offset);
      const keys = new Set<string>();
      return firstOf(node.entries, ({ key, value, offset }) => {
        if (REFUSED_KEYS.has(key)) return fault(`the key ${key} is refused`, offset);
        if (keys.has(key)) return fault('a key stands twice in one object', offset);
        keys.add(key);
        return refusedString(key, offset) ?? refusal(value, depth + 1);
      });
    }
  }
}

function valuesIn(node: JsonNode): number {
  if (node.kind === 'array') return node.items.reduce((total, item) => total + valuesIn(item), 1);
  if (node.kind === 'object') return node.entries.reduce((total, { value }) => total + valuesIn(value), 1);
  return 1;
}

function tooDeep(offset: number): JsonFault {
  return fault(`nested deeper than ${MAX_JSON_DEPTH} levels`, offset);
}

/** Keys through which a careless merge changes every object of a process. */
const REFUSED_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

const UNSTORABLE = /[\0\p{Cs}]/u;

function refusedString(value: string, offset: number): JsonFault | null {
  return UNSTORABLE.test(value) ? fault('U+0000 or an unpaired surrogate in a string', offset) : null;
}

/** Postgres writes exponents out: `1e100000` is 100,008 bytes, `1e400000` an error. */
function isBounded(digits: string): boolean {
  if (digits.length > 400) return false;
  const exponent = /[eE]([+-]?\d+)$/.exec(digits)?.[1];
  return exponent === undefined || Math.abs(Number(exponent)) <= 400;
}

function firstOf<T>(values: readonly T[], check: (value: T) => JsonFault | null): JsonFault | null {
  for (const value of values) {
    const found = check(value);
    if (found !== null) return found;
  }
  return null;
}

function fault(message: string, offset: number): JsonFault {
  return { kind: 'fault', message, offset };
}
