import fc from 'fast-check';
import { expect, it } from 'vitest';
import { compareCodeUnits, compareText } from '../../parsers/compare-text.js';

it('compares as the bytes of UTF-8 do, also beyond the first plane', () => {
  const text = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 5 }),
    fc.string({ unit: fc.constantFrom('a', 'b', '\ud7ff', '\ue000', '\uffff', '\u{10000}', '\u{10ffff}') }),
  );
  fc.assert(
    fc.property(text, text, (left, right) => {
      const bytes = Buffer.compare(Buffer.from(left), Buffer.from(right));
      expect(Math.sign(compareText(left, right))).toBe(bytes);
    }),
  );
});

it('compares by code units as the operator does', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '\ue000', '\u{10000}'), maxLength: 4 });
  fc.assert(
    fc.property(text, text, (left, right) => {
      expect(compareCodeUnits(left, right)).toBe(Number(left > right) - Number(left < right));
    }),
  );
});
