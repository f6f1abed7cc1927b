import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Database } from '../../src/db/database.js';
import { sql } from '../../src/db/sql.js';
import { fingerprint } from '../../src/projection/dump.js';
import { type ReconcileOptions, reconcile } from '../../src/projection/reconcile.js';
import { type VerifyOptions, verify } from '../../src/projection/verify.js';
import { describeEachDatabase, type TestDatabase } from '../support/databases.js';
import { createTestRepository, type TestRepository } from '../support/test-repository.js';
import { DAY_ONE, DECISION_PATH, decision, ledger, trade } from './fixtures.js';

describeEachDatabase('a database that somebody else had hands on', (open) => {
  let databases: TestDatabase;
  let database: Database;
  let repository: TestRepository;
  beforeAll(async () => {
    databases = await open();
  });
  afterAll(() => databases.close());
  beforeEach(async () => {
    database = await databases.fresh();
    repository = createTestRepository();
    repository.commit({ [DAY_ONE]: ledger(trade(1), trade(2)), [DECISION_PATH]: decision() });
  });
  afterEach(() => repository.remove());

  const project = async (options: ReconcileOptions = {}) =>
    reconcile({ repository: await repository.open(), database }, options);
  const check = async (options: VerifyOptions = {}) =>
    verify({ repository: await repository.open(), database }, options);
  const execute = (statements: string): Promise<void> =>
    database.withSession(async ({ db }) => {
      for (const statement of statements.split(';')) await sql.raw(statement).execute(db);
    });
  const dump = () => database.withSession(({ db }) => fingerprint(db));

  it.each([
    [
      'alter table maven_trades drop column net_pnl_usd; alter table maven_trades add column net_pnl_usd numeric default 999999',
    ],
    [
      'alter table maven_trades alter column net_pnl_usd drop expression; update maven_trades set net_pnl_usd = 5000',
    ],
    ['alter table maven_trades alter column entry_price type numeric(24,2)'],
    ['alter table maven_trades alter column opened_at type timestamptz(0)'],
    ['drop function maven_win_rate_by_asset()'],
    [
      "create or replace function maven_get_current_portfolio() returns table (snapshot_at timestamptz, quality text, total_value_usd numeric, available_balance_usd numeric, margin_used_usd numeric, margin_utilization_pct numeric, unrealized_pnl_usd numeric, position_count integer, pnl_24h numeric, pnl_7d numeric, pnl_30d numeric, pnl_all_time numeric, git_path text) language sql stable as 'select now(), null::text, 1e9::numeric, null::numeric, null::numeric, null::numeric, null::numeric, 1, null::numeric, null::numeric, null::numeric, null::numeric, null::text'",
    ],
    [
      'alter table maven_decisions drop constraint maven_decisions_pkey; insert into maven_decisions select * from maven_decisions',
    ],
    [
      'create table shadow () inherits (maven_decisions); insert into shadow select * from only maven_decisions',
    ],
    ['alter table maven_trades enable row level security'],
    ['drop index maven_trades_asset'],
    [
      'create table hidden as select * from maven_trades; drop table maven_trades; create view maven_trades as select * from hidden',
    ],
  ])('is found out and put right: %s', async (tampering) => {
    await project();
    const before = await dump();
    await execute(tampering);
    const report = await check();
    expect(report.layers.projection).toBe('findings');
    expect(report.findings.some(({ code }) => code === 'SCHEMA_CHANGED')).toBe(true);
    expect(await check({ fix: true })).toMatchObject({ errors: 0, layers: { projection: 'ok' } });
    expect(await dump()).toEqual(before);
  });

  it.each([
    ['drop table maven_trades'],
    ['drop table maven_projection'],
    ['drop table maven_migration'],
    ['drop table maven_decisions, maven_trades, maven_insights, maven_memory, maven_conversations'],
    [
      'insert into maven_migration select * from maven_migration where false; drop table maven_problems; drop function maven_decision_performance(integer)',
    ],
  ])('that was wiped in part is whole again after the everyday reconcile: %s', async (wipe) => {
    await project();
    const before = await dump();
    await execute(wipe);
    expect((await check()).layers.projection).toBe('findings');
    expect(await project()).toMatchObject({ mode: 'full' });
    expect(await dump()).toEqual(before);
    expect(await check()).toMatchObject({ errors: 0 });
  });

  it('with a stricter isolation level is read and written all the same', async () => {
    await execute('set session characteristics as transaction isolation level repeatable read');
    try {
      await project();
      expect(await check()).toMatchObject({ errors: 0 });
    } finally {
      await execute('set session characteristics as transaction isolation level read committed');
    }
  });

  it('is not touched by a dry run, not even by the tables', async () => {
    expect(await project({ dryRun: true })).toMatchObject({ dryRun: true, rowCounts: { maven_trades: 2 } });
    const { rows } = await database.withSession(({ db }) =>
      sql<{ count: string }>`select count(*) as count from pg_class where relname like 'maven%'`.execute(db),
    );
    expect(rows).toEqual([{ count: '0' }]);
  });

  it('is looked at as a whole after a partial run, whatever happened in between', async () => {
    await project();
    const first = repository.git('rev-parse', 'HEAD').trim();
    repository.commit({
      '.moha/maven/decisions/decision_20260115_000000.md': decision('sell').replaceAll(
        '2026-01-14T14:24:08.034126',
        '2026-01-15T00:00:00.000000',
      ),
    });
    await project({ only: ['maven_decisions'] });
    repository.git('reset', '--quiet', '--hard', first);
    expect(await project({ force: true })).toMatchObject({ mode: 'full' });
    expect(await check()).toMatchObject({ errors: 0, findings: [] });
  });

  it('keeps two names apart that are no UTF-8', async () => {
    await project();
    const { execFileSync } = await import('node:child_process');
    const add = (name: string) =>
      execFileSync(
        'bash',
        [
          '-c',
          `printf x > .moha/maven/decisions/$'${name}.md' && git add -A && git -c user.name=T -c user.email=t@t commit -qm x`,
        ],
        { cwd: repository.folder },
      );
    add('\\xff');
    expect(await project()).toMatchObject({ problems: { warnings: 1 } });
    add('\\xfe');
    expect(await project()).toMatchObject({ mode: 'incremental', problems: { warnings: 1 } });
    expect(await check()).toMatchObject({ errors: 0, warnings: 2, layers: { projection: 'ok' } });
  });

  it('takes artifacts with the strangest names', async () => {
    await project();
    const long = Array.from({ length: 16 }, (_, i) => `${i}`.padEnd(200, 'x')).join('/');
    repository.commit({
      [`.moha/maven/decisions/${long}/a.md`]: 'x\n',
      ".moha/maven/decisions/quo'te\n\\.md": 'y\n',
    });
    expect(await project()).toMatchObject({ mode: 'incremental', problems: { warnings: 2 } });
    expect(await check()).toMatchObject({ errors: 0, warnings: 2 });
  });
});
