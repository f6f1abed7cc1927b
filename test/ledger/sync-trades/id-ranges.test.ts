import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  contains,
  idSet,
  idSetOf,
  idsOf,
  intersection,
  rangesOf,
  readIds,
  spellIds,
} from '../../../src/ledger/sync-trades/id-ranges.js';

const id = fc.integer({ min: -30, max: 60 });
const ids = fc.array(id, { maxLength: 40 });
const of = (numbers: readonly number[]) => idSetOf(numbers.map(String));

describe('sets of ids', () => {
  it('hold what went in, in order, apart from each other', () => {
    fc.assert(
      fc.property(ids, (numbers) => {
        const set = of(numbers);
        const sorted = [...new Set(numbers)].sort((a, b) => a - b);
        expect([...idsOf(set)].map(Number)).toEqual(sorted);
        for (const [i, range] of set.entries()) {
          expect(range.first <= range.last).toBe(true);
          const next = set[i + 1];
          if (next !== undefined) expect(next.first > range.last + 1n).toBe(true);
        }
      }),
    );
  });

  it('tell what they contain, and what two have in common', () => {
    fc.assert(
      fc.property(ids, ids, id, (left, right, wanted) => {
        expect(contains(of(left), String(wanted))).toBe(left.includes(wanted));
        const both = intersection(of(left), of(right));
        expect([...idsOf(both)].map(Number).sort((a, b) => a - b)).toEqual(
          [...new Set(left.filter((number) => right.includes(number)))].sort((a, b) => a - b),
        );
      }),
    );
  });

  it('survive being spelt and read, whatever the digits', () => {
    const big = fc.bigInt({ min: -(10n ** 19n), max: 10n ** 19n });
    fc.assert(
      fc.property(fc.array(big, { maxLength: 30 }), (numbers) => {
        const set = idSetOf(numbers.map(String));
        expect(readIds(JSON.parse(JSON.stringify(spellIds(set))))).toEqual(set);
        expect(idSet(rangesOf(set))).toEqual(set);
      }),
    );
  });

  it('join ranges in any order, overlapping or side by side', () => {
    const set = idSet([
      { first: '8', last: '9' },
      { first: '1', last: '5' },
      { first: '2', last: '3' },
      { first: '6', last: '6' },
    ]);
    expect(spellIds(set)).toEqual(['1-6', '8-9']);
    expect(spellIds(idSetOf(['-3', '-2', '-1', '0', '7']))).toEqual(['-3-0', '7']);
  });

  it.each([
    [null],
    ['7'],
    [[7]],
    [['']],
    [['a']],
    [['1-2-3']],
    [['1.5']],
    [['1e3']],
    [['0x10']],
    [[' 7']],
    [['5-3']],
    [['123456789012345678901']],
    [[['7']]],
  ])('do not come of %j', (value) => {
    expect(readIds(value)).toBeNull();
  });
});
