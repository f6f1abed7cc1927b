import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldLedger } from '../../parsers/fold-ledger.js';
import { formatTrades, parseTrades, type TradeRevision } from '../../parsers/trades.js';
import { CopyWriter } from '../../src/db/copy-writer.js';
import { DigestWriter } from '../../src/db/digest-writer.js';
import type { RowWriter } from '../../src/db/row-writer.js';
import { LedgerRows } from '../../src/projection/ledger-rows.js';
import { decisionId } from '../../src/projection/tables/decisions.js';
import { tradeRow, trades } from '../../src/projection/tables/trades.js';
import * as records from '../arbitraries/records.js';
import { canonicalDecimal, jsonText } from '../arbitraries/values.js';
import { DAY_ONE, DECISION, trade } from './fixtures.js';

const plainText = fc.stringMatching(/^[ !#-[\]-~]{1,20}$/);
const amount = fc.option(canonicalDecimal());
/** What a program writes: trades of one day, each with its revisions in order, in plain words. */
const plainLedger: fc.Arbitrary<readonly TradeRevision[]> = fc
  .array(
    fc.record({
      externalTradeId: fc.constantFrom('1', '2', '3', '44'),
      asset: plainText,
      sourceBotId: fc.option(plainText),
      entryPrice: amount,
      realizedPnlUsd: amount,
      status: fc.constantFrom('open' as const, 'closed' as const),
      decision: fc.constantFrom(null, DECISION),
      metadata: fc.option(jsonText().filter((json) => /^[ -[\]-~]*$/.test(json) && !/\de/i.test(json))),
      recordedAt: fc.constantFrom('2026-01-14T15:00:00.000000+00:00', '2026-01-15T00:00:01.500000+00:00'),
    }),
    { maxLength: 12 },
  )
  .map((changes) => {
    const counts = new Map<string, number>();
    return changes.map((change) => {
      const revision = (counts.get(change.externalTradeId) ?? 0) + 1;
      counts.set(change.externalTradeId, revision);
      return trade(0, { ...change, revision });
    });
  });

/** The way through records, which the quick one must agree with. */
function writeByRecords(text: string, path: string, writer: RowWriter): { rows: number; problems: number } {
  const parsed = parseTrades(text, path);
  const folded = foldLedger(parsed.records, path);
  for (const one of folded.trades) {
    const row: Readonly<Record<string, string | null>> = tradeRow(one, path);
    for (const [column, kind] of Object.entries(trades.columns)) writer.value(kind, row[column] ?? null);
    writer.endRow();
  }
  return { rows: folded.trades.length, problems: parsed.problems.length + folded.problems.length };
}

/** @returns how many rows were written the quick way; null = it left the file to the other. */
function agree(text: string): number | null {
  const [quick, slow] = [new CopyWriter(), new CopyWriter()];
  const rows = new LedgerRows();
  const written = rows.write(Buffer.from(text, 'utf8'), DAY_ONE, decisionId, quick);
  if (written === null) {
    expect(quick.take()).toBeNull();
    return null;
  }
  const { rows: expected, problems } = writeByRecords(text, DAY_ONE, slow);
  expect(written).toBe(expected);
  expect(problems).toBe(0);
  expect(quick.take()?.toString()).toBe(slow.take()?.toString());
  const digests = [new DigestWriter(3n), new DigestWriter(3n)] as const;
  rows.write(Buffer.from(text, 'utf8'), DAY_ONE, decisionId, digests[0]);
  writeByRecords(text, DAY_ONE, digests[1]);
  expect(digests[0].digest()).toEqual(digests[1].digest());
  return written;
}

describe('rows of a ledger without records', () => {
  it('are those of its records, and no plain ledger takes the other way', () => {
    fc.assert(
      fc.property(plainLedger, (revisions) => {
        expect(agree(formatTrades(revisions))).not.toBeNull();
      }),
      { numRuns: 300 },
    );
  });

  it('are those of its records, or none, for any ledger of a program', () => {
    fc.assert(
      fc.property(records.ledger(), (revisions) => {
        agree(formatTrades(revisions));
      }),
      { numRuns: 300 },
    );
  });

  it('are those of its records, or none, for a ledger that somebody edited', () => {
    const edit = fc.record({
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      remove: fc.nat({ max: 3 }),
      insert: fc.constantFrom('', '"', '\\', '\n', ' ', '0', '-', 'null', '}', ',', 'é', '\0', '1e5', '\r\n'),
    });
    fc.assert(
      fc.property(plainLedger, edit, (revisions, { at, remove, insert }) => {
        const text = formatTrades(revisions);
        const place = Math.floor(at * text.length);
        agree(text.slice(0, place) + insert + text.slice(place + remove));
      }),
      { numRuns: 1500 },
    );
  });

  it.each([
    ['a gap in the revisions', formatTrades([trade(1, { revision: 2 })])],
    ['one revision twice', formatTrades([trade(1), trade(1)])],
    ['revisions out of order', formatTrades([trade(1, { revision: 2 }), trade(1)])],
    ['a trade of another day', formatTrades([trade(1, { openedAt: '2026-01-15T00:00:00.000000+00:00' })])],
    ['a byte order mark', `\ufeff${formatTrades([trade(1)])}`],
    ['no line end', formatTrades([trade(1)]).trimEnd()],
    ['a blank line', `${formatTrades([trade(1)])}\n`],
    ['a day that does not exist', formatTrades([trade(1)]).replaceAll('2026-01-14T15', '2026-02-30T15')],
    ['a negative zero', formatTrades([trade(1)]).replace('"6.12"', '"-0.00"')],
    ['too many digits', formatTrades([trade(1)]).replace('"6.12"', `"1.${'1'.repeat(19)}"`)],
  ])('takes the other way for %s', (_, text) => {
    expect(agree(text)).toBeNull();
  });

  it('takes the other way where a link leads nowhere', () => {
    const bytes = Buffer.from(formatTrades([trade(1), trade(2, { decision: DECISION })]));
    const writer = new CopyWriter();
    expect(new LedgerRows().write(bytes, DAY_ONE, () => null, writer)).toBeNull();
    expect(writer.take()).toBeNull();
  });
});
