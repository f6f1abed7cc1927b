import type { IdRange } from '../../sources/moha/bot-trade.js';

/** A set of whole numbers as ranges: in order, apart from each other, both ends included. */
export type IdSet = readonly { readonly first: bigint; readonly last: bigint }[];

/** Makes a set of ranges in any order, overlapping or not. */
export function idSet(ranges: Iterable<IdRange>): IdSet {
  const sorted = Array.from(ranges, ({ first, last }) => ({ first: BigInt(first), last: BigInt(last) })).sort(
    (a, b) => (a.first < b.first ? -1 : 1),
  );
  const merged: { first: bigint; last: bigint }[] = [];
  for (const range of sorted) {
    const before = merged.at(-1);
    if (before !== undefined && range.first <= before.last + 1n) {
      if (range.last > before.last) before.last = range.last;
    } else merged.push(range);
  }
  return merged;
}

export function idSetOf(ids: Iterable<string>): IdSet {
  return idSet(Array.from(ids, (id) => ({ first: id, last: id })));
}

export function contains(set: IdSet, id: string): boolean {
  const wanted = BigInt(id);
  let low = 0;
  let high = set.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const range = set[middle];
    if (range === undefined) return false;
    if (wanted < range.first) high = middle - 1;
    else if (wanted > range.last) low = middle + 1;
    else return true;
  }
  return false;
}

/** @returns what is in both. */
export function intersection(left: IdSet, right: IdSet): IdSet {
  const both: { first: bigint; last: bigint }[] = [];
  let l = 0;
  let r = 0;
  for (;;) {
    const a = left[l];
    const b = right[r];
    if (a === undefined || b === undefined) return both;
    const first = a.first > b.first ? a.first : b.first;
    const last = a.last < b.last ? a.last : b.last;
    if (first <= last) both.push({ first, last });
    if (a.last < b.last) l += 1;
    else r += 1;
  }
}

/** Every id of a set, one by one: for sets that were made of single ids. */
export function* idsOf(set: IdSet): Generator<string> {
  for (const { first, last } of set) {
    for (let id = first; id <= last; id++) yield String(id);
  }
}

/** @returns how many numbers a set holds. */
export function sizeOf(set: IdSet): bigint {
  return set.reduce((size, { first, last }) => size + last - first + 1n, 0n);
}

export function rangesOf(set: IdSet): readonly IdRange[] {
  return set.map(({ first, last }) => ({ first: String(first), last: String(last) }));
}

/** As state files spell a set: `["7", "10-12"]`. */
export function spellIds(set: IdSet): readonly string[] {
  return set.map(({ first, last }) => (first === last ? `${first}` : `${first}-${last}`));
}

/** @returns null = not a set as {@link spellIds} writes it. */
export function readIds(value: unknown): IdSet | null {
  if (!Array.isArray(value)) return null;
  const ranges: IdRange[] = [];
  for (const item of value) {
    const [, first, last] =
      typeof item === 'string' ? (/^(-?\d{1,20})(?:-(-?\d{1,20}))?$/.exec(item) ?? []) : [];
    if (first === undefined || (last !== undefined && BigInt(last) < BigInt(first))) return null;
    ranges.push({ first, last: last ?? first });
  }
  return idSet(ranges);
}
