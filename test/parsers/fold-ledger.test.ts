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

  it('takes what was recorded last of a revision with several contents, in whatever order they stand', () => {
    const contested = ledger()
      .filter((revisions) => revisions.length > 0)
      .chain((revisions) => {
        const top = fold(revisions).trades[0]?.record as TradeRevision;
        const at = (minute: number, feesUsd: string): TradeRevision => ({
          ...top,
          feesUsd,
          recordedAt: `2100-01-01T00:0${minute}:00.000000+00:00`,
        });
        // The same content once more, later, is still what was recorded first.
        const lines = [...revisions, at(1, '1111'), at(2, '2222'), at(3, '1111')];
        return fc.tuple(fc.constant(top), fc.shuffledSubarray(lines, { minLength: lines.length }));
      });
    fc.assert(
      fc.property(contested, ([top, lines]) => {
        const { trades, problems } = fold(lines);
        const taken = trades.find(({ key }) => key === tradeKey(top))?.record;
        expect(taken).toMatchObject({ feesUsd: '2222', revision: top.revision });
        expect(problems).toContainEqual(
          expect.objectContaining({ code: 'REVISION_CONFLICT', severity: 'warning' }),
        );
      }),
    );
  });

  it('leaves two corrections of one revision to a person, until a later revision settles it', () => {
    const [first] =
      fc.sample(
        ledger().filter((revisions) => revisions.length > 0),
        { numRuns: 1, seed: 7 },
      )[0] ?? [];
    const start = { ...(first as TradeRevision), revision: 1 };
    const corrected = (value: string): TradeRevision => ({
      ...start,
      revision: 2,
      feesUsd: value,
      metadata: `{"corrections":{"fees_usd":{"value":"${value}"}}}`,
    });
    const severities = (lines: readonly TradeRevision[]) =>
      fold(lines)
        .problems.filter(({ code }) => code === 'REVISION_CONFLICT')
        .map(({ severity }) => severity);
    const two = [start, corrected('1'), corrected('2')];
    expect(severities(two)).toEqual(['error']);
    expect(severities([...two, { ...corrected('2'), revision: 3 }])).toEqual(['warning']);
  });
});
