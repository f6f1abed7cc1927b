import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { compareDecimals, trimDecimal } from '../../../parsers/decimal-arithmetic.js';
import { sql } from '../../../src/db/sql.js';
import {
  type Context,
  decisions,
  listTrades,
  performance,
  searchMemory,
  stats,
  winRate,
  writeMetrics,
} from '../../../src/index.js';
import { createServerDatabase } from '../../support/databases.js';
import { AWAY, openTestContext } from '../../support/test-context.js';
import { createTestRepository, type TestRepository } from '../../support/test-repository.js';
import { makeHistory } from '../../tools/history/history.js';
import { DAY_ONE, DAY_TWO, DECISION, DECISION_PATH, decision, ledger, trade } from '../fixtures.js';

// A Postgres in memory is started for git's answers: that takes its time on a busy machine.
vi.setConfig({ testTimeout: 300_000 });

const NOW = new Date('2026-01-16T00:00:00Z');

const closed = (id: number, change: Parameters<typeof trade>[1] = {}) =>
  trade(id, {
    status: 'closed',
    realizedPnlUsd: '10',
    feesUsd: '1',
    openedAt: '2026-01-14T14:00:00.000000+00:00',
    closedAt: '2026-01-14T15:00:00.000000+00:00',
    ...change,
  });

/** Every way a trade can end, or not count. */
const TRADES = [
  closed(1, { decision: DECISION }),
  closed(2, { asset: 'btc' }),
  closed(3, { realizedPnlUsd: '-5', closedAt: '2026-01-15T00:00:00.000000+00:00' }),
  closed(4, { asset: 'ETH', realizedPnlUsd: '0', feesUsd: null }),
  closed(5, { realizedPnlUsd: null }),
  closed(6, { closedAt: null }),
  trade(7),
  closed(8, { status: 'cancelled', realizedPnlUsd: null, decision: DECISION }),
  closed(9, { status: 'liquidated', asset: "it's; drop table", realizedPnlUsd: '-99999999999999999999.5' }),
];

async function open(repository: TestRepository, url: string): Promise<Context> {
  return openTestContext(repository, url, () => NOW);
}

describe('answers with evidence', () => {
  let repository: TestRepository;
  let created: Awaited<ReturnType<typeof createServerDatabase>>;
  let near: Context;
  let away: Context;
  let first: string;
  beforeAll(async () => {
    created = await createServerDatabase();
    repository = createTestRepository();
    first = repository.commit({
      [DAY_ONE]: ledger(...TRADES),
      [DECISION_PATH]: decision('buy the dip \u001b[31m'),
    });
    [near, away] = [await open(repository, created.url), await open(repository, AWAY)];
  });
  afterAll(async () => {
    await near.close();
    await away.close();
    await created.drop();
    repository.remove();
  });

  it('counts what ended with a known P&L, says what is left out, and where the true rate lies', async () => {
    expect(await winRate(near, { asset: 'Btc' })).toMatchObject({
      asset: 'Btc',
      period: 'all_time',
      win_rate: {
        value: '66.6667',
        unit: 'percent',
        n: 3,
        reason: null,
        // Wilson's interval of 2 of 3, as tables have it.
        interval: { method: 'wilson', low: '20.766', high: '93.8508' },
        window: { label: 'all_time', from: null, to: null },
        as_of: '2026-01-14T15:00:00.000000+00:00',
        age_seconds: 33 * 3600,
        quality: 'partial',
        basis: { kind: 'trades', metrics_file: 'missing' },
        artifacts: { paths: [DAY_ONE], count: 1 },
      },
      outcomes: { winning: 2, losing: 1, breakeven: 0, net_pnl_usd: '12' },
      not_counted: { unknown_pnl: 1, undated: 1 },
      assets: [
        { asset: 'BTC', n: 2, win_rate_pct: '50' },
        { asset: 'btc', n: 1, win_rate_pct: '100' },
      ],
      source: 'postgres',
      revision: first,
      behind_by: 0,
    });
  });

  it('counts a period half-open, and finds it by its label or by the time asked', async () => {
    const day = await winRate(near, { asset: 'BTC', label: '2026-01-14' });
    expect(day).toMatchObject({
      period: 'day',
      win_rate: { n: 2, value: '100' },
      not_counted: { undated: 0 },
    });
    expect(await winRate(near, { asset: 'BTC', label: '2026-01-15' })).toMatchObject({
      win_rate: { n: 1, value: '0', interval: { low: '0', high: '79.3451' } },
    });
    expect(await winRate(near, { period: 'day' })).toMatchObject({
      label: '2026-01-16',
      win_rate: { value: null, reason: 'no trade ended in 2026-01-16', interval: null, n: 0 },
    });
  });

  it('says that nothing is known, and why, instead of 0', async () => {
    const unknown = await winRate(near, { asset: 'DOGE' });
    expect(unknown.win_rate).toMatchObject({ value: null, reason: 'no trade of DOGE has ended', n: 0 });
    for (const asset of [
      "'; drop table maven_trades; --",
      '%',
      '_',
      '\u202e',
      '𝄞'.repeat(400),
      'BTC,ETH',
      '\\',
    ])
      expect((await winRate(near, { asset })).win_rate.value).toBe(null);
    expect((await winRate(near, { asset: "IT'S; DROP TABLE" })).win_rate.value).toBe('0');
    for (const asset of ['', ' ', 'a\0b', '\ud800', 'x'.repeat(1001)])
      await expect(winRate(near, { asset })).rejects.toMatchObject({ code: 'INPUT_INVALID' });
    for (const options of [{ period: 'year' }, { label: '2026-W99' }, { period: 'day', label: '2026-W03' }])
      await expect(performance(near, options)).rejects.toMatchObject({ code: 'INPUT_INVALID' });
  });

  it('gives the decision what its trades earned, and finds words', async () => {
    expect(await decisions(near, { asset: 'btc', outcome: 'win' })).toMatchObject({
      total: 1,
      outcomes: { win: 1, no_trades: 0 },
      net_pnl_usd: '9',
      decisions: [
        {
          decision: DECISION,
          outcome: 'win',
          net_pnl_usd: '9',
          realized_pnl_usd: '10',
          trades: { count: 1, winning: 1, cancelled: 1, ids: ['moha/8', 'moha/1'] },
        },
      ],
      next_cursor: null,
    });
    expect(await decisions(near, { outcome: 'loss' })).toMatchObject({ total: 0, net_pnl_usd: null });
    expect(await searchMemory(near, { text: 'dips' })).toMatchObject({
      total: 1,
      hits: [{ kind: 'decision', git_path: DECISION_PATH }],
    });
    expect(await searchMemory(near, { text: 'the' })).toMatchObject({ total: 0, reason: expect.any(String) });
    expect(await searchMemory(near, { text: "dip' & | ! ( :* \\" })).toMatchObject({ total: 1 });
    await expect(searchMemory(near, { text: '' })).rejects.toMatchObject({ code: 'INPUT_INVALID' });
    await expect(searchMemory(near, { text: 'x', cursor: 'Ww' })).rejects.toMatchObject({
      code: 'INPUT_INVALID',
    });
    expect(await stats(near)).toMatchObject({
      counts: { trades: 9, open_trades: 1, ended_trades: 7, decisions: 1 },
    });
  });

  it('takes the metrics file as the basis while it states the same, and never when it does not', async () => {
    await writeMetrics(near, { period: null, all: true, dryRun: false, wait: true });
    expect((await winRate(near, { asset: 'ETH' })).win_rate).toMatchObject({
      value: '0',
      basis: { kind: 'metrics', metrics_file: 'same' },
      artifacts: { paths: ['.moha/maven/metrics/all_time/all_time.md', DAY_ONE], count: 2 },
    });
    const told = await performance(near);
    expect(told.evidence.basis).toMatchObject({ kind: 'metrics' });
    expect(told.numbers).toMatchObject({
      total_trades: { value: '5', unit: 'count' },
      win_rate_pct: { value: '40', interval: { method: 'wilson' } },
      total_pnl_usd: { value: '-99999999999999999988.5', unit: 'USD', reason: null },
      sharpe_ratio: { value: null, reason: expect.any(String) },
    });
    const corrected = repository.commit({
      [DAY_ONE]: ledger(
        ...TRADES,
        closed(3, { revision: 2, realizedPnlUsd: '5', recordedAt: '2026-01-15T12:00:00.000000+00:00' }),
      ),
    });
    for (const context of [near, away]) {
      expect(await winRate(context, { asset: 'BTC' })).toMatchObject({
        revision: corrected,
        win_rate: {
          value: '100',
          as_of: '2026-01-15T12:00:00.000000+00:00',
          basis: { kind: 'trades', metrics_file: 'stale', note: expect.stringContaining('2 of 3 won') },
          artifacts: { paths: [DAY_ONE] },
        },
      });
      const after = await performance(context);
      expect(after.evidence.basis).toMatchObject({ kind: 'trades', metrics_file: 'stale' });
      expect(after.numbers.winning_trades.value).toBe('3');
      // As it was known before the correction, and before the file was written.
      expect(await winRate(context, { asset: 'BTC', at: 'HEAD~1' })).toMatchObject({
        source: 'git',
        notice: null,
        behind_by: 1,
        win_rate: { value: '66.6667', basis: { kind: 'metrics' } },
      });
      expect(await winRate(context, { asset: 'BTC', at: first })).toMatchObject({
        revision: first,
        behind_by: 2,
        win_rate: { value: '66.6667', basis: { metrics_file: 'missing' } },
      });
    }
  });

  it('answers the same with the database away, from git', async () => {
    const questions: readonly ((context: Context) => Promise<{ source: string; notice: string | null }>)[] = [
      (context) => winRate(context),
      (context) => winRate(context, { label: '2026-W03' }),
      (context) => performance(context),
      (context) => decisions(context),
      (context) => searchMemory(context, { text: 'dip or because' }),
      (context) => stats(context),
      (context) => listTrades(context),
    ];
    for (const ask of questions) {
      const [fromPostgres, fromGit] = [await ask(near), await ask(away)];
      expect([fromPostgres.source, fromGit.source]).toEqual(['postgres', 'git']);
      expect(fromGit.notice).toContain('cannot be reached');
      expect(fromGit.notice).not.toContain('secret');
      expect({ ...fromGit, source: 'postgres', notice: null }).toEqual(fromPostgres);
    }
  });
});

describe('answers over a history', () => {
  let repository: TestRepository;
  let created: Awaited<ReturnType<typeof createServerDatabase>>;
  let context: Context;
  beforeAll(async () => {
    created = await createServerDatabase();
    repository = createTestRepository();
    repository.commit(Object.fromEntries(makeHistory()));
    context = await open(repository, created.url);
  });
  afterAll(async () => {
    await context.close();
    await created.drop();
    repository.remove();
  });

  it('agrees with the helper functions of the database', async () => {
    const answer = await winRate(context);
    const database = await context.database();
    const { rows } = await database.withSession(({ db }) =>
      sql<{
        asset: string;
        total_trades: string;
        winning_trades: string;
        win_rate_pct: string;
        net_pnl_usd: string;
      }>`
        select * from maven_win_rate_by_asset()`.execute(db),
    );
    expect(rows.length).toBeGreaterThan(2);
    expect(answer.assets.map(({ asset, n, winning }) => [asset, String(n), String(winning)])).toEqual(
      rows.map((row) => [row.asset, row.total_trades, row.winning_trades]),
    );
    for (const [index, row] of rows.entries()) {
      const told = answer.assets[index];
      expect(compareDecimals(told?.win_rate_pct ?? '-1', row.win_rate_pct)).toBe(0);
      expect(compareDecimals(told?.net_pnl_usd ?? '-1', row.net_pnl_usd)).toBe(0);
    }
    const list = await decisions(context, { limit: 10_000 });
    const { rows: helped } = await database.withSession(({ db }) =>
      sql<{
        git_filename: string;
        trades_opened: string;
        winning_trades: string;
        net_pnl_usd: string | null;
      }>`
        select * from maven_decision_performance(100000)`.execute(db),
    );
    expect(helped.length).toBe(list.total);
    const byName = new Map(list.decisions.map((one) => [one.decision, one]));
    for (const row of helped) {
      const told = byName.get(row.git_filename);
      expect([told?.trades.winning, told?.trades.count].map(String)).toEqual([
        row.winning_trades,
        row.trades_opened,
      ]);
      expect(told?.net_pnl_usd ?? null).toBe(row.net_pnl_usd === null ? null : trimDecimal(row.net_pnl_usd));
    }
  });

  it('states the same win rate in every answer, for every period', async () => {
    for (const options of [{}, { label: '2026-01' }, { label: '2025-W52' }, { label: '2025-12-24' }]) {
      const [rate, whole] = [await winRate(context, options), await performance(context, options)];
      expect(whole.numbers.win_rate_pct.value).toBe(rate.win_rate.value);
      expect(whole.numbers.win_rate_pct.interval).toEqual(rate.win_rate.interval);
      expect(whole.evidence.artifacts.count).toBeGreaterThan(0);
      expect(whole.assets.reduce((n, group) => n + group.n, 0)).toBe(rate.win_rate.n);
    }
  });

  it('gives every decision and every hit on exactly one page, whatever the length of a page', async () => {
    const whole = await decisions(context, { limit: 10_000 });
    const found = await searchMemory(context, { text: 'funding', limit: 100 });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 7, max: 60 }), async (limit) => {
        const names: string[] = [];
        let cursor: string | null | undefined;
        do {
          const page = await decisions(context, { limit, ...(cursor == null ? {} : { cursor }) });
          expect([page.total, page.outcomes]).toEqual([whole.total, whole.outcomes]);
          names.push(...page.decisions.map((one) => one.decision));
          cursor = page.next_cursor;
        } while (cursor !== null);
        expect(names).toEqual(whole.decisions.map((one) => one.decision));
        const head = await searchMemory(context, { text: 'funding', limit });
        const next = await searchMemory(context, {
          text: 'funding',
          limit: 20,
          cursor: head.next_cursor ?? '',
        });
        expect([...head.hits, ...next.hits].slice(0, 67)).toEqual(
          found.hits.slice(0, Math.min(67, limit + 20)),
        );
      }),
      { numRuns: 5 },
    );
  });

  it('never mixes two revisions in one context', async () => {
    const before = await winRate(context);
    repository.commit({ [DAY_TWO]: null });
    const [now, then] = [await winRate(context), await winRate(context, { at: before.revision })];
    expect(now.win_rate.n).toBeLessThan(before.win_rate.n);
    expect({
      ...then,
      source: 'postgres',
      behind_by: 0,
      asked_at: '',
      win_rate: { ...then.win_rate, age_seconds: 0 },
    }).toEqual({
      ...before,
      asked_at: '',
      win_rate: { ...before.win_rate, age_seconds: 0 },
    });
  });
});

describe('answers where fees are not known', () => {
  it('says that what is net of them is not whole, and that a win rate, which is before fees, is', async () => {
    const repository = createTestRepository();
    repository.commit({ [DAY_ONE]: ledger(closed(1), closed(2, { feesUsd: null })) });
    const context = await open(repository, AWAY);
    try {
      expect((await performance(context)).evidence).toMatchObject({ n: 2, quality: 'partial' });
      expect((await winRate(context)).win_rate).toMatchObject({ n: 2, quality: 'complete' });
    } finally {
      await context.close();
      repository.remove();
    }
  });
});

describe('answers where nothing is recorded', () => {
  it('says so, in numbers that are null', async () => {
    const repository = createTestRepository();
    repository.commit({ '.moha/maven/identity.json': '{}\n' });
    const context = await open(repository, AWAY);
    try {
      expect((await winRate(context)).win_rate).toMatchObject({
        value: null,
        reason: 'no trade has ended',
        as_of: null,
      });
      const told = await performance(context);
      expect(told.numbers.win_rate_pct).toMatchObject({
        value: null,
        reason: 'no trade ended in the period',
      });
      expect(told.evidence).toMatchObject({ n: 0, as_of: null, artifacts: { paths: [], count: 0 } });
      expect(await decisions(context)).toMatchObject({ total: 0, decisions: [], next_cursor: null });
      expect(await searchMemory(context, { text: 'x' })).toMatchObject({ total: 0, hits: [] });
      expect(await stats(context)).toMatchObject({
        counts: { trades: 0 },
        feeds: [{ newest: null }, {}, {}, {}, {}],
      });
    } finally {
      await context.close();
      repository.remove();
    }
  });
});
