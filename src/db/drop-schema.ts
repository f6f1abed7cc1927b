import { type Kysely, sql } from 'kysely';
import type { Schema } from './schema.js';
import { BOOKKEEPING, FUNCTIONS, TABLES } from './schema-objects.js';

/** Tells which of our tables are there. */
export async function standingTables(
  db: Kysely<Schema>,
): Promise<{ readonly ours: number; readonly all: boolean }> {
  const { rows } = await sql<{ count: string; projection: string | null }>`
    select count(*) as count, to_regclass('maven_projection')::text as projection
    from (values ${sql.join(TABLES.map((name) => sql`(${sql.lit(name)})`))}) as t (name)
    where to_regclass(name) is not null`.execute(db);
  const count = Number(rows[0]?.count ?? 0);
  return { ours: rows[0]?.projection == null ? 0 : count, all: count === TABLES.length };
}

/**
 * Drops everything that the migrations make, with whatever hangs on it. All of it follows from git; it is made anew by
 * the next migration. In a transaction of its own.
 */
export async function dropSchema(db: Kysely<Schema>): Promise<void> {
  const { rows } = await sql<{ name: string; kind: string }>`
    select c.oid::regclass::text as name,
      case c.relkind when 'v' then 'view' when 'm' then 'materialized view' when 'f' then 'foreign table' else 'table' end as kind
    from pg_class c where c.relnamespace = current_schema()::regnamespace
      and c.relname in (${sql.join([...TABLES, ...BOOKKEEPING].map((name) => sql.lit(name)))}) and c.relkind in ('r', 'v', 'm', 'f', 'p')`.execute(
    db,
  );
  for (const { name, kind } of rows)
    await sql`drop ${sql.raw(kind)} if exists ${sql.raw(name)} cascade`.execute(db);
  const functions = await sql<{ name: string }>`
    select p.oid::regprocedure::text as name from pg_proc p
    where p.pronamespace = current_schema()::regnamespace and p.proname in (${sql.join(FUNCTIONS.map((name) => sql.lit(name)))})`.execute(
    db,
  );
  for (const { name } of functions.rows)
    await sql`drop function if exists ${sql.raw(name)} cascade`.execute(db);
}
