import { createHash } from 'node:crypto';
import type { Schema } from '../db/schema.js';
import { type Kysely, sql } from '../db/sql.js';
import { PROJECTED_TABLES } from './tables/index.js';

/** A fingerprint of everything that is projected. Two databases with the same one hold the same bytes. */
export interface Dump {
  readonly sha256: string;
  /** Rows that follow from artifacts. */
  readonly rows: number;
}

/** Writes out every table, generated columns included, each row as Postgres spells it, in order of id. */
export async function* dumpTables(db: Kysely<Schema>): AsyncGenerator<string> {
  for (const { table } of PROJECTED_TABLES) {
    const { rows } = await sql<{ line: string }>`
      select t::text as line from ${sql.table(table)} t order by id`.execute(db);
    for (const { line } of rows) yield `${table} ${line}\n`;
  }
  const { rows } = await sql<{ line: string }>`select t::text as line from maven_projection t`.execute(db);
  for (const { line } of rows) yield `maven_projection ${line}\n`;
}

/**
 * The same of what artifacts imply alone: no column that Postgres makes of others, since two versions of Postgres may cut
 * words differently. For databases of two servers.
 */
export async function portableFingerprint(db: Kysely<Schema>): Promise<Dump> {
  const hash = createHash('sha256');
  let count = 0;
  for (const { table } of PROJECTED_TABLES) {
    const { rows } = await sql<{ line: string }>`
      select (to_jsonb(t) - 'search')::text as line from ${sql.table(table)} t order by id`.execute(db);
    for (const { line } of rows) hash.update(`${table} ${line}\n`);
    count += rows.length;
  }
  return { sha256: hash.digest('hex'), rows: count };
}

export async function fingerprint(db: Kysely<Schema>): Promise<Dump> {
  const hash = createHash('sha256');
  let rows = 0;
  for await (const line of dumpTables(db)) {
    hash.update(line);
    if (!line.startsWith('maven_projection ')) rows += 1;
  }
  return { sha256: hash.digest('hex'), rows };
}
