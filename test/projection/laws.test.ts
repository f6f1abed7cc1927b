import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Database } from '../../src/db/database.js';
import { sql } from '../../src/db/sql.js';
import { dumpTables } from '../../src/projection/dump.js';
import { reconcile } from '../../src/projection/reconcile.js';
import { PROJECTED_TABLES } from '../../src/projection/tables/index.js';
import { verify } from '../../src/projection/verify.js';
import { describeEachDatabase, type TestDatabase } from '../support/databases.js';
import {
  createHistoryRepository,
  type FileTree,
  type HistoryRepository,
} from '../support/history-repository.js';
import { histories } from './random-history.js';
import { tamper, tamperings } from './tampering.js';

const RUNS = Number(process.env.MAVEN_LAW_RUNS ?? 7);

describeEachDatabase('laws of the projection', (open) => {
  let databases: TestDatabase;
  let database: Database;
  beforeAll(async () => {
    databases = await open();
  });
  afterAll(() => databases.close());

  const dump = (): Promise<string> =>
    database.withSession(async ({ db }) => {
      let text = '';
      for await (const line of dumpTables(db)) text += line;
      return text;
    });
  const overHistories = (
    check: (history: HistoryRepository) => Promise<void>,
    numRuns = RUNS,
  ): Promise<void> =>
    fc.assert(
      fc.asyncProperty(histories, async (states: readonly FileTree[]) => {
        const history = await createHistoryRepository(states);
        database = await databases.fresh();
        await check(history).finally(() => history.remove());
      }),
      { numRuns },
    );
  const project = (history: HistoryRepository, options = {}) =>
    reconcile({ repository: history.repository, database }, { force: true, ...options });

  it('2: reconciling twice writes nothing the second time', async () => {
    await overHistories(async (history) => {
      await project(history);
      const before = await rowVersions(database);
      expect(await project(history)).toMatchObject({ mode: 'unchanged' });
      const again = await project(history, { rebuild: true });
      expect(again.diffs.filter(({ missing, changed, extra }) => missing + changed + extra > 0)).toEqual([]);
      expect(await rowVersions(database)).toEqual(before);
    });
  }, 300_000);

  it('3, 4: commit by commit gives the bytes of a rebuild, and verify finds nothing', async () => {
    await overHistories(async (history) => {
      for (const commit of history.commits) {
        history.moveTo(commit);
        await project(history);
      }
      const { layers, diffs } = await verify({ repository: history.repository, database });
      expect(layers.projection).toBe('ok');
      expect(diffs.every(({ missing, changed, extra }) => missing + changed + extra === 0)).toBe(true);
      const stepwise = await dump();
      database = await databases.fresh();
      await project(history);
      expect(await dump()).toBe(stepwise);
    });
  }, 300_000);

  it('3: backwards along the history as well', async () => {
    await overHistories(async (history) => {
      await project(history);
      history.moveTo(history.commits[0]);
      await project(history);
      const back = await dump();
      database = await databases.fresh();
      await project(history);
      expect(await dump()).toBe(back);
    });
  }, 300_000);

  it('5: verify names exactly what was tampered with, and --fix restores the dump', async () => {
    await fc.assert(
      fc.asyncProperty(histories, tamperings, async (states, tampering) => {
        const history = await createHistoryRepository(states);
        try {
          database = await databases.fresh();
          await project(history);
          const before = await dump();
          const expected = await tamper(database, tampering);
          if (expected === null) return;
          const dependencies = { repository: history.repository, database };
          const report = await verify(dependencies);
          const drift = report.findings.filter((finding) => finding.layer === 'projection');
          expect(drift.map(({ table, code, column }) => ({ table, code, column }))).toEqual([expected]);
          expect(await verify(dependencies, { fix: true })).toMatchObject({ layers: { projection: 'ok' } });
          expect(await dump()).toBe(before);
        } finally {
          history.remove();
        }
      }),
      { numRuns: RUNS * 2 },
    );
  }, 300_000);

  it('7: wiped at any time, reconcile restores the same bytes and ids', async () => {
    await overHistories(async (history) => {
      await project(history);
      const before = await dump();
      database = await databases.fresh();
      await project(history);
      expect(await dump()).toBe(before);
    });
  }, 300_000);
});

/** Row versions: a row that was rewritten, even with the same values, has another one. */
async function rowVersions(database: Database): Promise<readonly string[]> {
  return database.withSession(async ({ db }) => {
    const versions: string[] = [];
    for (const table of [...PROJECTED_TABLES.map((description) => description.table), 'maven_projection']) {
      const { rows } = await sql<{ version: string }>`select xmin::text || ctid::text as version
        from ${sql.table(table)} order by 1`.execute(db);
      versions.push(...rows.map(({ version }) => `${table} ${version}`));
    }
    return versions;
  });
}
