import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatTrade, type TradeRevision, tradeWriter } from '../../parsers/trades.js';
import { tradeRevision } from '../arbitraries/records.js';

/** What becomes of a revision: its line, or the refusal. */
function outcome(format: (revision: TradeRevision) => string, revision: TradeRevision): string {
  try {
    return format(revision);
  } catch (error) {
    return String(error);
  }
}

describe('tradeWriter', () => {
  it('writes what formatTrade writes, and refuses what it refuses, whatever came before', () => {
    const bad = fc.record({
      asset: fc.constantFrom('', 'BTC', 'a\nb', 'x'.repeat(300), 'é"\\'),
      entryPrice: fc.constantFrom(null, '1', '01', '1e3', ''),
      side: fc.constantFrom('long', 'Long', ''),
      status: fc.constantFrom('open', 'null', null),
      metadata: fc.constantFrom(null, '{"a":"b"}', '{"a": 1}', 'x'),
      revision: fc.constantFrom(0, 1, 2.5, -0),
    }) as fc.Arbitrary<Partial<TradeRevision>>;
    const revisions = fc.array(
      fc.oneof(
        tradeRevision(),
        fc.tuple(tradeRevision(), bad).map(([trade, changes]) => ({ ...trade, ...changes })),
      ),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(revisions, (all) => {
        const write = tradeWriter();
        for (const revision of [...all, ...all])
          expect(outcome(write, revision)).toBe(outcome(formatTrade, revision));
      }),
    );
  });

  it('goes on writing the same when more values have come than it remembers', () => {
    const write = tradeWriter();
    const [base] = fc.sample(tradeRevision(), { numRuns: 1, seed: 1 });
    if (base === undefined) throw new Error('no sample');
    for (let id = 0; id < 1000; id += 1) {
      const trade = { ...base, externalTradeId: `${id}"`, entryPrice: `${id}.50`, asset: `A${id % 300}` };
      expect(write(trade)).toBe(formatTrade(trade));
      expect(() => write({ ...trade, entryPrice: `${id}.` })).toThrow('entry_price');
    }
  });
});
