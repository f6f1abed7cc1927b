import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isCanonicalTime } from '../../../parsers/time.js';
import { formatTrade, type TradeRevision } from '../../../parsers/trades.js';
import type { CommitBase } from '../../../src/git/commit.js';
import { PnlSum } from '../../../src/ledger/sync-trades/added-pnl.js';
import { readAmount } from '../../../src/ledger/sync-trades/amount.js';
import {
  indexDecisions,
  type LinkableDecision,
  linkDecision,
} from '../../../src/ledger/sync-trades/decision-link.js';
import { LineBuffer, LineBuffers } from '../../../src/ledger/sync-trades/line-buffer.js';
import {
  isSkipped,
  type TradeSourceRules,
  tradeMapper,
} from '../../../src/ledger/sync-trades/map-bot-trade.js';
import { NewTradeLines } from '../../../src/ledger/sync-trades/new-trade-lines.js';
import { planBatch } from '../../../src/ledger/sync-trades/plan-batch.js';
import { firstRevision } from '../../../src/ledger/sync-trades/revise-trade.js';
import { ScannedDecimal } from '../../../src/ledger/sync-trades/scanned-decimal.js';
import { ScannedTime } from '../../../src/ledger/sync-trades/scanned-time.js';
import { writeRows } from '../../../src/sources/moha/raw-rows.js';
import { rowChunk } from '../../../src/sources/moha/row-chunk.js';
import { COLUMN_NAMES } from '../../../src/sources/moha/table-columns.js';
import { timeOfTimestamp } from '../../../src/sources/moha/timestamp-text.js';

/** One upstream row, by column; a column that is not named is null. */
type Row = Readonly<Record<string, string | null>>;

const RULES = { recordedAt: '2026-01-20T00:00:00.000000+00:00', linkWindowMinutes: 60 };
const SOURCES: TradeSourceRules = [{ pattern: 'mother*', tradeSource: 'motherbot' }];
const ROW: Row = {
  id: '7',
  bot_id: 'worker-1',
  bot_type: 'worker_bot',
  symbol: 'BTC-USD',
  side: 'buy',
  status: 'closed',
  close_reason: 'take_profit',
  decision_id: null,
  entry_price: '43250.12',
  exit_price: '43251.5',
  size: '0.25',
  leverage: '3',
  realized_pnl: '-49.99208100000000000000',
  fees: '0.1',
  opened_at: '2026-01-14 10:00:00.0341',
  closed_at: '2026-01-14 11:00:00',
};

const decimals = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.tuple(fc.maxSafeNat(), fc.nat({ max: 9 })).map(([n, scale]) => withPoint(n, scale)),
  },
  fc
    .tuple(fc.bigInt({ min: 0n, max: 10n ** 30n }), fc.nat({ max: 24 }))
    .map(([n, scale]) => withPoint(n, scale)),
  fc.constantFrom(
    null,
    '0',
    '0.0',
    '1.50',
    '10.000',
    '0.00000000',
    '1.00000000000000000000',
    '1.2900000000000000000000',
    '0.123456789012345678',
    '0.1234567890123456789',
    '12345678901234567890.123456789012345678',
    '123456789012345678901',
    'NaN',
    'Infinity',
    '1e-300',
    '1e5',
    '00.5',
    '.5',
    '5.',
    '',
    ' 1',
    '+1',
    '9007199254740993',
    '0.000000000000000001',
    '99999999999999999999',
  ),
);
const signed = fc
  .tuple(fc.boolean(), decimals)
  .map(([negative, text]) => (negative && text !== null ? `-${text}` : text));
const times = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 3 * 86_400_000 }).map((ms) => timestamp(ms)) },
  fc.constantFrom(
    null,
    'infinity',
    '2026-02-30 00:00:00',
    '2026-01-14 24:00:00',
    '2026-01-14 10:00:60',
    '2026-01-14T10:00:00',
    '12026-01-14 10:00:00',
    '0044-01-14 10:00:00 BC',
    '2026-01-14 10:00:00.1234567',
    '2026-01-14 10:00:00.',
    '2024-02-29 23:59:59.999999',
    '2026-01-31 1a:00:00',
    '2026-01-14 10:00:00.12x',
  ),
);
const words = (...common: (string | null)[]) =>
  fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom(...common) },
    fc.string({ unit: 'binary', maxLength: 300 }).map((text) => text.replaceAll('\0', '')),
  );
/** Anything may be in any column. */
const oddRows = fc.record({
  id: fc.oneof(fc.nat().map(String), fc.constantFrom('-5', '9223372036854775807', '1'.repeat(40), '007')),
  bot_id: words('worker-1', 'worker-2', 'motherbot', '', null, 'é"\\'),
  bot_type: words('worker_bot', 'MotherBot', null, ''),
  symbol: words('BTC-USD', 'ETH/USDT', 'btc', 'BTC', null),
  side: words('buy', 'sell', ' LONG ', 'hold', null),
  status: words('open', 'closed', 'liquidated', 'canceled', 'gone', null),
  close_reason: words('take_profit', null, '', 'a\nb'),
  decision_id: words(null, null, '17', '12x', ''),
  entry_price: fc.oneof(decimals, signed),
  exit_price: decimals,
  size: fc.oneof(decimals, signed),
  leverage: decimals,
  realized_pnl: signed,
  unrealized_pnl: signed,
  fees: signed,
  opened_at: times,
  closed_at: times,
});
const amounts = fc.oneof(
  fc
    .tuple(fc.nat({ max: 10_000_000 }), fc.nat({ max: 9 }))
    .map(([n, scale]) => withPoint(n * 10 ** (n % 3), scale)),
  fc.tuple(fc.maxSafeNat(), fc.nat({ max: 20 })).map(([n, scale]) => withPoint(n, scale)),
);
/** As they nearly always are: few kinds of texts, and digits. */
const plainRows = fc.record({
  id: fc.nat().map(String),
  bot_id: fc.constantFrom('worker-1', 'motherbot'),
  bot_type: fc.constantFrom('worker_bot', null),
  symbol: fc.constantFrom('BTC-USD', 'BTC', 'ETH/USDT'),
  side: fc.constantFrom('buy', 'sell'),
  status: fc.constantFrom('open', 'closed'),
  close_reason: fc.constantFrom('take_profit', null),
  decision_id: fc.constantFrom(null, '17'),
  entry_price: amounts,
  exit_price: fc.option(amounts),
  size: amounts,
  leverage: fc.option(amounts),
  realized_pnl: fc.option(
    fc.tuple(fc.boolean(), amounts).map(([negative, text]) => (negative ? `-${text}` : text)),
  ),
  unrealized_pnl: fc.option(amounts),
  fees: fc.option(amounts),
  opened_at: fc.integer({ min: 0, max: 2 * 86_400_000 }).map((ms) => timestamp(ms)),
  closed_at: fc.option(fc.integer({ min: 0, max: 3 * 86_400_000 }).map((ms) => timestamp(ms))),
});
const rows = fc.oneof(
  { weight: 4, arbitrary: plainRows },
  fc
    .tuple(plainRows, oddRows, fc.constantFrom(...COLUMN_NAMES))
    .map(([plain, odd, name]): Row => ({ ...plain, [name]: (odd as Row)[name] ?? null })),
);
const decision = fc.record({
  filename: fc.stringMatching(/^[a-z]{1,8}\.md$/),
  decidedAt: fc.integer({ min: 0, max: 2 * 86_400_000 }).map((ms) => timeOfTimestamp(timestamp(ms))),
  assets: fc.constantFrom(['BTC'], ['ETH'], ['BTC', 'ETH']),
});

describe('new trades', () => {
  it('are written from the bytes exactly as they are from texts', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(rows, { minLength: 1, maxLength: 30 }),
        fc.array(decision, { maxLength: 8 }),
        async (some, decisions) => {
          // A row teaches, the next one like it is copied; in the order of upstream, day by day.
          const all = [...some, ...some].sort(byTime);
          expect(await planned(all, decisions)).toEqual(expected(all, decisions));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('need no closer look when only digits differ, and one when anything is unusual', () => {
    const lines = taught();
    const plain: readonly Row[] = [
      {},
      { id: '999999999999999999', entry_price: '0.00000001', size: '123456789.987654321', fees: null },
      { realized_pnl: null, leverage: null, exit_price: null, closed_at: null, unrealized_pnl: '-1' },
      { decision_id: '42', opened_at: '2024-02-29 23:59:59.999999' },
      { entry_price: '43250.123456789012345678', size: '0.123456789012345678' },
    ];
    for (const change of plain) expect(lines(change), JSON.stringify(change)).toBe(true);
    const odd: readonly Row[] = [
      { symbol: 'SOL' },
      { bot_id: 'worker-2' },
      { status: 'open' },
      { close_reason: null },
      { side: 'sell' },
      { id: '-7' },
      { decision_id: 'x' },
      { size: null },
      { size: '-1' },
      { entry_price: '-1' },
      { exit_price: '-1' },
      { leverage: '-1' },
      { fees: 'NaN' },
      { fees: '-0' },
      { fees: '1e3' },
      { opened_at: null },
      { opened_at: '2026-02-30 00:00:00' },
      { closed_at: 'infinity' },
      { size: '99999999999999999999', entry_price: '10' },
    ];
    for (const change of odd) expect(lines(change), JSON.stringify(change)).toBe(false);
  });

  it('tell a value from its neighbour', () => {
    const lines = taught({ bot_id: 'ab', bot_type: 'c' });
    expect(lines({ bot_id: 'ab', bot_type: 'c' })).toBe(true);
    expect(lines({ bot_id: 'a', bot_type: 'bc' })).toBe(false);
  });
});

describe('ScannedDecimal', () => {
  it('copies what readAmount reads, with the number where a double holds it, or asks for a closer look', () => {
    fc.assert(
      fc.property(fc.oneof(signed, decimals), (value) => {
        const text = value ?? '7';
        const scanned = new ScannedDecimal();
        const out = Buffer.alloc(200);
        const end = scanned.copy(Buffer.from(`x${text}`), 1, 1 + Buffer.byteLength(text), out, 3);
        if (end === -1) return;
        expect(out.toString('latin1', 3, end)).toBe(readAmount(text));
        expect(scanned.text).toBe(readAmount(text));
        expect(scanned.negative).toBe(text.startsWith('-'));
        if (scanned.isSafe) expect(withPoint(scanned.unscaled, scanned.scale)).toBe(trimmed(scanned.text));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('ScannedTime', () => {
  it('writes the canonical time, or asks for a closer look', () => {
    const scanned = new ScannedTime();
    fc.assert(
      fc.property(times, (value) => {
        const text = value ?? '';
        const canonical = timeOfTimestamp(text);
        expect(scanned.read(Buffer.from(text), 0, Buffer.byteLength(text))).toBe(
          isCanonicalTime(canonical) && text[10] === ' ',
        );
        if (isCanonicalTime(canonical) && text[10] === ' ') {
          expect(scanned.text).toBe(canonical);
          expect(scanned.date).toBe(canonical.slice(0, 10));
        }
      }),
    );
  });
});

/** Tells of a row whether it is written without a closer look, by somebody who has seen `ROW`, changed as given. */
function taught(base: Row = {}): (change: Row) => boolean {
  const lines = new NewTradeLines('moha', RULES);
  const mapRow = tradeMapper(SOURCES);
  const { bytes, ...first } = chunkOf([{ ...ROW, ...base }]);
  expect(lines.read(bytes, 0)).toBe(false);
  const [row] = first;
  const trade = row === undefined ? null : mapRow(row);
  if (trade === null || isSkipped(trade)) throw new Error('a row that teaches nothing');
  lines.learn(trade);
  return (change) =>
    lines.read(chunkOf([{ ...ROW, ...base, ...change }]).bytes, 0) && lines.write(new LineBuffer());
}

const chunkOf = (some: readonly Row[]) =>
  rowChunk(writeRows(some.map((row) => COLUMN_NAMES.map((name) => row[name] ?? null))));

interface Outcome {
  readonly files: Readonly<Record<string, string>>;
  readonly skipped: unknown;
  readonly pnl: unknown;
  readonly counts: unknown;
}

async function planned(some: readonly Row[], decisions: readonly LinkableDecision[]): Promise<Outcome> {
  const base: CommitBase = { read: async () => null, list: async () => [] };
  const index = indexDecisions(decisions);
  const half = Math.ceil(some.length / 2);
  const plan = await planBatch([chunkOf(some.slice(0, half)), chunkOf(some.slice(half))], {
    base,
    epoch: 1,
    rules: RULES,
    tradeSources: SOURCES,
    decisions: { around: async () => index },
    mayBeElsewhere: () => false,
    index: async () => {
      throw new Error('nobody may ask for it');
    },
    idsWentBack: false,
    noteOpen: true,
    lineBuffers: new LineBuffers(),
  });
  const files = Array.from(plan.days, ([path, { lines }]) => [path, lines.bytes().toString('utf8')]);
  const { skipped, pnl, counts } = plan;
  return { files: Object.fromEntries(files), skipped, pnl, counts: { ...counts, open: plan.open } };
}

/** The same row by row, with nothing but the functions that decide what a line says. */
function expected(some: readonly Row[], decisions: readonly LinkableDecision[]): Outcome {
  const mapRow = tradeMapper(SOURCES);
  const index = indexDecisions(decisions);
  const files: Record<string, string> = {};
  const skipped: unknown[] = [];
  const pnl = new PnlSum();
  const open = new Map<string, boolean>();
  const counts = { new: 0, closed: 0, revised: 0, unchanged: 0, linked: 0, open };
  for (const row of chunkOf(some)) {
    const trade = mapRow(row);
    if (isSkipped(trade)) {
      skipped.push(trade);
      continue;
    }
    open.set(trade.externalTradeId, trade.status === 'open');
    const link = linkDecision(index, trade.asset, trade.openedAt, RULES.linkWindowMinutes);
    const revision = firstRevision(trade, 'moha', link, RULES);
    const line = lineOf(revision);
    if (line === null) {
      skipped.push({ id: row.id, reason: expect.any(String) });
      continue;
    }
    const [year] = trade.openedAt.split('-');
    const path = `.moha/maven/trades/${year}/${trade.openedAt.slice(0, 10)}.jsonl`;
    files[path] = (files[path] ?? '') + line;
    counts.new += 1;
    if (revision.decision !== null) counts.linked += 1;
    pnl.add(revision, null);
  }
  return { files, skipped, pnl: pnl.total, counts };
}

function lineOf(revision: TradeRevision): string | null {
  try {
    return formatTrade(revision);
  } catch {
    return null;
  }
}

function byTime(left: Row, right: Row): number {
  const [a, b] = [left.opened_at ?? '~', right.opened_at ?? '~'];
  return a < b ? -1 : a > b ? 1 : 0;
}

/** As Postgres prints it: without zeros at the end of the fraction. */
function timestamp(ms: number): string {
  const text = new Date(Date.UTC(2026, 0, 30) + ms).toISOString();
  return `${text.slice(0, 10)} ${text.slice(11, 19)}${trimmed(text.slice(19, 23)).replace(/\.$/, '')}`;
}

function withPoint(unscaled: number | bigint, scale: number): string {
  const negative = unscaled < 0;
  const digits = String(unscaled)
    .replace('-', '')
    .padStart(scale + 1, '0');
  const text = scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
  return negative ? `-${text}` : text;
}

function trimmed(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}
