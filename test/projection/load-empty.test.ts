import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Database } from '../../src/db/database.js';
import { schemaChanges } from '../../src/db/schema-definition.js';
import { sql } from '../../src/db/sql.js';
import { inTransaction } from '../../src/db/transaction.js';
import { resolveRevision } from '../../src/git/revision.js';
import { fingerprint } from '../../src/projection/dump.js';
import { loadEmptyTables } from '../../src/projection/load-empty.js';
import { reconcile } from '../../src/projection/reconcile.js';
import { fullPlan } from '../../src/projection/stage-plan.js';
import { verify } from '../../src/projection/verify.js';
import { describeEachDatabase, type TestDatabase } from '../support/databases.js';
import { createTestRepository, type TestRepository } from '../support/test-repository.js';
import { DAY_ONE, DAY_TWO, DECISION, DECISION_PATH, decision, ledger, trade } from './fixtures.js';

/** Enough artifacts for indexes to be built after the load. */
const MANY = 250;

describeEachDatabase('a load into empty tables', (open) => {
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
    repository.commit({ '.moha/maven/identity.json': '{\n  "name": "Maven"\n}\n' });
    repository.commit(manyArtifacts());
  });
  afterEach(() => repository.remove());

  const project = async (options = {}) =>
    reconcile({ repository: await repository.open(), database }, options);
  const check = async () => verify({ repository: await repository.open(), database });
  const dump = () => database.withSession(({ db }) => fingerprint(db));
  const execute = (statement: string): Promise<unknown> =>
    database.withSession(({ db }) => sql.raw(statement).execute(db));

  it('gives the bytes of a comparison, with every index and constraint of the migrations', async () => {
    expect(await project()).toMatchObject({
      mode: 'full',
      rowCounts: { maven_decisions: MANY, maven_trades: 2 },
    });
    const changes = await database.withSession((session) =>
      inTransaction(session, async () => ({ commit: false, result: await schemaChanges(session) })),
    );
    expect(changes).toEqual([]);
    expect(await check()).toMatchObject({ errors: 0, layers: { projection: 'ok' } });
    const loaded = await dump();
    database = await databases.fresh();
    repository.git('checkout', '--quiet', 'HEAD~1');
    await project();
    repository.git('checkout', '--quiet', 'main');
    expect(await project()).toMatchObject({ mode: 'incremental' });
    expect(await dump()).toEqual(loaded);
  });

  it('leaves an identity that stands in two artifacts to the comparison', async () => {
    repository.commit({ [DAY_TWO]: ledger(trade(1, { asset: 'ETH' })) });
    await project();
    const report = await check();
    expect(report.findings.map(({ code }) => code)).toContain('DUPLICATE_IDENTITY');
    expect(report.layers.projection).toBe('ok');
    expect(report.rowCounts.maven_trades).toBe(2);
  });

  it('takes out a link that leads nowhere', async () => {
    repository.commit({
      [DAY_TWO]: ledger(
        trade(3, { decision: 'decision_20200101_000000.md', openedAt: '2026-01-15T00:00:00.000000+00:00' }),
      ),
    });
    await project();
    const { rows } = await database.withSession(({ db }) =>
      sql`select external_trade_id from maven_trades where decision_id is not null`.execute(db),
    );
    expect(rows).toEqual([{ external_trade_id: '2' }]);
    expect((await check()).findings.map(({ code }) => code)).toEqual(['DECISION_NOT_FOUND']);
  });

  it('does not trust a table with a trigger: the comparison proves what stands there', async () => {
    await project();
    await execute('truncate maven_decisions, maven_trades, maven_portfolio_snapshots, maven_projection');
    await execute(`create function spoil() returns trigger language plpgsql as $$
      begin new.fees_usd := 0; return new; end $$`);
    await execute('create trigger spoil before insert on maven_trades for each row execute function spoil()');
    await expect(project()).rejects.toMatchObject({ code: 'PROJECTION_UNPROVEN' });
    expect(await project({ rebuild: true })).toMatchObject({ mode: 'full' });
    expect(await check()).toMatchObject({ errors: 0 });
  });

  it('is not proven by a number of rows: one value that Postgres keeps otherwise leaves all to the comparison', async () => {
    const isLoaded = (): Promise<boolean> =>
      database.withSession((session) =>
        inTransaction(session, async () => {
          const opened = await repository.open();
          const tree = (await resolveRevision(opened))?.artifactsTree ?? '';
          const loaded = await loadEmptyTables({ repository: opened }, session, await fullPlan(opened, tree));
          return { commit: false, result: loaded !== null };
        }),
      );
    await project();
    await execute('truncate maven_decisions, maven_trades, maven_projection, maven_memory, maven_problems');
    repository.commit({
      [DAY_TWO]: ledger(trade(3, { leverage: '3.5', openedAt: '2026-01-15T00:00:00.000000+00:00' })),
    });
    expect(await isLoaded()).toBe(true);
    await execute('alter table maven_trades alter column leverage type numeric(10, 0)');
    expect(await isLoaded()).toBe(false);
  });

  it('waits for nobody who reads a table', async () => {
    await project();
    const before = await dump();
    await execute('truncate maven_decisions, maven_trades, maven_projection');
    // The embedded database is one connection: nobody can read there meanwhile.
    const whileSomebodyReads = () =>
      database.kind === 'postgres'
        ? database.withSession(({ db }) =>
            db.transaction().execute(async (reading) => {
              await sql`select 1 from maven_trades`.execute(reading);
              return project();
            }),
          )
        : project();
    expect(await whileSomebodyReads()).toMatchObject({ mode: 'full' });
    expect(await dump()).toEqual(before);
  });

  it('does not touch rows that stand there although nothing is projected', async () => {
    await project();
    const before = await dump();
    await execute('delete from maven_projection');
    await execute("update maven_trades set fees_usd = 1 where external_trade_id = '1'");
    expect(await project()).toMatchObject({ mode: 'full' });
    expect(await dump()).toEqual(before);
  });
});

function manyArtifacts(): Readonly<Record<string, string>> {
  const files: Record<string, string> = {
    [DECISION_PATH]: decision(),
    [DAY_ONE]: ledger(trade(1), trade(2, { decision: DECISION })),
  };
  for (let i = 1; i < MANY; i += 1) {
    const clock = `${String(Math.floor(i / 60)).padStart(2, '0')}${String(i % 60).padStart(2, '0')}00`;
    const time = `2026-01-13T${clock.slice(0, 2)}:${clock.slice(2, 4)}:00.000000+00:00`;
    files[`.moha/maven/decisions/decision_20260113_${clock}.md`] = decision(`buy ${i}`).replace(
      '2026-01-14T14:24:08.034126+00:00',
      time,
    );
  }
  return files;
}
