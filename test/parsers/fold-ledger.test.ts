import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldLedger } from '../../parsers/fold-ledger.js';
import { formatTrades, parseTrades, type TradeRevision, tradeKey } from '../../parsers/trades.js';
import { ledger } from '../arbitraries/records.js';
import { canonicalTime } from '../arbitraries/values.js';

const PATH = '.moha/maven/trades/2026/2026-01-14.jsonl';
const fold = (revisions: readonly TradeRevision[]) =>
  foldLedger(parseTrades(formatTrades(revisions), PATH).records, PATH);

describe('folding a ledger', () => {
  it('takes the highest revision of each trade, without a word when they stand in order', () => {
    fc.assert(
      fc.property(ledger(), (revisions) => {
        const { trades, problems } = fold(revisions);
        expect(problems).toEqual([]);
        const last = new Map(revisions.map((trade, index) => [tradeKey(trade), { trade, line: index + 1 }]));
        expect(trades.map(({ key }) => key)).toEqual([...last.keys()]);
        for (const { key, line, record, firstRecordedAt } of trades) {
          expect({ trade: record, line }).toEqual(last.get(key));
          expect(firstRecordedAt).toBe(revisions.find((trade) => tradeKey(trade) === key)?.recordedAt);
        }
      }),
    );
  });

  it('gives the same trades in whatever order merges left the lines', () => {
    const shuffled = ledger().chain((revisions) =>
      fc.tuple(fc.constant(revisions), fc.shuffledSubarray([...revisions], { minLength: revisions.length })),
    );
    const stateOf = (revisions: readonly TradeRevision[]) =>
      new Map(
        fold(revisions).trades.map(({ key, record, firstRecordedAt }) => [key, { record, firstRecordedAt }]),
      );
    fc.assert(
      fc.property(shuffled, ([inOrder, mixed]) => {
        expect(stateOf(mixed)).toEqual(stateOf(inOrder));
        expect(fold(mixed).problems.every(({ severity }) => severity === 'warning')).toBe(true);
      }),
    );
  });

  it('takes every line twice as once', () => {
    fc.assert(
      fc.property(ledger(), (revisions) => {
        const twice = fold([...revisions, ...revisions]);
        expect(twice.trades).toEqual(fold(revisions).trades);
        expect(twice.problems.map(({ code }) => code)).toEqual(revisions.map(() => 'DUPLICATE_LINE'));
      }),
    );
  });

  it('takes a revision that two clones recorded as one, in either order', () => {
    const twice = fc.tuple(ledger(), fc.array(canonicalTime(), { minLength: 8, maxLength: 8 }));
    fc.assert(
      fc.property(twice, ([revisions, times]) => {
        const others = revisions.map((trade, i) => ({ ...trade, recordedAt: times[i] ?? trade.recordedAt }));
        const earliest = revisions.map((trade, i) => {
          const other = others[i]?.recordedAt ?? '';
          return { ...trade, recordedAt: other < trade.recordedAt ? other : trade.recordedAt };
        });
        const stateOf = (lines: readonly TradeRevision[]) => {
          const { trades, problems } = fold(lines);
          expect(problems).toEqual([]);
          return trades.map(({ key, record, firstRecordedAt }) => ({ key, record, firstRecordedAt }));
        };
        expect(stateOf([...revisions, ...others])).toEqual(stateOf(earliest));
        expect(stateOf([...others, ...revisions])).toEqual(stateOf(earliest));
      }),
    );
  });
});
