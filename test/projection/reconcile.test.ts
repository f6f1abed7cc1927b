import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Database } from '../../src/db/database.js';
import { sql } from '../../src/db/sql.js';
import { fingerprint } from '../../src/projection/dump.js';
import { type ReconcileOptions, reconcile } from '../../src/projection/reconcile.js';
import { describeEachDatabase, type TestDatabase } from '../support/databases.js';
import { createTestRepository, type TestRepository } from '../support/test-repository.js';
import { DAY_ONE, DAY_TWO, DECISION, DECISION_PATH, decision, ledger, trade } from './fixtures.js';

describeEachDatabase('reconcile', (open) => {
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
  });
  afterEach(() => repository.remove());

  const run = async (options: ReconcileOptions = {}) =>
    reconcile({ repository: await repository.open(), database }, options);
  const select = async (query: string): Promise<unknown[]> =>
    database.withSession(async ({ db }) => (await sql.raw(query).execute(db)).rows);
  const diffOf = (report: Awaited<ReturnType<typeof run>>, table: string) => {
    const diff = report.diffs.find((one) => one.table === table);
    return diff === undefined ? null : [diff.missing, diff.changed, diff.extra];
  };

  it('projects the last revision of a trade, with the line it stands on', async () => {
    const closed = trade(1, {
      revision: 2,
      status: 'closed',
      realizedPnlUsd: '120.5',
      feesUsd: null,
      recordedAt: '2026-01-15T09:00:00.000000+00:00',
    });
    repository.commit({ [DAY_ONE]: ledger(trade(1), trade(2), closed) });
    expect(await run()).toMatchObject({ mode: 'full', artifactsRead: 1, rowCounts: { maven_trades: 2 } });
    expect(
      await select(
        "select status, revision, net_pnl_usd, git_line, updated_at from maven_trades where external_trade_id = '1'",
      ),
    ).toEqual([
      {
        status: 'closed',
        revision: '2',
        net_pnl_usd: '120.5',
        git_line: '3',
        updated_at: '2026-01-15 09:00:00+00',
      },
    ]);
  });

  it('reads only what changed, and gives the same bytes as a rebuild', async () => {
    repository.commit({ [DAY_ONE]: ledger(trade(1)) });
    await run();
    repository.commit({ [DAY_ONE]: ledger(trade(1), trade(2), trade(1, { revision: 2, feesUsd: '7.5' })) });
    const report = await run();
    expect(report).toMatchObject({ mode: 'incremental', artifactsRead: 1 });
    expect(diffOf(report, 'maven_trades')).toEqual([1, 1, 0]);
    const incremental = await database.withSession(({ db }) => fingerprint(db));
    database = await databases.fresh();
    await run();
    expect(await database.withSession(({ db }) => fingerprint(db))).toEqual(incremental);
  });

  it('moves the revision on, and no row, for a commit that leaves the artifacts alone', async () => {
    repository.commit({ [DAY_ONE]: ledger(trade(1)) });
    await run();
    const head = repository.commit({ 'notes.txt': 'x\n' });
    expect(await run()).toMatchObject({ mode: 'incremental', artifactsRead: 0, revision: head });
    expect(await run()).toMatchObject({ mode: 'unchanged', revision: head });
  });

  it('follows a decision that comes, goes and is damaged, though the ledger does not change', async () => {
    const link = async () => (await select('select decision_id is not null as linked from maven_trades'))[0];
    repository.commit({ [DAY_ONE]: ledger(trade(1, { decision: DECISION })) });
    await run();
    expect(await link()).toEqual({ linked: 'f' });
    repository.commit({ [DECISION_PATH]: decision() });
    expect(diffOf(await run(), 'maven_trades')).toEqual([0, 1, 0]);
    expect(await link()).toEqual({ linked: 't' });
    repository.commit({ [DECISION_PATH]: 'no decision at all\n' });
    await run({ force: true });
    expect(await link()).toEqual({ linked: 'f' });
    repository.commit({ [DECISION_PATH]: decision() });
    await run();
    repository.commit({ [DECISION_PATH]: null });
    await run({ force: true });
    expect(await link()).toEqual({ linked: 'f' });
  });

  it('counts a trade that stands in two files once, whichever commit brought which', async () => {
    const twice = { [DAY_ONE]: ledger(trade(1)), [DAY_TWO]: ledger(trade(1, { feesUsd: '99' })) };
    repository.commit({ [DAY_TWO]: twice[DAY_TWO] ?? '' });
    await run();
    repository.commit(twice);
    expect(await run()).toMatchObject({ mode: 'full', rowCounts: { maven_trades: 1, maven_problems: 2 } });
    expect(await select('select fees_usd, git_path from maven_trades')).toEqual([
      { fees_usd: '6.12', git_path: DAY_ONE },
    ]);
    expect(
      await select("select code, git_path from maven_problems where code = 'DUPLICATE_IDENTITY'"),
    ).toEqual([{ code: 'DUPLICATE_IDENTITY', git_path: DAY_TWO }]);
    repository.commit({ [DAY_ONE]: null });
    await run({ force: true });
    expect(await select('select fees_usd, git_path from maven_trades')).toEqual([
      { fees_usd: '99', git_path: DAY_TWO },
    ]);
  });

  it('changes nothing in a dry run, and says what it would change', async () => {
    repository.commit({ [DAY_ONE]: ledger(trade(1)) });
    await run();
    repository.commit({ [DAY_ONE]: ledger(trade(1), trade(2)) });
    const report = await run({ dryRun: true });
    expect(report).toMatchObject({ dryRun: true, mode: 'incremental', rowCounts: { maven_trades: 2 } });
    expect(await select('select count(*) as count from maven_trades')).toEqual([{ count: '1' }]);
    expect(await run()).toMatchObject({ mode: 'incremental' });
  });

  it('leaves the other tables, and where the projection stands, with --decisions-only', async () => {
    repository.commit({ [DAY_ONE]: ledger(trade(1)), [DECISION_PATH]: decision() });
    expect(await run({ only: ['maven_decisions'] })).toMatchObject({
      rowCounts: { maven_decisions: 1, maven_trades: 0 },
    });
    expect(await run()).toMatchObject({ mode: 'full', rowCounts: { maven_decisions: 1, maven_trades: 1 } });
  });

  it('refuses, with the numbers, what would delete more than half of a table', async () => {
    const days = Object.fromEntries(
      [1, 2, 3].map((day) => [`.moha/maven/trades/2026/2026-01-0${day}.jsonl`, ledger(trade(day))]),
    );
    repository.commit(days);
    await run();
    repository.commit(
      Object.fromEntries(
        Object.keys(days)
          .slice(1)
          .map((path) => [path, null]),
      ),
    );
    await expect(run()).rejects.toMatchObject({
      code: 'GUARD_REFUSED',
      message: expect.stringContaining('2 of 3 rows of maven_trades'),
    });
    expect(await run({ dryRun: true })).toMatchObject({ refusal: expect.stringContaining('2 of 3') });
    expect(await select('select count(*) as count from maven_trades')).toEqual([{ count: '3' }]);
    expect(await run({ force: true })).toMatchObject({ rowCounts: { maven_trades: 1 } });
  });

  it('refuses an empty source', async () => {
    repository.commit({ [DAY_ONE]: ledger(trade(1)) });
    await run();
    repository.commit({ [DAY_ONE]: null });
    await expect(run()).rejects.toMatchObject({
      code: 'GUARD_REFUSED',
      message: expect.stringContaining('the source is empty'),
    });
    expect(await run({ force: true })).toMatchObject({ rowCounts: { maven_trades: 0 } });
    expect(await run()).toMatchObject({ mode: 'unchanged' });
  });

  it('takes a rewritten history that loses nothing, and refuses one that does', async () => {
    repository.commit({ [DAY_ONE]: ledger(trade(1)) });
    const second = repository.commit({
      [DAY_ONE]: ledger(trade(1), trade(1, { revision: 2, feesUsd: '7' })),
    });
    await run();
    repository.git('commit', '--quiet', '--amend', '--message', 'another message');
    expect(await run()).toMatchObject({ mode: 'incremental', previousRevision: second });
    repository.git('reset', '--quiet', '--hard', 'HEAD~1');
    await expect(run()).rejects.toMatchObject({
      code: 'GUARD_REFUSED',
      message: expect.stringContaining('1 rows would say something else'),
    });
    expect(await run({ force: true })).toMatchObject({ mode: 'incremental' });
    expect(await select('select revision from maven_trades')).toEqual([{ revision: '1' }]);
  });

  it('refuses a rewritten history that says something else', async () => {
    repository.commit({ [DAY_ONE]: ledger(trade(1, { status: 'closed', realizedPnlUsd: '3' })) });
    await run();
    repository.commit({ [DAY_ONE]: ledger(trade(1, { status: 'closed', realizedPnlUsd: '30000' })) });
    repository.git('reset', '--quiet', '--soft', 'HEAD~1');
    repository.git('commit', '--quiet', '--amend', '--message', 'nothing to see here');
    await expect(run()).rejects.toMatchObject({
      code: 'GUARD_REFUSED',
      message: expect.stringContaining('something else'),
    });
    expect(await select('select net_pnl_usd from maven_trades')).toEqual([{ net_pnl_usd: '-3.12' }]);
  });

  it('makes every row anew when the projected tree is gone from the repository', async () => {
    repository.commit({ [DAY_ONE]: ledger(trade(1)) });
    await run();
    await select(
      "update maven_projection set artifacts_tree = '0000000000000000000000000000000000000001', revision = '0000000000000000000000000000000000000002'",
    );
    expect(await run()).toMatchObject({ mode: 'full' });
  });

  it('says where to begin when there is nothing to project', async () => {
    await expect(run()).rejects.toMatchObject({ code: 'ARTIFACTS_NOT_FOUND' });
    repository.commit({ 'notes.txt': 'x\n' });
    await expect(run()).rejects.toMatchObject({
      code: 'ARTIFACTS_NOT_FOUND',
      hint: expect.stringContaining('maven-git init'),
    });
  });

  it('refuses tables that a newer program has projected', async () => {
    repository.commit({ [DAY_ONE]: ledger(trade(1)) });
    await run();
    await select('update maven_projection set format_version = 99');
    await expect(run()).rejects.toMatchObject({ code: 'SCHEMA_TOO_NEW' });
  });

  it('writes nothing when the tables cannot be made what git says', async () => {
    repository.commit({ [DAY_ONE]: ledger(trade(1)) });
    await run();
    await select(
      `create function spoil() returns trigger language plpgsql as $$ begin new.fees_usd := 0; return new; end $$`,
    );
    await select('create trigger spoil before insert on maven_trades for each row execute function spoil()');
    repository.commit({ [DAY_ONE]: ledger(trade(1), trade(2)) });
    await expect(run()).rejects.toMatchObject({ code: 'PROJECTION_UNPROVEN' });
    expect(await select('select count(*) as count from maven_trades')).toEqual([{ count: '1' }]);
  });
});
