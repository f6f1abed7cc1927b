/** A process of its own that opens an embedded database, says so, and keeps it for a while. */
import { setTimeout as sleep } from 'node:timers/promises';
import { openEmbeddedDatabase } from '../../src/db/embedded-database.js';
import { sql } from '../../src/db/sql.js';

const [folder = '', milliseconds = '0'] = process.argv.slice(2);
const database = openEmbeddedDatabase({
  folder,
  lockTimeoutMs: 60_000,
  notice: (message) => console.error(message),
});
await database.withSession(async ({ db }) => {
  await sql`create table if not exists held (pid int)`.execute(db);
  await sql`insert into held values (${process.pid})`.execute(db);
});
console.log('open');
await sleep(Number(milliseconds));
await database.close();
console.log('closed');
