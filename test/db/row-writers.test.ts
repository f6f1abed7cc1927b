import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CopyWriter } from '../../src/db/copy-writer.js';
import type { Database } from '../../src/db/database.js';
import { DigestWriter } from '../../src/db/digest-writer.js';
import type { ColumnKind } from '../../src/db/row-writer.js';
import { sql } from '../../src/db/sql.js';
import { canonicalDecimal, canonicalTime, jsonText } from '../arbitraries/values.js';
import { describeEachDatabase, type TestDatabase } from '../support/databases.js';

const KINDS: readonly ColumnKind[] = ['text', 'integer', 'decimal', 'time', 'json', 'text'];
const NAMES = ['a', 'b', 'c', 'd', 'e', 'f'];
type Row = readonly (string | null)[];

const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('', '\\N', '\\.', 'a, b', '"', '(x)', 'a\tb\nc\rd\\', '\u00a0', '\u2028', 'x'.repeat(60)),
);
const nested = fc.json({ noUnicodeString: false }).filter((json) => !/\\u0000|\\ud[89a-f]/i.test(json));
const row = fc
  .tuple(
    fc.option(text),
    fc.option(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String)),
    fc.option(canonicalDecimal()),
    fc.option(canonicalTime()),
    fc.option(fc.oneof(jsonText(), nested)),
    text,
  )
  .map((values): Row => values);

describeEachDatabase('rows as COPY and as a digest', (open) => {
  let databases: TestDatabase;
  let database: Database;
  beforeAll(async () => {
    databases = await open();
    database = await databases.fresh();
    await database.withSession((session) =>
      sql`create table t (a text, b bigint, c numeric, d timestamptz, e jsonb, f text)`.execute(session.db),
    );
  });
  afterAll(() => databases.close());

  const load = (rows: readonly Row[]): Promise<void> =>
    database.withSession(async (session) => {
      await sql`truncate t`.execute(session.db);
      await session.copyInto('t', NAMES, chunksOf(rows));
    });
  const digestInPostgres = (seed: bigint) =>
    database.withSession(
      async (session) =>
        (
          await sql`select count(*)::text as rows,
            sum(hashtextextended(row(a, b, c, d, e, f)::text, ${sql.lit(String(seed))}::bigint))::text as sum from t`.execute(
            session.db,
          )
        ).rows[0],
    );

  it('digest to the same in Postgres and here, whatever they hold and in any order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { maxLength: 20 }),
        fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
        async (rows, seed) => {
          await load(rows);
          expect(digestOf([...rows].reverse(), seed)).toEqual(await digestInPostgres(seed));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('digest to something else when one cell is another', async () => {
    await fc.assert(
      fc.asyncProperty(row, fc.nat({ max: NAMES.length - 1 }), row, async (before, column, other) => {
        const after = before.map((value, i) => (i === column ? (other[i] ?? null) : value));
        await load([before]);
        const stored = () =>
          database.withSession(
            async ({ db }) => (await sql<{ t: string }>`select t::text as t from t`.execute(db)).rows[0]?.t,
          );
        const first = await stored();
        await load([after]);
        fc.pre(first !== (await stored()));
        expect(digestOf([before], 1n)).not.toEqual(await digestInPostgres(1n));
      }),
      { numRuns: 60 },
    );
  });

  it('no text moves from one column to the next unnoticed', () => {
    const digest = (a: string, b: string) => digestOf([[a, null, null, null, null, b]], 5n);
    expect(digest('x,,,,,y', '')).not.toEqual(digest('x', ',,,,y'));
    expect(digest('', 'x')).not.toEqual(digestOf([[null, null, null, null, null, 'x']], 5n));
  });
});

function digestOf(rows: readonly Row[], seed: bigint) {
  const writer = new DigestWriter(seed);
  write(rows, writer);
  return writer.digest();
}

async function* chunksOf(rows: readonly Row[]): AsyncGenerator<Buffer> {
  const writer = new CopyWriter();
  write(rows, writer);
  const chunk = writer.take();
  if (chunk !== null) yield chunk;
}

function write(rows: readonly Row[], writer: CopyWriter | DigestWriter): void {
  for (const values of rows) {
    for (const [i, kind] of KINDS.entries()) writer.value(kind, values[i] ?? null);
    writer.endRow();
  }
}
