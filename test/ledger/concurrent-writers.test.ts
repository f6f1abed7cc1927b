import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Random, seededRandom } from '../torture/random.js';
import { rewrittenFiles } from './append-only.js';
import { createSyncHarness, type SyncHarness } from './sync-harness.js';
import { createUpstream, type TestUpstream } from './upstream.js';

const WRITERS = 8;
/** Transactions of each writer; more of them for a long run. */
const TRANSACTIONS = 4 * Number(process.env.MAVEN_LAW_RUNS ?? 25);
const SEED = Number(process.env.MAVEN_LAW_SEED ?? Date.now() % 1_000_000);

/** What `id > last` would have lost: half of all rows, and every close. */
describe('sync beside eight writers', () => {
  let upstream: TestUpstream;
  let maven: SyncHarness;
  beforeAll(async () => {
    upstream = await createUpstream();
    maven = await createSyncHarness(upstream.url);
  });
  afterAll(async () => {
    maven.remove();
    await upstream.drop();
  });

  /** Transactions of random length: some insert, some close what this writer opened, some are rolled back. */
  const write = async (client: pg.Client, { below: dice }: Random): Promise<void> => {
    const committed: string[] = [];
    for (let transaction = 0; transaction < TRANSACTIONS; transaction++) {
      const opened: string[] = [];
      await client.query('begin');
      for (let statement = 0; statement <= dice(4); statement++) {
        const before = committed[dice(committed.length)];
        if (before !== undefined && dice(3) === 0) {
          await client.query(
            `update bot_trades set status = 'closed', realized_pnl = $2, fees = 0.01, exit_price = 2,
              closed_at = clock_timestamp() where id = $1`,
            [before, `${dice(1000) - 500}.5`],
          );
        } else {
          const { rows } = await client.query<{ id: string }>(
            `insert into bot_trades (bot_id, symbol, side, entry_price, size, opened_at, status)
             values ('w', 'BTC', 'buy', 1, 1, $1, 'open') returning id::text`,
            [`2026-01-${String(10 + dice(4))}T12:00:00Z`],
          );
          opened.push(...rows.map(({ id }) => id));
        }
        if (dice(3) === 0) await sleep(dice(25));
      }
      const rolledBack = dice(8) === 0;
      await client.query(rolledBack ? 'rollback' : 'commit');
      if (!rolledBack) committed.push(...opened);
    }
  };

  /** Each writer has its own random numbers, so that what it does does not depend on the others. */
  const startWriters = async (
    seed: number,
  ): Promise<{ readonly quiet: boolean; readonly ended: Promise<unknown> }> => {
    const clients = await Promise.all(Array.from({ length: WRITERS }, () => upstream.connect()));
    const state = { quiet: false };
    const ended = Promise.all(clients.map((client, i) => write(client, seededRandom(seed + i)))).finally(
      () => {
        state.quiet = true;
      },
    );
    // Looked at when all is over; until then a failure is nobody's fault.
    ended.catch(() => undefined);
    return Object.assign(state, { ended });
  };

  it(`misses no row and no change, and writes none twice (seed ${SEED})`, async () => {
    const writing = await startWriters(SEED);
    const counts = { new: 0, runs: 0 };
    while (!writing.quiet) {
      const report = await maven.sync({ mode: 'new' });
      counts.new += report.new;
      counts.runs += 1;
    }
    await writing.ended;
    const last = await maven.sync({ mode: 'new' });
    expect(last.mode).toBe('new');
    counts.new += last.new;

    const { rows } = await upstream.run(
      'select id::text, status, realized_pnl::text as pnl from bot_trades order by id',
    );
    const ledger = maven.ledger();
    const missed = rows.filter(({ id }) => !ledger.has(`moha/${id}`));
    const stale = rows.filter(({ id, status, pnl }) => {
      const trade = ledger.get(`moha/${id}`)?.record;
      return trade !== undefined && (trade.status !== status || trade.realizedPnlUsd !== pnl);
    });
    expect({ missed, stale, extra: ledger.size - rows.length }).toEqual({ missed: [], stale: [], extra: 0 });
    expect(counts.new).toBe(rows.length);
    expect(counts.runs).toBeGreaterThan(1);
    expect(await maven.sync({ mode: 'full' })).toMatchObject({
      commits: 0,
      unchanged: rows.length,
      vanished: 0,
    });
    expect(rewrittenFiles(maven.repository)).toEqual([]);
  }, 600_000);

  it('holds for a view as well, whose rows are found by id, once nothing changes after its end', async () => {
    await upstream.run('alter table bot_trades rename to trades_base');
    await upstream.run('create view bot_trades as select * from trades_base');
    const writing = await startWriters(SEED + WRITERS);
    while (!writing.quiet) await maven.sync({ mode: 'new' });
    await writing.ended;
    await maven.sync({ mode: 'new' });
    // Rows and the first close of each are found by id; a second change of a trade that has ended needs a full run.
    const { rows } = await upstream.run('select id::text, status from bot_trades order by id');
    const ledger = maven.ledger();
    expect(rows.filter(({ id, status }) => ledger.get(`moha/${id}`)?.record.status !== status)).toEqual([]);
    expect(ledger.size).toBe(rows.length);
    expect(await maven.sync({ mode: 'full' })).toMatchObject({ new: 0, closed: 0, vanished: 0 });
    expect(rewrittenFiles(maven.repository)).toEqual([]);
  }, 600_000);
});
