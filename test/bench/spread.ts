import type { Spread } from './results.js';

/** Median, smallest and largest. @throws RangeError for none at all: there is no median to tell. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((left, right) => left - right);
  const [min, max] = [sorted[0], sorted.at(-1)];
  if (min === undefined || max === undefined) throw new RangeError('a spread of no values');
  const upper = sorted[Math.floor(sorted.length / 2)] ?? max;
  const lower = sorted[Math.floor((sorted.length - 1) / 2)] ?? min;
  return { median: (lower + upper) / 2, min, max };
}

/**
 * How many times as long the left side took.
 *
 * @param left - one value a pair; `right` the values that were measured right after them, as many.
 * @returns the median of one side by that of the other, which the reader can check; smallest and largest of the pairs.
 *   The median of sides always lies between those two.
 */
export function ratioOf(left: readonly number[], right: readonly number[]): Spread {
  if (left.length !== right.length) throw new RangeError(`${left.length} values against ${right.length}`);
  const pairs = spreadOf(left.map((value, index) => value / (right[index] ?? Number.NaN)));
  return { ...pairs, median: spreadOf(left).median / spreadOf(right).median };
}
