import fc from 'fast-check';
import type { TradeRevision } from '../../../parsers/trades.js';
import type { LedgerContent, LedgerDecision } from '../../../src/ledger/metrics/fold-performance.js';
import { trade } from '../../projection/fixtures.js';

/** Few moments, on the borders of hours, days, weeks, months and of the ISO year, so that trades meet there. */
const MOMENTS = [
  '2025-12-28T23:59:59.999999',
  '2025-12-29T00:00:00.000000',
  '2025-12-31T23:59:59.999999',
  '2026-01-01T00:00:00.000000',
  '2026-01-04T23:59:59.999999',
  '2026-01-05T00:00:00.000000',
  '2026-01-05T00:30:00.000001',
  '2026-01-05T01:00:00.000000',
  '2026-01-06T12:00:00.000000',
  '2026-01-07T12:00:00.500000',
  '2026-02-01T00:00:00.000000',
].map((text) => `${text}+00:00`);

const moment = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...MOMENTS) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
      .map(([day, hour, minute]) => `2026-01-0${day}T${two(hour)}:${two(minute)}:00.000000+00:00`),
  },
);
const usd = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('0', '0.00', '1.50', '-1.5', '10', '-10', '0.004', '-0.004') },
  { weight: 2, arbitrary: fc.integer({ min: -99_999, max: 99_999 }).map((n) => decimal(n, 2)) },
  { weight: 1, arbitrary: fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }).map((n) => decimal(n, 9)) },
);
const confidence = fc.constantFrom(
  '0',
  '0.95',
  '10',
  '39.9',
  '40',
  '69.99',
  '70',
  '70.0',
  '70.1',
  '90',
  '100',
);
const DECISIONS = [
  'decision_20260101_000000.md',
  'decision_20260102_000000.md',
  'decision_20260103_000000.md',
];

const tradeState: fc.Arbitrary<Partial<TradeRevision>> = fc.record({
  source: fc.constantFrom('moha', 'moha@2'),
  tradeSource: fc.constantFrom('worker_bot', 'motherbot'),
  sourceBotId: fc.option(fc.constantFrom('7', '8', 'Ω'), { nil: null }),
  asset: fc.constantFrom('BTC', 'ETH', '日本'),
  side: fc.constantFrom('long', 'short'),
  status: fc.constantFrom('closed', 'closed', 'closed', 'liquidated', 'cancelled', 'open'),
  realizedPnlUsd: fc.option(usd, { nil: null, freq: 8 }),
  feesUsd: fc.option(usd, { nil: null, freq: 6 }),
  openedAt: moment,
  closedAt: fc.option(moment, { nil: null, freq: 12 }),
  decision: fc.option(fc.constantFrom(...DECISIONS), { nil: null, freq: 3 }),
});

const decisions: fc.Arbitrary<ReadonlyMap<string, LedgerDecision>> = fc
  .tuple(
    ...DECISIONS.map(() => fc.option(fc.record({ decidedAt: moment, confidencePct: fc.option(confidence) }))),
  )
  .map(
    (made) => new Map(made.flatMap((one, i) => (one === null ? [] : [[DECISIONS[i] ?? '', one] as const]))),
  );

/** `back` = how many snapshots before its flows begin; 0 = where no snapshot is. */
const snapshot = fc.record({
  at: moment,
  account: fc.constantFrom(...Array.from({ length: 12 }, () => 'hyperliquid/main'), 'hyperliquid/other'),
  valueUsd: fc.option(fc.constantFrom('1000', '999.5', '0', '1500.25', '20'), { nil: null, freq: 8 }),
  flowUsd: fc.option(fc.constantFrom('0', '500', '-250.5'), { nil: null, freq: 10 }),
  back: fc.constantFrom(1, 1, 1, 1, 1, 2, 3, 0),
});

/** With whole trades, as tables hold them. */
export interface RandomLedger extends LedgerContent {
  readonly trades: readonly TradeRevision[];
}

/** Ledgers of every kind of fault and of meeting; snapshots in half of them. */
export const ledgers: fc.Arbitrary<RandomLedger> = fc.record({
  trades: fc
    .array(tradeState, { maxLength: 25 })
    .map((states) => states.map((state, i) => trade(i, { ...state, positionAction: 'close' }))),
  decisions,
  equity: fc
    .oneof(fc.constant([]), fc.uniqueArray(snapshot, { maxLength: 10, selector: ({ at }) => at }))
    .map((readings) => [...readings].sort((left, right) => (left.at < right.at ? -1 : 1)))
    .map((sorted) =>
      sorted.map(({ back, ...reading }, i) => ({
        ...reading,
        since: back === 0 ? '2025-12-01T00:00:00.000000+00:00' : (sorted[i - back]?.at ?? null),
      })),
    ),
});

function decimal(unscaled: number | bigint, places: number): string {
  const text = String(unscaled)
    .replace('-', '')
    .padStart(places + 1, '0');
  const value = `${text.slice(0, -places)}.${text.slice(-places)}`;
  return unscaled < 0 ? `-${value}` : value;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
