import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../../../src/db/database.js';
import { sql } from '../../../src/db/sql.js';
import type { Repository } from '../../../src/git/repository.js';
import { comparableJson } from '../../../src/projection/questions/comparable-json.js';
import { listTrades, type TradeList } from '../../../src/projection/questions/list-trades.js';
import { readTradeFilter, type TradeListOptions } from '../../../src/projection/questions/trade-filter.js';
import { reconcile } from '../../../src/projection/reconcile.js';
import { describeEachDatabase, type TestDatabase } from '../../support/databases.js';
import { createTestRepository, type TestRepository } from '../../support/test-repository.js';
import { makeHistory } from '../../tools/history/history.js';
import { DAY_ONE, DAY_TWO, ledger, trade } from '../fixtures.js';
import { AWAY, asking } from './asking.js';

const NOW = new Date('2026-01-16T00:00:00Z');

/** Trades whose spelling, order and gaps are as awkward as the formats allow. */
const AWKWARD = {
  [DAY_ONE]: ledger(
    trade(9, { metadata: '{"bb":1.50,"a":{"é":1e-3,"zz":-0.0,"z":12.5e2},"c":[1E+2,"\\\\",null]}' }),
    trade(10, { asset: 'kPEPE', entryPrice: '0.000000123456789012', sizeAsset: '1000000.00' }),
    trade(11, { source: 'moha@2', sourceBotId: null, tradeSource: 'manual' }),
    trade(9, { source: 'moha@2', externalTradeId: '𝄞', sourceBotId: '｡' }),
    trade(12, {
      revision: 2,
      status: 'closed',
      positionAction: 'close',
      realizedPnlUsd: '-0.005',
      feesUsd: null,
      closedAt: '2026-01-14T15:00:00.000001+00:00',
    }),
    trade(13, { status: 'liquidated', realizedPnlUsd: null, feesUsd: '0.000000000000000001' }),
    trade(14, { status: 'closed', realizedPnlUsd: '99999999999999999999.99', feesUsd: '0.10' }),
    trade(15, { status: 'cancelled', realizedPnlUsd: null, feesUsd: null, entryPrice: null }),
  ),
  // The identity of moha/9 again: only the first by path counts.
  [DAY_TWO]: `${ledger(trade(9, { feesUsd: '1000' }))}not a trade\n${ledger(trade(16, { openedAt: '2026-01-15T00:00:00.000000+00:00' }))}`,
};

const options: fc.Arbitrary<TradeListOptions> = fc.record(
  {
    asset: fc.constantFrom('BTC', 'btc', 'Eth', 'SOL', 'KPEPE', 'none'),
    status: fc.constantFrom('open', 'closed', 'liquidated', 'cancelled'),
    source: fc.constantFrom('motherbot', 'worker_bot', 'manual'),
    bot: fc.constantFrom('bot-1', 'bot-9', '7', '｡'),
    since: fc.constantFrom(
      '2025-12-01',
      '30d',
      '36h',
      '2026-01-14T14:24:08.034126Z',
      '2026-01-14T15:24:08.034127+01:00',
    ),
    until: fc.constantFrom('2025-12-24', '1d', '2026-01-14', '2026-01-14T14:24:08.034126Z'),
    limit: fc.constantFrom(1, 2, 7, 50, 1000),
  },
  { requiredKeys: [] },
);

describeEachDatabase('listing trades', (open) => {
  let databases: TestDatabase;
  let history: TestRepository;
  let awkward: TestRepository;
  beforeAll(async () => {
    databases = await open();
    history = createTestRepository();
    history.commit(Object.fromEntries(makeHistory()));
    awkward = createTestRepository();
    awkward.commit(AWKWARD);
  });
  afterAll(async () => {
    await databases.close();
    history.remove();
    awkward.remove();
  });

  const both = async (
    repository: Repository,
    database: Database,
    asked: TradeListOptions,
  ): Promise<readonly [TradeList, TradeList]> => {
    const filter = readTradeFilter(asked, NOW);
    const fromPostgres = await listTrades(
      asking(repository, async () => database),
      filter,
    );
    const fromGit = await listTrades(asking(repository, AWAY), filter);
    expect([fromPostgres.source, fromGit.source]).toEqual(['postgres', 'git']);
    // Git also says why it was asked; what keeps the answer from being whole, both say.
    expect(fromGit.notice?.endsWith(fromPostgres.notice ?? '')).toBe(true);
    return [fromPostgres, { ...fromGit, source: 'postgres', notice: fromPostgres.notice }];
  };

  it('answers the same from Postgres and from git, whatever is asked', async () => {
    for (const [place, runs] of [
      [history, 40],
      [awkward, 40],
    ] as const) {
      const database = await databases.fresh();
      const repository = await place.open();
      await fc.assert(
        fc.asyncProperty(options, async (asked) => {
          const [fromPostgres, fromGit] = await both(repository, database, asked);
          expect(fromGit).toEqual(fromPostgres);
        }),
        { numRuns: runs },
      );
    }
  });

  it('lists newest first, says how many there are, and sums all of them', async () => {
    const database = await databases.fresh();
    const [list] = await both(await history.open(), database, { limit: 5 });
    expect(list).toMatchObject({ total: 600, returned: 5, notice: null });
    expect(list.revision).toBe(history.git('rev-parse', 'HEAD').trim());
    const times = list.trades.map(({ opened_at }) => opened_at);
    expect(times).toEqual([...times].sort().reverse());
    expect(list.trades[0]).toMatchObject({ id: 'moha/1600', revision: '1', git_line: 18 });
    expect(list.totals).toEqual({
      realized_pnl_usd: '284.897153',
      fees_usd: '527.49860749',
      net_pnl_usd: '-242.60145449',
      unknown_pnl: 0,
      unknown_fees: 0,
    });
  });

  it('keeps every digit, and counts what is not known instead of taking it for complete', async () => {
    const database = await databases.fresh();
    const [list] = await both(await awkward.open(), database, {});
    expect(list.total).toBe(9);
    expect(list.trades.map(({ id }) => id)).toEqual([
      'moha/16',
      'moha/15',
      'moha/14',
      'moha/13',
      'moha/12',
      'moha@2/11',
      'moha/10',
      'moha@2/𝄞',
      'moha/9',
    ]);
    expect(list.totals).toEqual({
      realized_pnl_usd: '99999999999999999999.985',
      fees_usd: '30.700000000000000001',
      net_pnl_usd: '99999999999999999999.885',
      unknown_pnl: 1,
      unknown_fees: 1,
    });
    const byId = new Map(list.trades.map((one) => [one.id, one]));
    expect(byId.get('moha/10')).toMatchObject({
      entry_price: '0.000000123456789012',
      size_asset: '1000000.00',
    });
    expect(byId.get('moha/12')).toMatchObject({ net_pnl_usd: '-0.005', fees_usd: null });
    expect(byId.get('moha/9')?.metadata).toBe(
      '{"a":{"z":1250,"zz":0.0,"é":0.001},"c":[100,"\\\\",null],"bb":1.50}',
    );
  });

  it('brings the projection to HEAD before it answers', async () => {
    const database = await databases.fresh();
    const place = createTestRepository();
    try {
      place.commit({ [DAY_ONE]: ledger(trade(1)) });
      const repository = await place.open();
      await reconcile({ repository, database });
      const commit = place.commit({ [DAY_ONE]: ledger(trade(1), trade(2)) });
      const filter = readTradeFilter({}, NOW);
      const list = await listTrades(
        asking(repository, async () => database),
        filter,
      );
      expect(list).toMatchObject({ revision: commit, source: 'postgres', total: 2 });
    } finally {
      place.remove();
    }
  });

  it('answers from git, and says so, where the guards refuse to project HEAD', async () => {
    const database = await databases.fresh();
    const place = createTestRepository();
    try {
      place.commit({ [DAY_ONE]: ledger(trade(1), trade(2), trade(3)) });
      const repository = await place.open();
      await reconcile({ repository, database });
      const commit = place.commit({ [DAY_ONE]: ledger(trade(1)) });
      const list = await listTrades(
        asking(repository, async () => database),
        readTradeFilter({}, NOW),
      );
      expect(list).toMatchObject({ revision: commit, source: 'git', total: 1 });
      expect(list.notice).toContain('more than half of a table would be deleted');
      expect(list.notice).toContain('--force');
    } finally {
      place.remove();
    }
  });

  it('spells metadata from a file as it spells metadata from a column', async () => {
    const database = await databases.fresh();
    const number = fc
      .tuple(fc.integer(), fc.stringMatching(/^(\.\d{1,5})?([eE][+-]?\d{1,2})?$/))
      .map(([whole, rest]) => `${whole}${rest}`);
    const key = fc.string({ unit: 'grapheme', maxLength: 4 });
    const json = fc
      .uniqueArray(fc.tuple(key, number), { selector: ([name]) => name, maxLength: 6 })
      .map((entries) => `{${entries.map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(',')}}`);
    await fc.assert(
      fc.asyncProperty(json, async (text) => {
        const { rows } = await database.withSession(({ db }) =>
          sql<{ text: string }>`select ${text}::jsonb::text as text`.execute(db),
        );
        expect(comparableJson(text)).toBe(comparableJson(rows[0]?.text ?? ''));
      }),
      { numRuns: 100 },
    );
  });
});

describe('where there is nothing to ask', () => {
  let place: TestRepository;
  beforeEach(() => {
    place = createTestRepository();
    return () => place.remove();
  });

  it('says that there is no commit, or no folder', async () => {
    const ask = async () => listTrades(asking(await place.open(), AWAY), readTradeFilter({}, NOW));
    await expect(ask()).rejects.toMatchObject({ code: 'ARTIFACTS_NOT_FOUND' });
    place.commit({ 'README.md': 'x' });
    await expect(ask()).rejects.toMatchObject({ code: 'ARTIFACTS_NOT_FOUND' });
  });

  it('does not hide a fault that is not the database', async () => {
    place.commit({ [DAY_ONE]: ledger(trade(1)) });
    const repository = await place.open();
    const broken = () => Promise.reject(new TypeError('a fault of ours'));
    await expect(listTrades(asking(repository, broken), readTradeFilter({}, NOW))).rejects.toThrow(
      'a fault of ours',
    );
  });
});
