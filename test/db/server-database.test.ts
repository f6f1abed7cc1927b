import pg from 'pg';
import { describe, expect, inject, it } from 'vitest';
import { openServerDatabase } from '../../src/db/server-database.js';
import { sql } from '../../src/db/sql.js';

const ping = async (url: string): Promise<unknown> => {
  const database = await openServerDatabase({ url }, 1000);
  try {
    return await database.withSession((session) => sql`select 1`.execute(session.db));
  } finally {
    await database.close();
  }
};

describe('a server that is away or refuses', () => {
  it('names a server that does not answer, without the password', async () => {
    const error = await ping('postgres://u:topsecret@127.0.0.1:1/d').catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: 'DATABASE_UNREACHABLE',
      message: expect.stringContaining('127.0.0.1:1/d'),
    });
    expect(JSON.stringify(error)).not.toContain('topsecret');
    expect((error as Error).message).not.toContain('topsecret');
  });

  it('names a login that is refused', async () => {
    const client = new pg.Client({ connectionString: inject('postgresUrl') });
    await client.connect();
    await client.query(
      "do $$ begin create role locked login password 'right'; exception when duplicate_object then null; end $$",
    );
    await client.end();
    const url = new URL(inject('postgresUrl'));
    url.username = 'locked';
    url.password = 'wrong';
    await expect(ping(url.toString())).rejects.toMatchObject({ code: 'DATABASE_AUTH' });
  });

  it('names a database that does not exist', async () => {
    const url = new URL(inject('postgresUrl'));
    url.pathname = '/no_such_database';
    await expect(ping(url.toString())).rejects.toMatchObject({
      code: 'DATABASE_UNREACHABLE',
      message: expect.stringContaining('no_such_database'),
    });
  });

  it('survives a session that an administrator ends, and goes on with the next', async () => {
    const database = await openServerDatabase({ url: inject('postgresUrl') }, 1000);
    const pid = (session: Parameters<Parameters<typeof database.withSession>[0]>[0]) =>
      sql<{ pid: string }>`select pg_backend_pid() as pid`
        .execute(session.db)
        .then(({ rows }) => rows[0]?.pid ?? '');
    const first = await database.withSession(pid);
    const other = new pg.Client({ connectionString: inject('postgresUrl') });
    await other.connect();
    await other.query('select pg_terminate_backend($1)', [first]);
    const ended = database.withSession(async (session) => {
      const own = await pid(session);
      await other.query('select pg_terminate_backend($1)', [own]);
      return sql`select 1`.execute(session.db);
    });
    await expect(ended).rejects.toMatchObject({ code: 'DATABASE_UNREACHABLE' });
    expect(await database.withSession(pid)).not.toBe(first);
    await other.end();
    await database.close();
  });
});
