import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { describe, inject } from 'vitest';
import type { Database } from '../../src/db/database.js';
import { openEmbeddedDatabase } from '../../src/db/embedded-database.js';
import { openServerDatabase } from '../../src/db/server-database.js';
import { wipeDatabase } from '../../src/db/wipe.js';

/** A database for one test after the other, each beginning empty. */
export interface TestDatabase {
  /** The same database, emptied. */
  fresh(): Promise<Database>;
  close(): Promise<void>;
}

/** Makes an empty database on the real server; answers its URL and how to drop it. */
export async function createServerDatabase(): Promise<{ readonly url: string; drop(): Promise<void> }> {
  const maintenance = inject('postgresUrl');
  const name = `maven_test_${randomBytes(6).toString('hex')}`;
  const run = async (statement: string): Promise<void> => {
    const client = new pg.Client({ connectionString: maintenance });
    await client.connect();
    await client.query(statement).finally(() => client.end());
  };
  await run(`create database ${name}`);
  const url = new URL(maintenance);
  url.pathname = `/${name}`;
  return { url: url.toString(), drop: () => run(`drop database if exists ${name} with (force)`) };
}

async function openTestServer(): Promise<TestDatabase> {
  const created = await createServerDatabase();
  const database = await openServerDatabase({ url: created.url }, 10_000);
  return {
    fresh: () => emptied(database),
    close: async () => {
      await database.close();
      await created.drop();
    },
  };
}

async function openTestEmbedded(): Promise<TestDatabase> {
  const database = openEmbeddedDatabase({ folder: null, lockTimeoutMs: 10_000, notice: () => undefined });
  return { fresh: () => emptied(database), close: () => database.close() };
}

async function emptied(database: Database): Promise<Database> {
  await database.withSession((session) => wipeDatabase(session.db));
  return database;
}

/** Runs one suite over the embedded database and over a real Postgres server. */
export function describeEachDatabase(name: string, suite: (open: () => Promise<TestDatabase>) => void): void {
  describe(`${name} (embedded PGlite)`, () => suite(openTestEmbedded));
  describe(`${name} (Postgres server)`, () => suite(openTestServer));
}
