import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../../src/db/database.js';
import { MIGRATIONS } from '../../src/db/migrations/index.js';
import { migrate, schemaState } from '../../src/db/migrator.js';
import { openServerDatabase } from '../../src/db/server-database.js';
import { sql } from '../../src/db/sql.js';
import { createServerDatabase } from '../support/databases.js';

describe('migrate', () => {
  let created: Awaited<ReturnType<typeof createServerDatabase>>;
  const opened: Database[] = [];
  const open = async (): Promise<Database> => {
    const database = await openServerDatabase({ url: created.url }, 10_000);
    opened.push(database);
    return database;
  };
  beforeEach(async () => {
    created = await createServerDatabase();
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((database) => database.close()));
    await created.drop();
  });

  it('is safe with ten at once', async () => {
    const databases = await Promise.all(Array.from({ length: 10 }, open));
    await Promise.all(databases.map((database) => database.withSession(migrate)));
    const database = await open();
    await database.withSession(async (session) => {
      expect(await schemaState(session)).toBe('current');
      const { rows } = await sql<{ name: string }>`select name from maven_migration order by name`.execute(
        session.db,
      );
      expect(rows.map((row) => row.name)).toEqual(Object.keys(MIGRATIONS));
    });
  });

  it('refuses a database that a newer program has migrated', async () => {
    const database = await open();
    await database.withSession(async (session) => {
      await migrate(session);
      await sql`insert into maven_migration (name, timestamp) values ('9999-from-the-future', '')`.execute(
        session.db,
      );
    });
    await expect(database.withSession(migrate)).rejects.toMatchObject({
      code: 'SCHEMA_TOO_NEW',
      message: expect.stringContaining('9999-from-the-future'),
    });
  });

  it("says what to do about another program's tables, and leaves them alone", async () => {
    const database = await open();
    await database.withSession((session) =>
      sql`create table maven_trades (id serial, note text)`.execute(session.db),
    );
    await expect(database.withSession(migrate)).rejects.toMatchObject({
      code: 'DATABASE_FAILED',
      hint: expect.stringContaining('drop them or move them'),
    });
    const columns = await database.withSession((session) =>
      sql<{ column_name: string }>`select column_name from information_schema.columns
        where table_name = 'maven_trades' order by 1`.execute(session.db),
    );
    expect(columns.rows.map((row) => row.column_name)).toEqual(['id', 'note']);
  });
});
