import { randomBytes } from 'node:crypto';
import { DigestWriter, type RowsDigest } from '../db/digest-writer.js';
import type { ProjectedTable, Schema } from '../db/schema.js';
import { type Kysely, sql } from '../db/sql.js';
import { DirectRows } from './direct-rows.js';
import type { ArtifactReader } from './read-artifacts.js';
import { problemRows, readUnprojected } from './stage.js';
import type { ProjectedRow, TableDescription } from './table-description.js';
import { describeTable } from './tables/index.js';

export type TableDigests = ReadonlyMap<ProjectedTable, RowsDigest>;

/** What git implies, digested. */
export interface DigestedArtifacts {
  readonly digests: TableDigests;
  /** The trades whose decision does not exist. */
  readonly dangling: readonly ProjectedRow<'maven_trades'>[];
}

/** Another seed each time: nobody can prepare rows whose digests agree. */
export function newSeed(): bigint {
  return randomBytes(8).readBigInt64LE();
}

/** Digests the rows that artifacts imply; the reader keeps the problems met on the way. */
export async function digestArtifacts(
  reader: ArtifactReader,
  tables: readonly TableDescription[],
  seed: bigint,
): Promise<DigestedArtifacts> {
  const rows = new DirectRows(reader);
  const digests = new Map<ProjectedTable, RowsDigest>();
  for (const description of tables) {
    if (description.table === 'maven_problems') continue;
    const writer = new DigestWriter(seed);
    if (reader.has(description.table)) for await (const _ of rows.write(description, writer));
    digests.set(description.table, writer.digest());
  }
  await readUnprojected(reader);
  const problems = describeTable('maven_problems');
  const writer = new DigestWriter(seed);
  for (const row of problemRows(reader.problems)) rows.writeRow(problems, row, writer);
  digests.set('maven_problems', writer.digest());
  return { digests, dangling: rows.dangling };
}

/** Digests the rows that stand in the tables, inside Postgres. */
export async function digestTables(
  db: Kysely<Schema>,
  tables: readonly TableDescription[],
  seed: bigint,
): Promise<TableDigests> {
  const digests = new Map<ProjectedTable, RowsDigest>();
  for (const { table, columns } of tables) {
    const values = sql.join(Object.keys(columns).map((column) => sql.ref(column)));
    const { rows } = await sql<RowsDigest>`
      select count(*)::text as rows, sum(hashtextextended(row(${values})::text, ${sql.lit(String(seed))}::bigint))::text as sum
      from ${sql.table(table)}`.execute(db);
    if (rows[0] !== undefined) digests.set(table, rows[0]);
  }
  return digests;
}

export function sameDigests(expected: TableDigests, actual: TableDigests): boolean {
  return [...expected].every(([table, { rows, sum }]) => {
    const found = actual.get(table);
    return found?.rows === rows && found.sum === sum;
  });
}
