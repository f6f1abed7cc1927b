import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FlowRecord } from '../../../parsers/flows.js';
import { parseSnapshot } from '../../../parsers/snapshot.js';
import type { Database } from '../../../src/db/database.js';
import { sql } from '../../../src/db/sql.js';
import { wipeDatabase } from '../../../src/db/wipe.js';
import type { MavenError } from '../../../src/errors.js';
import type { PnlAnswer } from '../../../src/projection/questions/pnl.js';
import type { PortfolioAnswer } from '../../../src/projection/questions/portfolio.js';
import type { PnlOptions } from '../../../src/projection/questions/portfolio-query.js';
import { reconcile } from '../../../src/projection/reconcile.js';
import { describeEachDatabase, type TestDatabase } from '../../support/databases.js';
import { createTestRepository, type TestRepository } from '../../support/test-repository.js';
import { makeHistory } from '../../tools/history/history.js';
import {
  ACCOUNT,
  flowAt,
  flowFiles,
  hour,
  OTHER_ACCOUNT,
  pnlSince,
  snapshot,
  snapshotFiles,
} from '../snapshot-fixtures.js';
import { AWAY } from './asking.js';
import { AWKWARD, ask } from './awkward-snapshots.js';

const asked: fc.Arbitrary<PnlOptions> = fc.record(
  {
    at: fc.constantFrom(hour(-1), hour(0), hour(2), hour(3.5), '2026-01-14', '2025-12-24', '2d', '36h'),
    account: fc.constantFrom(ACCOUNT, `hyperliquid/${OTHER_ACCOUNT.toUpperCase()}`, OTHER_ACCOUNT, '0xbad'),
    intervalSeconds: fc.constantFrom(60, 3600, 86_400),
    window: fc.constantFrom('24h', '7d', '30d', 'all'),
  },
  { requiredKeys: [] },
);

describeEachDatabase('pnl and portfolio', (open) => {
  let databases: TestDatabase;
  let history: TestRepository;
  let awkward: TestRepository;
  const files = makeHistory();
  beforeAll(async () => {
    databases = await open();
    history = createTestRepository();
    history.commit(Object.fromEntries(files));
    awkward = createTestRepository();
    awkward.commit(AWKWARD);
  });
  afterAll(async () => {
    await databases.close();
    history.remove();
    awkward.remove();
  });

  it('answers the same from Postgres and from git, whatever is asked, refusals too', async () => {
    for (const [place, runs] of [
      [history, 8],
      [awkward, 40],
    ] as const) {
      const database = await databases.fresh();
      const repository = await place.open();
      await fc.assert(
        fc.asyncProperty(asked, fc.constantFrom('pnl', 'portfolio', 'equity'), async (options, question) => {
          const answer = (source: () => Promise<Database>): Promise<unknown> =>
            ask[question](repository, source, options).catch((error: MavenError) => ({
              refused: error.code,
              message: error.message,
              source: null,
              notice: null,
            }));
          const fromPostgres = (await answer(async () => database)) as Record<string, unknown>;
          const fromGit = (await answer(AWAY)) as Record<string, unknown>;
          expect({ ...fromGit, source: null, notice: null }).toEqual({ ...fromPostgres, source: null });
        }),
        { numRuns: runs },
      );
    }
  });

  it('says what the newest snapshot says, to the last digit, with what it was counted from', async () => {
    const database = await databases.fresh();
    const answer = await ask.pnl(await history.open(), async () => database, {});
    const newest =
      [...files.keys()]
        .filter((path) => path.includes('/snapshots/'))
        .sort()
        .at(-1) ?? '';
    const record = parseSnapshot(files.get(newest) ?? '', newest).records[0]?.record;
    expect(answer).toMatchObject({
      revision: history.git('rev-parse', 'HEAD').trim(),
      source: 'postgres',
      feed: 'hyperliquid',
      account: ACCOUNT,
      reason: null,
      newest_complete: null,
      warnings: [],
      snapshot: {
        artifact: newest,
        as_of: record?.snapshotAt,
        age_seconds: 5398,
        age: '1 h 29 min',
        quality: 'complete',
        total_value_usd: record?.totalValueUsd,
      },
    });
    for (const told of answer.snapshot?.windows ?? []) {
      const stated = record?.pnl[told.window];
      const baseline = stated?.baseline ?? '';
      const from = parseSnapshot(files.get(baseline) ?? '', baseline).records[0]?.record;
      expect(told).toMatchObject({
        value: stated?.valueUsd,
        stated_value: stated?.valueUsd,
        unit: 'USD',
        reason: null,
        covered_seconds: stated?.windowSeconds,
        baseline: {
          artifact: baseline,
          as_of: from?.snapshotAt,
          quality: 'complete',
          total_value_usd: from?.totalValueUsd,
        },
      });
    }
    const windows = answer.snapshot?.windows.map(({ window, value, flows_usd, recorded_flows_usd }) => [
      window,
      value,
      flows_usd,
      recorded_flows_usd,
    ]);
    // One snapshot in the 30 days could not read its flows; the flow records have them all the same.
    expect(windows).toEqual([
      ['24h', '-27.99340974', '0', '0'],
      ['7d', '-248.27324184', '0', '0'],
      ['30d', '-131.39699105', '-1500', '-1500'],
      ['all', '-216.9030618', '3500', '3500'],
    ]);
  });

  it('has the same number as before after a wipe and a reconcile', async () => {
    const database = await databases.fresh();
    const repository = await history.open();
    const numbers = async (): Promise<readonly [PnlAnswer, PortfolioAnswer]> => [
      await ask.pnl(repository, async () => database, {}),
      await ask.portfolio(repository, async () => database, {}),
    ];
    const before = await numbers();
    await database.withSession((session) => wipeDatabase(session.db));
    await reconcile({ repository, database });
    const stored = await database.withSession(({ db }) =>
      sql<{ pnl_7d: string; margin_utilization_pct: string }>`
        select pnl_7d, margin_utilization_pct from maven_get_current_portfolio()`.execute(db),
    );
    const after = await numbers();
    expect(after).toEqual(before);
    expect(after[0].snapshot?.windows[1]?.value).toBe(stored.rows[0]?.pnl_7d);
    expect(after[1].snapshot?.margin_utilization_pct).toBe(stored.rows[0]?.margin_utilization_pct);
    expect(after[1].source).toBe('postgres');
  });

  it('gives the newest complete snapshot beside a partial one, and every reason', async () => {
    const database = await databases.fresh();
    const answer = await ask.portfolio(await awkward.open(), async () => database, { account: ACCOUNT });
    expect(answer.snapshot).toMatchObject({
      as_of: hour(4),
      quality: 'partial',
      quality_failed: ['spot', 'vaults "x"'],
      total_value_usd: null,
      available_balance_usd: null,
      margin_utilization_pct: null,
      position_count: 0,
    });
    expect(answer.newest_complete).toMatchObject({
      as_of: hour(2),
      total_value_usd: '0.000000000000000001',
      margin_utilization_pct: '9999000000000000000000.0000',
      position_count: 50,
    });
    expect(answer.newest_complete?.positions[7]).toEqual({
      asset: 'A7',
      side: 'short',
      size_asset: '0.000000000000000001',
      entry_price: null,
      position_value_usd: '150.375',
      unrealized_pnl_usd: '-0.005',
      leverage: null,
      liquidation_price: null,
      margin_used_usd: '30.075',
    });
    const [day, week, month, all] = answer.newest_complete?.pnl ?? [];
    expect(day).toMatchObject({
      value: '-0.023456789012345677',
      percent: '-99.999999',
      covered: '2 h',
      flows_usd: '-12345678901234567890.1',
      recorded_flows_usd: '-12345678901234567890.1',
    });
    for (const unknown of [week, month])
      expect(unknown).toMatchObject({ value: null, baseline: null, flows_usd: null, percent: null });
    expect(month?.reason).toBe('no snapshot near the start of the window');
    expect(all).toMatchObject({
      value: '-7',
      percent: null,
      baseline: { as_of: null, total_value_usd: null },
      flows_usd: null,
    });
    expect(answer.warnings.map(({ code }) => code)).toEqual([
      'STALE',
      'PARTIAL',
      'PNL_NOT_DERIVED',
      'BASELINE_MISSING',
    ]);
    expect(answer.warnings[1]?.message).toBe(
      `the newest snapshot is partial, without spot, vaults "x"; the newest complete one is of ${hour(2)}`,
    );
  });

  describe('a P&L that no longer follows', () => {
    const stated = (value: string) => ({
      totalValueUsd: '160',
      pnl: { ...snapshot(hour(24)).pnl, '24h': pnlSince(hour(0), value, 86_400) },
    });
    const asked = (...flows: readonly Partial<FlowRecord>[]): Promise<PnlAnswer> => askedOf('60', ...flows);
    const askedOf = async (value: string, ...flows: readonly Partial<FlowRecord>[]): Promise<PnlAnswer> => {
      const place = createTestRepository();
      try {
        place.commit({
          ...snapshotFiles(snapshot(hour(0), { totalValueUsd: '100' }), snapshot(hour(24), stated(value))),
          ...flowFiles(...flows.map((flow, index) => flowAt(hour(12), String(index), flow))),
        });
        const repository = await place.open();
        const fromGit = await ask.pnl(repository, AWAY, { at: hour(24) });
        const database = await databases.fresh();
        const fromPostgres = await ask.pnl(repository, async () => database, { at: hour(24) });
        expect(fromPostgres.snapshot).toEqual(fromGit.snapshot);
        expect(fromPostgres.warnings).toEqual(fromGit.warnings);
        return fromPostgres;
      } finally {
        place.remove();
      }
    };

    it('is the number that follows now, with what the snapshot states, where a flow came late', async () => {
      const answer = await asked({ amountUsd: '50' });
      expect(answer.snapshot?.windows[0]).toMatchObject({
        value: '10',
        stated_value: '60',
        // 10 / (100 + 50 x 12 h / 24 h)
        percent: '8.000000',
        flows_usd: '50',
        recorded_flows_usd: '50',
      });
      expect(answer.warnings).toEqual([
        {
          code: 'PNL_STALE',
          message:
            '24h: the snapshot states 60 USD, 10 USD follows now, with flows of 50 USD; a flow was recorded or corrected later, maven-git recount writes it anew',
        },
      ]);
    });

    it('is none where nobody knows how a flow counts', async () => {
      const answer = await asked({ classification: 'unclassified', amountUsd: null });
      const [day] = answer.snapshot?.windows ?? [];
      expect(day).toMatchObject({ value: null, stated_value: '60', percent: null, flows_usd: null });
      expect(day?.reason).toContain('a flow of a kind or form that is not known');
      expect(answer.warnings).toEqual([
        { code: 'PNL_NOT_DERIVED', message: expect.stringContaining('maven-git record flow-correction') },
      ]);
    });

    it('is the number that follows where the snapshot was edited, and recount is not promised', async () => {
      const answer = await askedOf('61', { amountUsd: '50' });
      expect(answer.snapshot?.windows[0]).toMatchObject({ value: '10', stated_value: '61' });
      expect(answer.warnings).toEqual([
        { code: 'PNL_NOT_DERIVED', message: expect.stringContaining('put the file back') },
      ]);
      expect(answer.warnings[0]?.message).not.toContain('recount');
    });

    it('has nothing to do with flows outside the window, of others, or that are no external ones', async () => {
      const answer = await asked(
        { occurredAt: hour(0) },
        { occurredAt: hour(25) },
        { metadata: `{"account":"${OTHER_ACCOUNT}"}` },
        { source: 'bybit' },
        { classification: 'internal' },
      );
      expect(answer.snapshot?.windows[0]).toMatchObject({ value: '60', stated_value: '60' });
      expect(answer.warnings).toEqual([]);
    });

    it('cannot be told where the flow records are damaged', async () => {
      const place = createTestRepository();
      try {
        place.commit({
          ...snapshotFiles(snapshot(hour(0), { totalValueUsd: '100' }), snapshot(hour(24), stated('60'))),
          '.moha/maven/flows/2026/2026-01.jsonl': '{"v":1',
        });
        const answer = await ask.pnl(await place.open(), AWAY, { at: hour(24) });
        expect(answer.snapshot?.windows[0]).toMatchObject({
          value: null,
          reason: expect.stringContaining('is not readable as a whole'),
          stated_value: '60',
          percent: null,
          flows_usd: null,
          recorded_flows_usd: null,
        });
        expect(answer.warnings).toEqual([
          {
            code: 'FLOWS_UNREADABLE',
            message: expect.stringContaining('the snapshot states 60 USD, which cannot be counted again'),
          },
        ]);
      } finally {
        place.remove();
      }
    });
  });
});
