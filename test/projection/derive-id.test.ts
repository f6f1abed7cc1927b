import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deriveId } from '../../src/projection/derive-id.js';

describe('the id of a row', () => {
  it('is the first 63 bits of SHA-256, however long the key is and whatever it holds', () => {
    const key = fc.oneof(fc.string({ maxLength: 80 }), fc.string({ unit: 'binary', maxLength: 20 }));
    fc.assert(
      fc.property(fc.constantFrom('maven_trades', 'maven_portfolio_snapshots'), key, (table, name) => {
        const digest = createHash('sha256').update(`${table}\0${name}`).digest();
        expect(deriveId(table, name)).toBe(String(digest.readBigUInt64BE(0) & 0x7fff_ffff_ffff_ffffn));
      }),
      { numRuns: 2000 },
    );
  });
});
