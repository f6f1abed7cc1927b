import fc from 'fast-check';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compareDecimals } from '../../parsers/decimal-arithmetic.js';
import type { FoldedTrade } from '../../parsers/fold-ledger.js';
import type { Database } from '../../src/db/database.js';
import { openServerDatabase } from '../../src/db/server-database.js';
import { sql } from '../../src/db/sql.js';
import { wipeDatabase } from '../../src/db/wipe.js';
import { recoverRepository } from '../../src/git/commit.js';
import { commitSteps } from '../../src/git/crash-plan.js';
import type { SyncMode } from '../../src/ledger/sync-trades/choose-rows.js';
import { reconcile } from '../../src/projection/reconcile.js';
import { createServerDatabase } from '../support/databases.js';
import { rewrittenFiles } from './append-only.js';
import { type Kill, killedSync, kills } from './killed-sync.js';
import { createSyncHarness, type SyncHarness } from './sync-harness.js';
import { CREATE_BOT_TRADES, createUpstream, type TestUpstream } from './upstream.js';
import { ASSETS, type ModelRow, UpstreamModel } from './upstream-model.js';

const RUNS = Number(process.env.MAVEN_LAW_RUNS ?? 7);
/** A failure prints its seed; this repeats it. */
const SEED = process.env.MAVEN_LAW_SEED;
const SESSIONS = 4;

type Action =
  | { readonly do: 'begin' | 'commit' | 'rollback'; readonly session: number }
  | {
      readonly do: 'insert';
      readonly session: number;
      readonly dice: number;
      readonly bad: boolean;
      readonly part: 'plain' | 'kept' | 'undone';
    }
  | {
      readonly do: 'close' | 'correct';
      readonly session: number;
      readonly pick: number;
      readonly dice: number;
    }
  | { readonly do: 'mend' | 'spoil' | 'delete'; readonly session: number; readonly pick: number }
  | { readonly do: 'restart' | 'wipe' }
  | { readonly do: 'sync'; readonly mode: SyncMode; readonly dryFirst: boolean }
  | { readonly do: 'kill'; readonly mode: SyncMode; readonly kill: Kill };

const session = fc.nat({ max: SESSIONS - 1 });
const pick = fc.nat({ max: 50 });
const dice = fc.nat({ max: 999 });
const mode = fc.constantFrom<SyncMode>('new', 'new', 'full');
const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('begin' as const), session }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('commit' as const), session }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('rollback' as const), session }) },
  {
    weight: 9,
    arbitrary: fc.record({
      do: fc.constant('insert' as const),
      session,
      dice,
      bad: fc.integer({ min: 0, max: 6 }).map((n) => n === 0),
      part: fc.constantFrom('plain' as const, 'plain' as const, 'kept' as const, 'undone' as const),
    }),
  },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('close' as const), session, pick, dice }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('correct' as const), session, pick, dice }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('mend' as const), session, pick }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('spoil' as const), session, pick }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('delete' as const), session, pick }) },
  { weight: 1, arbitrary: fc.constantFrom({ do: 'restart' as const }, { do: 'wipe' as const }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('sync' as const), mode, dryFirst: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('kill' as const), mode, kill: kills }) },
);

describe('law 6: whatever happens upstream and to us, the ledger ends as upstream does', () => {
  let upstream: TestUpstream;
  let clients: readonly pg.Client[];
  let projection: { readonly url: string; drop(): Promise<void> };
  let database: Database;
  beforeAll(async () => {
    upstream = await createUpstream('');
    clients = await Promise.all(Array.from({ length: SESSIONS }, () => upstream.connect()));
    projection = await createServerDatabase();
    database = await openServerDatabase({ url: projection.url }, 10_000);
  });
  afterAll(async () => {
    await database.close();
    await projection.drop();
    await upstream.drop();
  });

  const wipe = (): Promise<void> => database.withSession((opened) => wipeDatabase(opened.db));
  const env = () => ({ MOHA_DATABASE_URL: upstream.url, MAVEN_DATABASE_URL: projection.url });

  /** A table of its own and a ledger of its own, gone afterwards. */
  const withWorld = async (
    kind: 'table' | 'view',
    work: (model: UpstreamModel, maven: SyncHarness) => Promise<void>,
  ): Promise<void> => {
    await upstream.run('drop schema public cascade');
    await upstream.run('create schema public');
    await upstream.run(CREATE_BOT_TRADES);
    if (kind === 'view') {
      await upstream.run('alter table bot_trades rename to trades_base');
      await upstream.run('create view bot_trades as select * from trades_base');
    }
    await wipe();
    const maven = await createSyncHarness(upstream.url);
    const model = new UpstreamModel(upstream, clients, kind);
    try {
      await work(model, maven);
    } finally {
      await Promise.all(clients.map((client) => client.query('rollback')));
      maven.remove();
    }
  };

  const sync = async (maven: SyncHarness, asked: SyncMode, dryFirst: boolean): Promise<void> => {
    const planned: string[] = [];
    if (dryFirst) {
      // A dry run finishes nothing that was begun before it: the program has done so when it opened the repository.
      await recoverRepository(await maven.repository.open());
      const commits = maven.commits();
      await maven.sync({ mode: asked, dryRun: true, onLine: (line) => planned.push(timeless(line)) });
      expect(maven.commits()).toBe(commits);
    }
    const written: string[] = [];
    await maven.sync({ mode: asked, onLine: (line) => written.push(timeless(line)) });
    if (dryFirst) expect(planned).toEqual(written);
  };

  const carryOut = async (step: Action, model: UpstreamModel, maven: SyncHarness): Promise<void> => {
    switch (step.do) {
      case 'begin':
        return model.begin(step.session);
      case 'commit':
      case 'rollback':
        return model.end(step.session, step.do);
      case 'insert':
        return model.insert(step.session, step.dice, step.bad, step.part);
      case 'close':
      case 'correct':
        return model[step.do](step.session, step.pick, step.dice);
      case 'mend':
      case 'spoil':
      case 'delete':
        return model[step.do](step.session, step.pick);
      case 'restart':
        return model.restart();
      case 'wipe':
        return wipe();
      case 'sync':
        return sync(maven, step.mode, step.dryFirst);
      case 'kill':
        return killedSync(step.kill, step.mode, { folder: maven.repository.folder, env: env() });
    }
  };

  /** Everything that must hold once upstream is quiet and one sync has run to its end. */
  const check = async (model: UpstreamModel, maven: SyncHarness, last: SyncMode): Promise<void> => {
    await maven.sync({ mode: last });
    // Where the highest rows are gone, the watermark of a view is set right once.
    if (model.kind === 'view') await maven.sync({ mode: 'new' });
    const commits = maven.commits();
    expect(await maven.sync({ mode: 'full' })).toMatchObject({ commits: 0, new: 0, revised: 0, closed: 0 });
    expect(await maven.sync({ mode: 'new' })).toMatchObject({ commits: 0, new: 0, revised: 0, closed: 0 });
    expect(maven.commits()).toBe(commits);
    const ledger = maven.ledger();
    checkTrades(model, ledger);
    expect(rewrittenFiles(maven.repository)).toEqual([]);
    expect(maven.repository.git('status', '--porcelain')).toBe('');
    expect(maven.repository.git('fsck', '--strict', '--no-dangling')).toBe('');
    await reconcile({ repository: await maven.repository.open(), database });
    expect(await projected(database)).toEqual(
      [...ledger.values()].map(({ key, record }) => `${key}#${record.revision} ${record.status}`).sort(),
    );
  };

  const law = (
    kind: 'table' | 'view',
    actions: fc.Arbitrary<readonly Action[]>,
    last: SyncMode,
    numRuns: number,
  ) =>
    fc.assert(
      fc.asyncProperty(actions, fc.constantFrom('commit' as const, 'rollback' as const), (steps, end) =>
        withWorld(kind, async (model, maven) => {
          for (const step of steps) await carryOut(step, model, maven);
          await model.endAll(end);
          await model.mendSpoiled();
          await check(model, maven, last);
        }),
      ),
      {
        numRuns,
        endOnFailure: process.env.CI !== undefined,
        ...(SEED === undefined ? {} : { seed: Number(SEED) }),
      },
    );
  const histories = (only: (step: Action) => boolean) =>
    fc.array(action.filter(only), { minLength: 1, maxLength: 60, size: 'max' });

  it('with any syncs, killed or not, and one full sync at the end', async () => {
    await law(
      'table',
      histories(() => true),
      'full',
      RUNS,
    );
  }, 3_600_000);

  it('with new syncs alone, where rows tell of their changes', async () => {
    const only = (step: Action) => !('mode' in step) || step.mode === 'new';
    await law('table', histories(only), 'new', RUNS);
  }, 3_600_000);

  it('with a view, whose rows tell nothing, and one full sync at the end', async () => {
    await law(
      'view',
      histories(() => true),
      'full',
      Math.ceil(RUNS / 2),
    );
  }, 3_600_000);

  it('with the highest row deleted, which is no restart: a trade whose opening is corrected stays itself', async () => {
    await withWorld('table', async (model, maven) => {
      for (const day of [1, 2]) await model.insert(0, day, false, 'plain');
      await maven.sync();
      await model.delete(0, 1);
      await model.correct(0, 0, 0);
      await check(model, maven, 'new');
      expect([...maven.ledger().keys()]).toEqual(['moha/1', 'moha/2']);
    });
  });

  it('with a trade that is unusable for a while, and mended with another day of opening', async () => {
    await withWorld('table', async (model, maven) => {
      await model.insert(0, 1, false, 'plain');
      await maven.sync();
      await model.spoil(0, 0);
      // A line of another trade, so that the state that knows of the skipped row is committed.
      await model.insert(0, 2, false, 'plain');
      expect(await maven.sync()).toMatchObject({ skipped: 1, new: 1 });
      await model.mend(0, 0);
      await model.correct(0, 0, 3);
      await check(model, maven, 'new');
    });
  });

  it('with an upstream restored from before, which gives out the ids that were lost again', async () => {
    for (const stateLost of [false, true]) {
      await withWorld('table', async (model, maven) => {
        for (const day of [0, 1, 2]) await model.insert(0, day, false, 'plain');
        await maven.sync();
        if (stateLost) maven.repository.commit({ '.moha/maven/state/moha.json': null });
        await upstream.run('create table restored as select * from bot_trades where id = 1');
        await upstream.run('drop table bot_trades');
        await upstream.run('alter table restored rename to bot_trades');
        expect(await maven.sync()).toMatchObject({ mode: 'full', vanished: 2 });
        // Ids 3 and 2, in this order, are other trades now, opened on other days.
        for (const id of [3, 2]) {
          await upstream.run(
            `insert into bot_trades (id, bot_id, decision_id, symbol, side, entry_price, size, opened_at, status)
             values ($1, 'worker-1', $2, 'eth', 'buy', 1, 1, now() + interval '5 days', 'open')`,
            [String(id), String(100 + id)],
          );
          expect(await maven.sync()).toMatchObject({ mode: 'new', new: 1 });
        }
        expect([...maven.ledger().keys()].sort()).toEqual([
          'moha/1',
          'moha/2',
          'moha/3',
          'moha@2/2',
          'moha@2/3',
        ]);
        expect(rewrittenFiles(maven.repository)).toEqual([]);
      });
    }
  });

  it('with a killed run whose commit the next one completes, and its rows deleted before their ids are given out again', async () => {
    await withWorld('table', async (model, maven) => {
      for (const day of [1, 2]) await model.insert(0, day, false, 'plain');
      await killedSync({ at: 'files-written' }, 'full', { folder: maven.repository.folder, env: env() });
      for (const row of [1, 0]) await model.delete(0, row);
      await model.insert(0, 3, false, 'plain');
      expect(await maven.sync()).toMatchObject({ new: 1, read: 1 });
      expect(maven.notices.join('\n')).toContain('another sync has committed meanwhile');
      await model.restart();
      for (const day of [1, 2]) await model.insert(0, day, false, 'plain');
      await check(model, maven, 'new');
      expect([...maven.ledger().keys()].sort()).toEqual([
        'moha/1',
        'moha/2',
        'moha/3',
        'moha@2/1',
        'moha@2/2',
      ]);
    });
  });

  it('killed at each step, and followed by a run that finds the commit half done and a trade moved', async () => {
    for (const at of commitSteps) {
      await withWorld('table', async (model, maven) => {
        await model.insert(0, 1, false, 'plain');
        await maven.sync();
        for (const day of [2, 3]) await model.insert(0, day, false, 'plain');
        await killedSync({ at }, 'new', { folder: maven.repository.folder, env: env() });
        // An odd one among the last two is opened on another day now.
        await model.correct(0, 2, 0);
        await check(model, maven, 'new');
      }).catch((error: unknown) => {
        throw new Error(`killed at ${at}: ${error instanceof Error ? error.message : String(error)}`, {
          cause: error,
        });
      });
    }
  }, 600_000);
});

/** Every usable row is one trade, in one file, as upstream has it; every other trade is what upstream once had. */
function checkTrades(model: UpstreamModel, ledger: ReadonlyMap<string, FoldedTrade>): void {
  const byNumber = new Map<number, FoldedTrade>();
  for (const trade of ledger.values()) {
    const number = Number(JSON.parse(trade.record.metadata ?? '{}').upstream_decision_id);
    expect(byNumber.get(number)?.key, `row ${number} is two trades`).toBeUndefined();
    byNumber.set(number, trade);
    const states = model.states.get(number) ?? [];
    expect(
      states.some((row) => isOf(trade, row)),
      `${trade.key} is what upstream had as row ${number}`,
    ).toBe(true);
  }
  const missing = [...model.rows.values()].filter(
    ({ number, size }) => size !== null && !byNumber.has(number),
  );
  expect(missing).toEqual([]);
  for (const row of model.rows.values()) {
    const trade = byNumber.get(row.number);
    if (row.size === null) expect(trade, `row ${row.number} was never usable`).toBeUndefined();
    else if (trade !== undefined)
      expect([row.number, isOf(trade, row) ? row : trade.record]).toEqual([row.number, row]);
  }
}

const STATUSES: Readonly<Record<string, string>> = { CANCELED: 'cancelled' };

function isOf({ record }: FoldedTrade, row: ModelRow): boolean {
  const amounts: readonly (readonly [string | null, string | null])[] = [
    [record.entryPrice, row.entryPrice],
    [record.sizeAsset, row.size],
    [record.exitPrice, row.exitPrice],
    [record.realizedPnlUsd, row.realizedPnl],
    [record.feesUsd, row.fees],
  ];
  return (
    record.externalTradeId === row.id &&
    record.asset === ASSETS[row.symbol] &&
    record.side === (row.side === 'buy' ? 'long' : 'short') &&
    record.status === (STATUSES[row.status] ?? row.status) &&
    record.openedAt === row.openedAt &&
    amounts.every(([ours, theirs]) =>
      ours === null || theirs === null ? ours === theirs : compareDecimals(ours, theirs) === 0,
    )
  );
}

function timeless(line: string): string {
  return line.replace(/"recorded_at":"[^"]+"/, '');
}

async function projected(database: Database): Promise<readonly string[]> {
  const { rows } = await database.withSession(({ db }) =>
    sql<{
      readonly said: string;
    }>`select source || '/' || external_trade_id || '#' || revision || ' ' || status as said
      from maven_trades`.execute(db),
  );
  return rows.map(({ said }) => said).sort();
}
