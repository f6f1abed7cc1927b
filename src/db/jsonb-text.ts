import { type JsonNode, type JsonObject, readJson } from '../../parsers/json-node.js';

/**
 * Spells JSON as Postgres prints it once it is jsonb: one space after colon and comma, keys by length and then by bytes,
 * the last of equal keys, numbers as numeric prints them.
 *
 * @param json - JSON that Postgres takes.
 * @returns the text itself where it is no JSON, or where its spelling is not known for sure.
 */
export function jsonbText(json: string): string {
  const node = readJson(json);
  return node.kind === 'fault' ? json : (nodeText(node) ?? json);
}

/** @returns null = not known. */
function nodeText(node: JsonNode): string | null {
  switch (node.kind) {
    case 'string':
      return quoted(node.value);
    case 'number':
      return numberText(node.digits);
    case 'literal':
      return String(node.value);
    case 'array':
      return joined('[', node.items.map(nodeText), ']');
    case 'object':
      return joined('{', members(node), '}');
    case 'too_deep':
      return null;
  }
}

function joined(open: string, parts: readonly (string | null)[], close: string): string | null {
  return parts.includes(null) ? null : `${open}${parts.join(', ')}${close}`;
}

function members({ entries }: JsonObject): readonly (string | null)[] {
  const last = new Map(entries.map(({ key, value }) => [key, value]));
  return [...last]
    .map(([key, value]) => ({ key, bytes: Buffer.from(key, 'utf8'), value }))
    .sort((a, b) => a.bytes.length - b.bytes.length || a.bytes.compare(b.bytes))
    .map(({ key, value }) => {
      const text = nodeText(value);
      return text === null ? null : `${quoted(key)}: ${text}`;
    });
}

/** As `JSON.stringify`, but for U+007F and above, which both leave as they are, and unpaired surrogates, which jsonb refuses. */
function quoted(text: string): string {
  return JSON.stringify(text);
}

const NUMBER = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;
/** Postgres refuses numbers of more digits before the point, and rounds those with more after it. */
const MOST_SHIFTED = 1000;

/**
 * Numeric keeps every digit, writes out exponents, and knows no negative zero.
 *
 * @returns null = not known.
 */
function numberText(digits: string): string | null {
  const match = NUMBER.exec(digits);
  const shift = Number(match?.[4] ?? 0);
  if (match === null || Math.abs(shift) > MOST_SHIFTED) return null;
  const [, sign = '', integer = '', fraction = ''] = match;
  const all = `${integer}${fraction}`.padEnd(integer.length + shift, '0');
  const point = integer.length + shift;
  const before = point > 0 ? all.slice(0, point).replace(/^0+(?=\d)/, '') : '0';
  const after = point > 0 ? all.slice(point) : '0'.repeat(-point) + all;
  const number = after === '' ? before : `${before}.${after}`;
  return /[1-9]/.test(number) ? sign + number : number;
}
