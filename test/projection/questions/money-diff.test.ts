import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  addDecimals,
  subtractDecimals,
  sumDecimals,
  trimDecimal,
} from '../../../parsers/decimal-arithmetic.js';
import { foldLedger } from '../../../parsers/fold-ledger.js';
import type { TradeRevision } from '../../../parsers/trades.js';
import { type Context, listTrades, moneyDiff, openContext } from '../../../src/index.js';
import type { SidedRows } from '../../../src/projection/questions/read-both-sides.js';
import { ledgerChange } from '../../../src/projection/questions/trade-changes.js';
import { tradeRow } from '../../../src/projection/tables/trades.js';
import { createTestRepository, type TestRepository } from '../../support/test-repository.js';
import { DAY_ONE, DAY_TWO, DECISION_PATH, decision, ledger, trade } from '../fixtures.js';
import { hour, pnlSince, snapshot, snapshotFiles } from '../snapshot-fixtures.js';

// A Postgres in memory is started for git's answers: that takes its time on a busy machine.
vi.setConfig({ testTimeout: 300_000 });

type Row = SidedRows<'maven_trades'>['rows'][number];

const row = (revision: TradeRevision): Row => {
  const [folded] = foldLedger([{ line: 1, record: revision }], DAY_ONE).trades;
  if (folded === undefined) throw new Error('one revision is one trade');
  return tradeRow(folded, DAY_ONE);
};

const state: fc.Arbitrary<Partial<TradeRevision>> = fc.oneof(
  fc.constantFrom<Partial<TradeRevision>>(
    { status: 'open' },
    { status: 'open', feesUsd: '7' },
    { status: 'cancelled' },
  ),
  fc.record({
    status: fc.constantFrom('closed' as const, 'liquidated' as const),
    realizedPnlUsd: fc.option(fc.integer({ min: -999, max: 999 }).map((cents) => `${cents}.25`)),
    feesUsd: fc.constantFrom(null, '0', '1.5'),
  }),
);
/** What each of ten trades was and is; null = it is not there. */
const pairs = fc.array(fc.tuple(fc.option(state), fc.option(state), fc.boolean()), {
  minLength: 1,
  maxLength: 10,
});

describe('changes of a ledger', () => {
  it('add up to the difference of the sums, each trade counted once', async () => {
    await fc.assert(
      fc.asyncProperty(pairs, async (trades) => {
        const rows = trades.map(([old, now, same], id) => {
          const before = old === null ? null : row(trade(id, old));
          return {
            before,
            after: same ? before : now === null ? null : row(trade(id, { ...now, revision: 2 })),
            same,
          };
        });
        async function* sides(): AsyncGenerator<SidedRows<'maven_trades'>> {
          const known = (row: Row | null) => (row === null ? [] : [row]);
          yield {
            side: 'both',
            rows: rows.filter(({ same }) => same).flatMap(({ before }) => known(before)),
          };
          yield {
            side: 'before',
            rows: rows.filter(({ same }) => !same).flatMap(({ before }) => known(before)),
          };
          yield {
            side: 'after',
            rows: rows.filter(({ same }) => !same).flatMap(({ after }) => known(after)),
          };
        }
        const { counts, largest, before, after } = await ledgerChange(sides());
        const total = Object.values(counts).reduce((sum, n) => sum + n, 0);
        expect(total).toBe(largest.length);
        expect(new Set(largest.map(({ id }) => id)).size).toBe(total);
        const net = sumDecimals(largest.map(({ net_change_usd }) => net_change_usd));
        expect(trimDecimal(subtractDecimals(after.net_pnl_usd, before.net_pnl_usd))).toBe(trimDecimal(net));
        const there = (side: 'before' | 'after') => rows.filter((one) => one[side] !== null).length;
        expect([before.trades, after.trades]).toEqual([there('before'), there('after')]);
        expect(counts.removed).toBe(rows.filter((one) => one.before !== null && one.after === null).length);
        for (const one of largest) {
          if (one.change === 'corrected') expect(one.status_before).not.toBe('open');
          if (one.change === 'closed') expect([null, 'open']).toContain(one.status_before);
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe('two revisions in money', () => {
  let place: TestRepository;
  let context: Context;
  let first: string;
  let second: string;
  const open = trade(1);
  const won = trade(1, {
    revision: 2,
    status: 'closed',
    realizedPnlUsd: '20',
    closedAt: '2026-01-15T10:00:00.000000+00:00',
  });
  const ended = trade(2, {
    status: 'closed',
    realizedPnlUsd: '-5',
    feesUsd: '1',
    closedAt: '2026-01-14T16:00:00.000000+00:00',
  });
  const later = (id: number) => trade(id, { openedAt: '2026-01-15T09:00:00.000000+00:00' });
  const account = (hours: number, value: string, week: string) =>
    snapshotFiles(
      snapshot(hour(hours), {
        totalValueUsd: value,
        pnl: { ...snapshot(hour(hours)).pnl, '7d': pnlSince(hour(0), week, 3600) },
      }),
    );
  beforeAll(async () => {
    place = createTestRepository();
    // The second file also holds trade 2: only the first by path counts.
    first = place.commit({
      [DAY_ONE]: ledger(open, ended),
      [DAY_TWO]: ledger(trade(2, { feesUsd: '1000' }), later(3)),
      ...account(1, '1000', '120.31'),
    });
    second = place.commit({
      [DAY_ONE]: ledger(open, ended, won, { ...ended, revision: 2, realizedPnlUsd: '-50' }),
      [DAY_TWO]: ledger(trade(2, { feesUsd: '1000' }), later(3), later(4)),
      [DECISION_PATH]: decision('buy'),
      ...account(2, '1020', '98.02'),
    });
    context = await openContext({
      repo: place.folder,
      env: { MAVEN_DATABASE_URL: 'postgres://maven@127.0.0.1:1/none' },
    });
  });
  afterAll(async () => {
    await context.close();
    place.remove();
  });

  it('tells trades, sums, P&L, snapshots and decisions, before and after', async () => {
    const diff = await moneyDiff(context, { from: first });
    expect(diff).toMatchObject({
      from: { revision: first },
      to: { revision: second },
      same: false,
      trades: {
        counts: { opened: 1, closed: 1, corrected: 1, updated: 0, cancelled: 0, removed: 0 },
        before: { trades: 3, realized_pnl_usd: '-5', net_pnl_usd: '-6' },
        after: { trades: 4, realized_pnl_usd: '-30', net_pnl_usd: '-37.12' },
        largest: [
          {
            id: 'moha/2',
            change: 'corrected',
            net_pnl_before_usd: '-6',
            net_pnl_after_usd: '-51',
            fields: ['realized_pnl_usd'],
          },
          { id: 'moha/1', change: 'closed', net_pnl_before_usd: null, net_pnl_after_usd: '13.88' },
          { id: 'moha/4', change: 'opened', net_change_usd: '0' },
        ],
      },
      snapshots: { added: 1, changed: 0, removed: 0 },
      decisions: { recorded: 1, changed: 0, removed: 0, newest: [{ asset: 'BTC', action: 'buy' }] },
      metrics: { changed: 0, periods: [] },
    });
    expect(diff.snapshots.accounts).toMatchObject([
      {
        before: { total_value_usd: '1000', pnl_usd: { '7d': '120.31' } },
        after: { pnl_usd: { '7d': '98.02' } },
      },
    ]);
  });

  it('sums as the ledger is listed at each revision, and turns round when asked the other way', async () => {
    const [there, back] = [
      await moneyDiff(context, { from: first, to: second }),
      await moneyDiff(context, { from: second, to: first }),
    ];
    for (const [sums, revision] of [
      [there.trades.before, first],
      [there.trades.after, second],
    ] as const) {
      const { total, totals } = await listTrades(context, { at: revision });
      expect(sums.trades).toBe(total);
      expect(sums.net_pnl_usd).toBe(trimDecimal(totals.net_pnl_usd));
      expect(sums.fees_usd).toBe(trimDecimal(totals.fees_usd));
    }
    expect([back.trades.before, back.trades.after]).toEqual([there.trades.after, there.trades.before]);
    expect(back.trades.counts.removed).toBe(1);
    expect(back.decisions).toMatchObject({ recorded: 0, removed: 1 });
    const net = (diff: typeof there) =>
      sumDecimals(diff.trades.largest.map(({ net_change_usd }) => net_change_usd));
    expect(trimDecimal(addDecimals(net(there), net(back)))).toBe('0');
  });

  it('says when nothing changed, and refuses what is no revision', async () => {
    expect(await moneyDiff(context, { from: 'HEAD' })).toMatchObject({ same: true, trades: { largest: [] } });
    await expect(moneyDiff(context, { from: 'nowhere' })).rejects.toMatchObject({
      code: 'REVISION_NOT_FOUND',
    });
  });
});
