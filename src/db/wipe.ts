import { type Kysely, sql } from 'kysely';
import type { Schema } from './schema.js';

/** Drops everything in the database's public schema. Only for scratch databases: the recovery drill and tests. */
export async function wipeDatabase(db: Kysely<Schema>): Promise<void> {
  await sql`drop schema public cascade`.execute(db);
  await sql`create schema public`.execute(db);
}
