import { MAX_JSON_DEPTH } from './limits.js';

/**
 * Recognises, in one pass without building anything, the canonical JSON objects that need no closer look: compact, no
 * escape, no surrogate, no exponent, at most 16 keys an object, none twice and none refused. That is nearly every
 * metadata object of a ledger, which has a million of them.
 *
 * @returns true = canonical JsonText as it stands; false = look closer, not "wrong".
 */
export function isPlainJsonObject(text: string): boolean {
  if (text.charCodeAt(0) !== OPEN_BRACE || text.length > MAX_LENGTH) return false;
  /** Keys of each open object; null for an array. */
  const open: (string[] | null)[] = [];
  let at = 0;
  for (;;) {
    // At the start of a value.
    const code = text.charCodeAt(at);
    if (code === OPEN_BRACE || code === OPEN_BRACKET) {
      if (open.length === MAX_JSON_DEPTH) return false;
      const close = code === OPEN_BRACE ? CLOSE_BRACE : CLOSE_BRACKET;
      if (text.charCodeAt(at + 1) !== close) {
        open.push(code === OPEN_BRACE ? [] : null);
        at = code === OPEN_BRACE ? afterKey(text, at + 1, open.at(-1) ?? []) : at + 1;
        if (at === -1) return false;
        continue;
      }
      at += 2;
    } else {
      at = afterScalar(text, at, code);
      if (at === -1) return false;
    }
    // After a value: close what ends here, then go on to the next value.
    for (;;) {
      if (open.length === 0) return at === text.length;
      const keys = open.at(-1) ?? null;
      const next = text.charCodeAt(at);
      if (next === COMMA) {
        at = keys === null ? at + 1 : afterKey(text, at + 1, keys);
        if (at === -1) return false;
        break;
      }
      if (next !== (keys === null ? CLOSE_BRACKET : CLOSE_BRACE)) return false;
      open.pop();
      at += 1;
    }
  }
}

const MAX_LENGTH = 16_384;
const MAX_KEYS = 16;

/** @returns where the value of the key starts; -1 = not plain. */
function afterKey(text: string, at: number, keys: string[]): number {
  const end = afterString(text, at);
  if (end === -1 || text.charCodeAt(end) !== COLON) return -1;
  const key = text.slice(at + 1, end - 1);
  if (key === '__proto__' || key === 'constructor' || key === 'prototype') return -1;
  if (keys.length === MAX_KEYS || keys.includes(key)) return -1;
  keys.push(key);
  return end + 1;
}

function afterScalar(text: string, at: number, code: number): number {
  if (code === QUOTE) return afterString(text, at);
  if (code === LOWER_N) return text.startsWith('null', at) ? at + 4 : -1;
  if (code === LOWER_T) return text.startsWith('true', at) ? at + 4 : -1;
  if (code === LOWER_F) return text.startsWith('false', at) ? at + 5 : -1;
  return afterNumber(text, at);
}

function afterString(text: string, at: number): number {
  if (text.charCodeAt(at) !== QUOTE) return -1;
  for (let next = at + 1; next < text.length; next += 1) {
    const code = text.charCodeAt(next);
    if (code === QUOTE) return next + 1;
    if (code === BACKSLASH || code < 32 || (code >= 0xd800 && code <= 0xdfff)) return -1;
  }
  return -1;
}

/** Digits and at most one fraction, 64 characters at most. */
function afterNumber(text: string, at: number): number {
  const start = text.charCodeAt(at) === MINUS ? at + 1 : at;
  let next = afterDigits(text, start);
  if (next === start || (next > start + 1 && text.charCodeAt(start) === ZERO)) return -1;
  if (text.charCodeAt(next) === POINT) {
    const fraction = next + 1;
    next = afterDigits(text, fraction);
    if (next === fraction) return -1;
  }
  return next - at > 64 ? -1 : next;
}

function afterDigits(text: string, at: number): number {
  let next = at;
  for (;;) {
    const code = text.charCodeAt(next);
    if (!(code >= ZERO && code <= NINE)) return next;
    next += 1;
  }
}

const QUOTE = 34;
const COMMA = 44;
const MINUS = 45;
const POINT = 46;
const ZERO = 48;
const NINE = 57;
const COLON = 58;
const OPEN_BRACKET = 91;
const BACKSLASH = 92;
const CLOSE_BRACKET = 93;
const LOWER_F = 102;
const LOWER_N = 110;
const LOWER_T = 116;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;
