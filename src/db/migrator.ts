import { Migrator, sql } from 'kysely';
import { codeOf, MavenError } from '../errors.js';
import type { Session } from './database.js';
import { dropSchema, standingTables } from './drop-schema.js';
import { MIGRATIONS } from './migrations/index.js';
import { schemaChanges } from './schema-definition.js';
import { inTransaction } from './transaction.js';

const MIGRATION_TABLE = 'maven_migration';
/** Any constant serves, as long as every maven-git takes the same one. */
const MIGRATION_LOCK = '7162538840112345';

/**
 * Brings the schema up to date. Safe with any number of processes at once: each waits for the advisory lock, and
 * finds the work done.
 *
 * @throws {@link MavenError} SCHEMA_TOO_NEW when a newer maven-git has migrated this database.
 */
export async function migrate(session: Session): Promise<void> {
  if ((await schemaState(session)) === 'current') return;
  await sql`select pg_advisory_lock(${sql.lit(MIGRATION_LOCK)}::bigint)`.execute(session.db);
  try {
    if ((await schemaState(session)) === 'current') return;
    await runMigrations(session);
  } finally {
    await sql`select pg_advisory_unlock(${sql.lit(MIGRATION_LOCK)}::bigint)`
      .execute(session.db)
      .catch(() => undefined);
  }
}

/** `damaged`: the tables are ours, but some are gone, or what is recorded of them contradicts itself. */
export type SchemaState = 'none' | 'behind' | 'current' | 'damaged';

/**
 * Tells whether this program's tables are there.
 *
 * @throws {@link MavenError} SCHEMA_TOO_NEW.
 */
export async function schemaState(session: Session): Promise<SchemaState> {
  const applied = await appliedMigrations(session);
  const known = Object.keys(MIGRATIONS);
  const unknown = applied.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new MavenError(
      'SCHEMA_TOO_NEW',
      `the database was migrated by a newer maven-git (${unknown.join(', ')})`,
      {
        hint: 'upgrade maven-git, or point it at another database',
        data: { unknown },
      },
    );
  }
  const standing = await standingTables(session.db);
  if (applied.length === 0) return standing.ours > 0 ? 'damaged' : 'none';
  if (applied.some((name, i) => name !== known[i])) return 'damaged';
  if (applied.length < known.length) return 'behind';
  return standing.all ? 'current' : 'damaged';
}

/**
 * Brings the schema up to date, and makes it anew where it is damaged: everything in it follows from git.
 *
 * @param compare - also make it anew where a definition is not what the migrations made.
 */
export async function prepareSchema(session: Session, compare: boolean): Promise<void> {
  const state = await schemaState(session);
  if (state === 'current' && !(compare && (await changedDefinitions(session)))) return;
  if (state === 'current' || state === 'damaged') {
    await inTransaction(session, async () => ({ commit: true, result: await dropSchema(session.db) }));
  }
  await migrate(session);
}

async function changedDefinitions(session: Session): Promise<boolean> {
  return inTransaction(session, async () => ({
    commit: false,
    result: (await schemaChanges(session)).length > 0,
  }));
}

async function appliedMigrations(session: Session): Promise<readonly string[]> {
  const found = await sql<{ name: string | null }>`
    select to_regclass(${sql.lit(MIGRATION_TABLE)})::text as name`.execute(session.db);
  if (found.rows[0]?.name == null) return [];
  const rows = await sql<{
    name: string;
  }>`select name from ${sql.table(MIGRATION_TABLE)} order by name`.execute(session.db);
  return rows.rows.map((row) => row.name);
}

/** Kysely would look for its tables in every schema of the database, ours are in the first of the search path. */
async function currentSchema(session: Session): Promise<string> {
  const { rows } = await sql<{ name: string }>`select current_schema() as name`.execute(session.db);
  return rows[0]?.name ?? 'public';
}

async function runMigrations(session: Session): Promise<void> {
  const migrator = new Migrator({
    db: session.db,
    provider: { getMigrations: async () => ({ ...MIGRATIONS }) },
    migrationTableSchema: await currentSchema(session),
    migrationTableName: MIGRATION_TABLE,
    migrationLockTableName: `${MIGRATION_TABLE}_lock`,
  });
  const { error } = await migrator.migrateToLatest();
  if (error === undefined) return;
  if (codeOf(error) === '42P07') {
    throw new MavenError(
      'DATABASE_FAILED',
      `tables of another program are in the way: ${String((error as Error).message)}`,
      {
        hint: 'they are a copy of git: drop them or move them to another schema (alter table ... set schema ...), then reconcile',
        cause: error,
      },
    );
  }
  throw error;
}
