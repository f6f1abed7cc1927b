import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isCanonicalTime } from '../../../parsers/time.js';
import { momentOfTime, timeOfMoment } from '../../../src/sources/hyperliquid/moments.js';

it('a moment is the same time that a Date prints', () => {
  fc.assert(
    fc.property(fc.integer({ min: -62_135_596_800_000, max: 253_402_300_799_999 }), (ms) => {
      const time = timeOfMoment(ms);
      expect(isCanonicalTime(time)).toBe(true);
      expect(time).toBe(`${new Date(ms).toISOString().slice(0, 23)}000+00:00`);
      expect(momentOfTime(time)).toBe(ms);
    }),
  );
});

it.each([Number.NaN, 0.5, 253_402_300_800_000])('%d is refused', (ms) => {
  expect(() => timeOfMoment(ms)).toThrow(RangeError);
});
