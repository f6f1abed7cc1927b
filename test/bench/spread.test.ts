import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ratioOf, spreadOf } from './spread.js';

const seconds = fc.double({ min: 0.001, max: 1000, noNaN: true });

describe('spreads', () => {
  it('are median, smallest and largest, however the values are ordered', () => {
    expect(spreadOf([3, 1, 2])).toEqual({ median: 2, min: 1, max: 3 });
    expect(spreadOf([4, 1, 2, 3])).toEqual({ median: 2.5, min: 1, max: 4 });
    expect(spreadOf([7])).toEqual({ median: 7, min: 7, max: 7 });
  });

  it('of nothing there is none', () => {
    expect(() => spreadOf([])).toThrow(RangeError);
  });

  it('of a ratio: medians by each other, and the pairs beside it', () => {
    expect(ratioOf([1, 8, 3], [1, 2, 2])).toEqual({ median: 1.5, min: 1, max: 4 });
    expect(() => ratioOf([1, 2], [1])).toThrow('2 values against 1');
  });

  it('of a ratio: the median always lies between the pairs', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(seconds, seconds), { minLength: 1, maxLength: 9 }), (pairs) => {
        const { median, min, max } = ratioOf(
          pairs.map(([left]) => left),
          pairs.map(([, right]) => right),
        );
        const rounding = 1e-9;
        expect(median).toBeGreaterThanOrEqual(min * (1 - rounding));
        expect(median).toBeLessThanOrEqual(max * (1 + rounding));
      }),
    );
  });
});
