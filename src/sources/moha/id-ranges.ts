import type { IdRange } from './bot-trade.js';

const ID = /^-?\d{1,100}$/;
const LEAST_BIGINT = -(2n ** 63n);
const MOST_BIGINT = 2n ** 63n - 1n;
/** Ranges up to this length are listed id by id: a list is looked up by hash, ranges are compared one by one. */
const LISTED_LENGTH = 64n;

interface Span {
  first: bigint;
  last: bigint;
}

/** How ids are compared: whole numbers of up to 8 bytes, or `numeric`. */
export type IdType = 'bigint' | 'numeric';

/**
 * The SQL condition for ids in any of the ranges, which may overlap and come in any order.
 *
 * @throws Error when an end is not a whole number in digits.
 */
export function idInRanges(ranges: readonly IdRange[], type: IdType): string {
  const listed: bigint[] = [];
  const compared: string[] = [];
  for (const { first, last } of mergeRanges(ranges)) {
    if (last - first >= LISTED_LENGTH) compared.push(`id between ${first} and ${last}`);
    else for (let id = first; id <= last; id += 1n) listed.push(id);
  }
  const list = idList(listed, type);
  const conditions = [...(list === null ? [] : [`id = any(${list})`]), ...compared];
  return conditions.length === 0 ? 'false' : `(${conditions.join(' or ')})`;
}

/** An SQL array of ids; null = none of them can be in a column of this type. */
export function idList(ids: readonly bigint[], type: IdType): string | null {
  const possible = type === 'numeric' ? ids : ids.filter((id) => id >= LEAST_BIGINT && id <= MOST_BIGINT);
  return possible.length === 0 ? null : `'{${possible.join(',')}}'::${type}[]`;
}

/** @throws Error unless the text is a whole number in digits: it goes into a statement. */
export function readId(text: string): bigint {
  if (!ID.test(text)) throw new Error(`not an id in decimal digits: ${JSON.stringify(text)}`);
  return BigInt(text);
}

/** In order, without overlaps, neighbours joined. */
function mergeRanges(ranges: readonly IdRange[]): readonly Span[] {
  const spans = ranges
    .map(({ first, last }): Span => ({ first: readId(first), last: readId(last) }))
    .filter(({ first, last }) => first <= last)
    .sort((a, b) => (a.first < b.first ? -1 : a.first > b.first ? 1 : 0));
  const merged: Span[] = [];
  for (const span of spans) {
    const before = merged.at(-1);
    if (before === undefined || span.first > before.last + 1n) merged.push(span);
    else if (span.last > before.last) before.last = span.last;
  }
  return merged;
}
