import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { encodeCopyRow } from '../../src/db/copy-format.js';
import type { Database } from '../../src/db/database.js';
import { sql } from '../../src/db/sql.js';
import { describeEachDatabase, type TestDatabase } from '../support/databases.js';

describeEachDatabase('values on their way to Postgres and back', (open) => {
  let databases: TestDatabase;
  let database: Database;
  beforeAll(async () => {
    databases = await open();
    database = await databases.fresh();
    await database.withSession((session) => sql`create table t (a text, b text)`.execute(session.db));
  });
  afterAll(() => databases.close());

  it('stay the same text through COPY, whatever they hold', async () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('\\N', '\\.', '', 'a\tb\nc\rd\\', '\\x41'),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.option(text), text), { maxLength: 20 }), async (rows) => {
        const kept = (value: string | null) => value?.replaceAll('\0', '\ufffd').toWellFormed() ?? null;
        const found = await database.withSession(async (session) => {
          await sql`truncate t`.execute(session.db);
          await session.copyInto('t', ['a', 'b'], chunks(rows));
          return (await sql<{ a: string | null; b: string }>`select a, b from t`.execute(session.db)).rows;
        });
        expect(found.map(({ a, b }) => [a, b])).toEqual(rows.map(([a, b]) => [kept(a), kept(b)]));
      }),
      { numRuns: 40 },
    );
  });

  it('arrive as the text that Postgres writes: no float, no Date, no parsed JSON', async () => {
    const { rows } = await database.withSession((session) =>
      sql`select 12345678901234567890.123456789012345678::numeric as amount, 9007199254740993::bigint as id,
        '2026-01-14T14:24:08.034126+00:00'::timestamptz as at, '{"n":1.50}'::jsonb as metadata`.execute(
        session.db,
      ),
    );
    expect(rows).toEqual([
      {
        amount: '12345678901234567890.123456789012345678',
        id: '9007199254740993',
        at: '2026-01-14 14:24:08.034126+00',
        metadata: '{"n": 1.50}',
      },
    ]);
  });
});

async function* chunks(rows: readonly (readonly (string | null)[])[]): AsyncGenerator<Buffer> {
  for (const row of rows) yield Buffer.from(encodeCopyRow(row));
}
