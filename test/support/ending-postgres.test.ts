import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openServerDatabase } from '../../src/db/server-database.js';
import { sql } from '../../src/db/sql.js';
import { openMoha } from '../../src/sources/moha/open-moha.js';
import { type EndingPostgres, startEndingPostgres } from './ending-postgres.js';

/** Found by torture: an error event that nobody listened to yet ended the whole process. */
describe('a session that is ended in the breath in which it begins', () => {
  let server: EndingPostgres;
  beforeEach(async () => {
    server = await startEndingPostgres();
  });
  afterEach(() => server.close());

  it('of the projection is an error that says so', async () => {
    const database = await openServerDatabase({ url: server.url }, 1000);
    await expect(database.withSession(({ db }) => sql`select 1`.execute(db))).rejects.toMatchObject({
      code: 'DATABASE_UNREACHABLE',
    });
    await database.close();
  });

  it('of upstream is an error that says so', async () => {
    const moha = await openMoha(
      { connection: { url: server.url }, timeZone: 'UTC', tradeSources: [] },
      { requireReadOnlyRole: false, warn: () => undefined },
    );
    await expect(moha.withSnapshot(async () => undefined)).rejects.toMatchObject({
      code: 'UPSTREAM_UNREACHABLE',
    });
    await moha.close();
  });
});
