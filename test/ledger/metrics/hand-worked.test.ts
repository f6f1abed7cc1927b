import { describe, expect, it } from 'vitest';
import { ALL_TIME, METRICS_PERIODS } from '../../../parsers/period.js';
import type { TradeRevision } from '../../../parsers/trades.js';
import { equityHistory } from '../../../src/ledger/metrics/equity.js';
import { foldPerformance } from '../../../src/ledger/metrics/fold-performance.js';
import { performanceOf } from '../../../src/ledger/metrics/performance.js';
import { trade } from '../../projection/fixtures.js';

type Row = readonly [
  id: number,
  closed: string,
  realized: string | null,
  fees: string | null,
  more?: Partial<TradeRevision>,
];

const D1 = 'decision_20251229_000000.md';
const D2 = 'decision_20260101_000000.md';
const D3 = 'decision_20251231_000000.md';
const D4 = 'decision_20260105_000000.md';

/** Net P&L on the right; every trade is held for one hour, number 9 for two. */
const ROWS: readonly Row[] = [
  [1, '2025-12-28T23:59:59.999999', '5', '1'], //          4       last moment of 2025-W52
  [2, '2025-12-29T00:00:00.000000', '10', '0.5', { decision: D1 }], //     9.5     first moment of 2026-W01
  [3, '2025-12-29T10:00:00.000000', '-4', '0.5', { decision: D1 }], //    -4.5
  [4, '2025-12-29T10:00:00.000000', '0', '0.25'], //                      -0.25    breakeven before fees, same moment
  [5, '2025-12-29T12:00:00.000000', '1', '1.5', { asset: 'ETH' }], //     -0.5     fees above the profit
  [6, '2025-12-29T13:00:00.000000', '2', null, { asset: 'ETH' }], //       2       fees not known
  [7, '2025-12-30T08:00:00.000000', '0.003', '0.004'], //                 -0.001   below a cent
  [8, '2025-12-30T09:00:00.000000', '-0.003', '0.0005'], //               -0.0035
  [9, '2025-12-30T10:00:00.000000', '-20', '1', { status: 'liquidated', decision: D1 }], // -21
  [10, '2025-12-30T11:00:00.000000', '50', '1', { status: 'cancelled' }], // in no number
  [11, '2025-12-30T11:00:00.000000', '60', '1', { status: 'open', closedAt: null }], // in no number
  [12, '2025-12-30T12:00:00.000000', null, '1'], //                        not known
  [13, '2025-12-30T12:00:00.000000', '7', '0', { closedAt: null }], //     of no period
  [14, '2025-12-31T23:59:59.999999', '8', '0.5', { decision: D3 }], //     7.5     last moment of the year
  [15, '2026-01-01T00:00:00.000000', '6', '1', { decision: D2 }], //       5       first moment of the year
  [16, '2026-01-01T09:00:00.000000', '3', '1'], //                         2
  [17, '2026-01-01T09:30:00.000000', '-1', '0', { decision: D2 }], //     -1
  [18, '2026-01-04T23:59:59.999999', '-2', '0.5'], //                     -2.5     last moment of 2026-W01
  [19, '2026-01-05T00:00:00.000000', '4', '0'], //                         4       first moment of 2026-W02
  [20, '2026-02-01T00:00:00.000000', '1', '0'], //                         1       first moment of February
  // 21 to 40: ten wins of 1.9 and ten losses of 1.1 in turn, one an hour of 2026-01-06.
  ...Array.from({ length: 20 }, (_, i): Row => {
    const at = `2026-01-06T${String(i).padStart(2, '0')}:30:00.000000`;
    return [21 + i, at, i % 2 === 0 ? '2' : '-1', '0.1', { side: 'short' }];
  }),
];

const TRADES = ROWS.map(([id, closed, realizedPnlUsd, feesUsd, more]) => {
  const closedAt = `${closed}+00:00`;
  const openedAt = before(closedAt, id === 9 ? 2 : 1);
  return trade(id, { status: 'closed', closedAt, openedAt, realizedPnlUsd, feesUsd, ...more });
});

const decision = (decidedAt: string, confidencePct: string | null) => ({
  decidedAt: `${decidedAt}+00:00`,
  confidencePct,
});
const CONTENT = {
  trades: TRADES,
  decisions: new Map([
    [D1, decision('2025-12-29T00:00:00.000000', '80')],
    [D2, decision('2026-01-01T00:00:00.000000', '30')],
    [D3, decision('2025-12-31T00:00:00.000000', null)],
    [D4, decision('2026-01-05T00:00:00.000000', '50')],
  ]),
  equity: [
    {
      at: '2025-12-28T23:30:00.000000+00:00',
      account: 'h/main',
      valueUsd: '1000',
      flowUsd: null,
      since: null,
    },
  ],
};

function before(time: string, hours: number): string {
  const moved = new Date(Date.parse(`${time.slice(0, 19)}Z`) - hours * 3_600_000).toISOString();
  return `${moved.slice(0, 19)}${time.slice(19)}`;
}

function compute(content = CONTENT) {
  const facts = foldPerformance(content, { kinds: METRICS_PERIODS, periods: null });
  const computedAt = '2026-03-01T00:00:00.000000+00:00';
  const surroundings = { equity: equityHistory(facts.equity), days: facts.days, computedAt };
  const records = facts.tallies.map((tally) => performanceOf(tally, surroundings));
  return new Map(records.map((record) => [record.label, record]));
}

describe('forty trades, worked by hand', () => {
  const records = compute();

  it('gives each trade to its period: net P&L, trades, winning, losing, breakeven', () => {
    const rows = [...records].map(([label, r]) => [
      label,
      r.totalPnlUsd,
      r.totalTrades,
      r.winningTrades,
      r.losingTrades,
      r.breakevenTrades,
    ]);
    const table = new Map(rows.map(([label, ...numbers]) => [label, numbers.join(' ')]));
    const expected = {
      '2025-12-28T23': '4 1 1 0 0',
      '2025-12-29T00': '9.5 1 1 0 0',
      '2025-12-29T10': '-4.75 2 0 1 1', // -4.5 - 0.25
      '2025-12-31T23': '7.5 1 1 0 0',
      '2026-01-01T00': '5 1 1 0 0',
      '2026-01-01T09': '1 2 1 1 0', // 2 - 1
      '2025-12-28': '4 1 1 0 0',
      '2025-12-29': '6.25 5 3 1 1', // 9.5 - 4.5 - 0.25 - 0.5 + 2
      '2025-12-30': '-21.0045 3 1 2 0', // -0.001 - 0.0035 - 21
      '2025-12-31': '7.5 1 1 0 0',
      '2026-01-01': '6 3 2 1 0', // 5 + 2 - 1
      '2026-01-04': '-2.5 1 0 1 0',
      '2026-01-05': '4 1 1 0 0',
      '2026-01-06': '8 20 10 10 0', // 19 - 11
      '2025-W52': '4 1 1 0 0',
      '2026-W01': '-3.7545 13 7 5 1', // 6.25 - 21.0045 + 7.5 + 6 - 2.5
      '2026-W02': '12 21 11 10 0', // 4 + 8
      '2026-W05': '1 1 1 0 0',
      '2025-12': '-3.2545 10 6 3 1', // 4 + 6.25 - 21.0045 + 7.5
      '2026-01': '15.5 25 13 12 0', // 6 - 2.5 + 4 + 8
      '2026-02': '1 1 1 0 0',
      all_time: '13.2455 36 20 15 1', // -3.2545 + 15.5 + 1
    };
    expect(Object.fromEntries(Object.keys(expected).map((label) => [label, table.get(label)]))).toEqual(
      expected,
    );
    // Hours beside these: two of Dec 29, four of Dec 30 (one of an unknown P&L), Dec 31 00:00 (a decision), Jan 4, Jan 5,
    // Feb 1, twenty of Jan 6; and Feb 1 as a day.
    expect(records.size).toBe(Object.keys(expected).length + 2 + 4 + 1 + 3 + 20 + 1);
  });

  it('2026-W01, which begins in 2025: amounts and rates', () => {
    expect(records.get('2026-W01')).toMatchObject({
      periodStart: '2025-12-29T00:00:00.000000+00:00',
      periodEnd: '2026-01-05T00:00:00.000000+00:00',
      grossProfitUsd: '26', // 9.5 + 2 + 7.5 + 5 + 2, five trades
      grossLossUsd: '-29.7545', // 4.5 + 0.25 + 0.5 + 0.001 + 0.0035 + 21 + 1 + 2.5, eight trades
      totalFeesUsd: '6.7545', // 0.5 + 0.5 + 0.25 + 1.5 + 0.004 + 0.0005 + 1 + 0.5 + 1 + 1 + 0 + 0.5
      avgWinUsd: '5.2', // 26 / 5
      avgLossUsd: '-3.7193125', // 29.7545 / 8
      profitFactor: '0.873817', // 26 / 29.7545 = 0.8738174...
      expectancyUsd: '-0.28880769', // 3.7545 / 13 = 0.288807692...
      detail: {
        winRatePct: '53.8462', // 7 / 13
        winRateLowPct: '29.1438', // center 52.9688, half 23.8250
        winRateHighPct: '76.7939',
        feeDragPct: '22.5127', // 6.7545 / (10 + 1 + 2 + 0.003 + 8 + 6 + 3) = 6.7545 / 30.003
        unknownFeeTrades: '1',
        unknownPnlTrades: '1',
        undatedTrades: '0',
        notCounted: [{ source: 'moha', externalTradeId: '12', reason: 'no realized P&L' }],
        avgHoldSeconds: '3876.923077', // (12 x 3600 + 7200) / 13
        avgWinHoldSeconds: '3600',
        avgLossHoldSeconds: '4320', // (4 x 3600 + 7200) / 5
        // W, then at one moment L (3) and B (4), W W W, L L, W W W, L L.
        longestWinStreak: '3',
        longestLossStreak: '2',
        currentStreak: '-2',
        fundingUsd: null,
      },
      assetPerformance: [
        // -3.7545 - 1.5, and of fees 6.7545 - 1.5
        {
          name: 'BTC',
          trades: '11',
          pnlUsd: '-5.2545',
          spread: { winning: '5', losing: '5', breakeven: '1', feesUsd: '5.2545' },
        },
        { name: 'ETH', trades: '2', pnlUsd: '1.5', winRatePct: '100', spread: { feesUsd: '1.5' } }, // -0.5 + 2
      ],
      reasons: [{ field: 'funding_usd', reason: 'the ledger does not record funding' }],
    });
  });

  it('2026-W01: drawdown, Sharpe and Sortino upon the 1000 USD that the account began with', () => {
    expect(records.get('2026-W01')).toMatchObject({
      // 9.5, 4.75 (two at one moment), 4.25, 6.25, 6.249, 6.2455, -14.7545, -7.2545, -2.2545, -0.2545, ...
      maxDrawdownUsd: '24.2545', // 9.5 + 14.7545
      maxDrawdownPct: '2.4026', // / 1009.5 = 2.40262...
      // 6.25 / 1000, -21.0045 / 1006.25, 7.5 / 985.2455, 6 / 992.7455, 0, 0, -2.5 / 998.7455:
      // mean -0.000495859..., deviation 0.009779..., below zero 0.007946...; times root of 365
      sharpeRatio: '-0.968718',
      sortinoRatio: '-1.192195',
      detail: {
        equityBasis: 'realized',
        startingEquityUsd: '1000',
        maxDrawdownFrom: '2025-12-29T00:00:00.000000+00:00',
        maxDrawdownTo: '2025-12-30T10:00:00.000000+00:00',
        dailyReturns: '7',
      },
    });
  });

  it('2026-W01: decisions and how well they were calibrated', () => {
    expect(records.get('2026-W01')).toMatchObject({
      decisionsMade: '3', // the one of January 5, 00:00 is of the next week
      avgDecisionConfidencePct: '55', // (80 + 30) / 2
      highConfidenceWins: '1', // 2, but not 3 and 9
      lowConfidenceLosses: '1', // 17, but not 15
      detail: {
        decidedTrades: '6',
        decidedPnlUsd: '-4.5', // 9.5 - 4.5 - 21 + 7.5 + 5 - 1
        highConfidenceTrades: '3',
        lowConfidenceTrades: '2',
        calibratedTrades: '5',
        brierScore: '0.38', // (0.2^2 + 0.8^2 + 0.8^2 + 0.7^2 + 0.3^2) / 5 = 1.9 / 5
        confidenceBuckets: [
          {
            fromPct: '30',
            toPct: '40',
            trades: '2',
            winning: '1',
            pnlUsd: '4',
            avgConfidencePct: '30',
            winRatePct: '50',
          },
          { fromPct: '80', toPct: '90', trades: '3', winning: '1', pnlUsd: '-16', winRatePct: '33.3333' },
        ],
      },
    });
  });

  it('says in all_time what no number counts, and why what is undefined is null', () => {
    const { detail, reasons, sharpeRatio } = records.get('all_time') ?? {};
    expect(detail).toMatchObject({ unknownPnlTrades: '1', undatedTrades: '1', startingEquityUsd: null });
    expect(detail?.notCounted).toEqual([
      { source: 'moha', externalTradeId: '12', reason: 'no realized P&L' },
      { source: 'moha', externalTradeId: '13', reason: 'no closing time' },
    ]);
    expect(sharpeRatio).toBe(null);
    expect(reasons?.map(({ field }) => field)).toEqual([
      'funding_usd',
      'max_drawdown_pct',
      'sharpe_ratio',
      'sortino_ratio',
    ]);
    expect(records.get('2025-12-31')).toMatchObject({
      profitFactor: null,
      avgLossUsd: null,
      sharpeRatio: null,
    });
  });

  it('does not depend on the order of the trades', () => {
    expect(compute({ ...CONTENT, trades: [...TRADES].reverse() }).get('all_time')).toEqual(
      records.get('all_time'),
    );
  });

  it('knows no trades: sums are 0, quotients null', () => {
    const facts = foldPerformance(
      { trades: [], decisions: new Map(), equity: [] },
      { kinds: ['all_time'], periods: [ALL_TIME] },
    );
    const [tally] = facts.tallies;
    if (tally === undefined) throw new Error('no tally');
    const record = performanceOf(tally, {
      equity: equityHistory([]),
      days: [],
      computedAt: '2026-03-01T00:00:00.000000+00:00',
    });
    expect(record).toMatchObject({
      totalTrades: '0',
      totalPnlUsd: '0',
      expectancyUsd: null,
      profitFactor: null,
      maxDrawdownUsd: null,
    });
  });
});
