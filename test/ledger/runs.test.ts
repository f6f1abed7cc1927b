import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseRuns } from '../../parsers/runs.js';
import { type Context, openContext } from '../../src/context.js';
import { sql } from '../../src/db/sql.js';
import { reconcile, verify } from '../../src/index.js';
import { initialize } from '../../src/ledger/initialize.js';
import { commitJob, type JobRunStart } from '../../src/ledger/job.js';
import { createTestRepository, type TestRepository } from '../support/test-repository.js';

const PATH = '.moha/maven/runs/2026/2026-01-14.jsonl';
const NOW = new Date('2026-01-14T12:00:03.250Z');
const run: JobRunStart = { job: 'sync trades', startedAt: new Date('2026-01-14T12:00:00.000Z') };

describe('the journal of runs', () => {
  let place: TestRepository;
  let context: Context;
  beforeEach(async () => {
    place = createTestRepository();
    context = await openContext({ repo: place.folder, env: {}, clock: () => NOW });
    await initialize(await context.job());
  });
  afterEach(async () => {
    await context.close();
    place.remove();
  });

  const commit = async (
    files: Readonly<Record<string, string>> | null,
    dependencies: { readonly run?: JobRunStart } = { run },
  ) =>
    commitJob({ ...(await context.job()), ...dependencies }, 'sync trades', async () =>
      files === null ? null : { files: new Map(Object.entries(files)), subject: 'trades: 3 new', records: 3 },
    );
  const read = () => parseRuns(place.git('show', `HEAD:${PATH}`), PATH);

  it('stands in the same commit as what the run wrote, and is a row', async () => {
    await commit({ '.moha/maven/personas/a.md': 'a\n' });
    const files = place.git('show', '--name-only', '--format=', 'HEAD').trim().split('\n');
    expect(files).toEqual(['.moha/maven/personas/a.md', PATH]);
    expect(read()).toMatchObject({
      problems: [],
      records: [
        {
          record: {
            job: 'sync trades',
            startedAt: '2026-01-14T12:00:00.000000+00:00',
            recordedAt: '2026-01-14T12:00:03.250000+00:00',
            records: 3,
            summary: 'trades: 3 new',
          },
        },
      ],
    });
    await reconcile(context);
    const rows = await (await context.database()).withSession(
      async ({ db }) =>
        (await sql`select title, content, metadata from maven_memory where memory_type = 'run'`.execute(db))
          .rows,
    );
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ title: 'sync trades', content: 'trades: 3 new' });
    expect((await verify(context)).errors).toBe(0);
  });

  it('has nothing of a run with nothing to commit, nor of what a person records', async () => {
    expect(await commit(null)).toBeNull();
    await commit({ '.moha/maven/personas/a.md': 'a\n' }, {});
    expect(() => read()).toThrow();
  });

  it('tells commits of one millisecond apart, and never glues a line to one without its end', async () => {
    for (const name of ['a', 'b', 'c']) await commit({ [`.moha/maven/personas/${name}.md`]: name });
    expect(read().records.map(({ record }) => record.recordedAt.slice(20, 26))).toEqual([
      '250000',
      '250001',
      '250002',
    ]);
    place.commit({ [PATH]: place.git('show', `HEAD:${PATH}`).trimEnd() });
    await commit({ '.moha/maven/personas/d.md': 'd' });
    expect(read()).toMatchObject({ problems: [], records: { length: 4 } });
  });
});
