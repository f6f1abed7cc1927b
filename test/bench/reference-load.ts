import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { PROJECTED_TABLES } from '../../src/projection/tables/index.js';
import { type Run, runProcess } from './measure.js';

export async function newDatabase(maintenance: string): Promise<string> {
  const name = `bench_${randomBytes(5).toString('hex')}`;
  await withClient(maintenance, (client) => client.query(`create database ${name}`));
  const url = new URL(maintenance);
  url.pathname = `/${name}`;
  return url.toString();
}

export async function dropDatabase(maintenance: string, database: string): Promise<void> {
  const name = new URL(database).pathname.slice(1);
  await withClient(maintenance, (client) => client.query(`drop database ${name} with (force)`));
}

/** Before each side, so that neither pays for what the other has left to be written. */
export async function settle(database: string): Promise<void> {
  const notAllowed = '42501';
  await withClient(database, (client) => client.query('checkpoint')).catch((error: unknown) => {
    if ((error as { code?: string }).code !== notAllowed) throw error;
  });
}

/** Runs psql as a process of its own, as a person would. */
export function runPsql(database: string, commands: readonly string[]): Promise<Run> {
  const options = ['--no-psqlrc', '--quiet', '--set', 'ON_ERROR_STOP=1'];
  return runProcess('psql', [...options, '--dbname', database, ...commands.flatMap((text) => ['-c', text])]);
}

/** Writes the projected rows of every table to files, in COPY's text format. */
export async function exportRows(database: string, folder: string): Promise<string> {
  const target = path.join(folder, 'rows');
  mkdirSync(target, { recursive: true });
  await runPsql(
    database,
    PROJECTED_TABLES.map(
      ({ table, columns }) =>
        `\\copy (select ${Object.keys(columns).join(', ')} from ${table}) to '${path.join(target, table)}'`,
    ),
  );
  return target;
}

/** Loads the files into the same tables, emptied before, with all their indexes, by one `psql \copy`. */
export async function loadRows(database: string, folder: string): Promise<Run> {
  const tables = PROJECTED_TABLES.map(({ table }) => table).join(', ');
  await runSql(database, [`truncate ${tables}`]);
  await settle(database);
  return runPsql(
    database,
    PROJECTED_TABLES.map(
      ({ table, columns }) =>
        `\\copy ${table} (${Object.keys(columns).join(', ')}) from '${path.join(folder, table)}'`,
    ),
  );
}

/** Runs statements one after the other. */
export async function runSql(database: string, statements: readonly string[]): Promise<void> {
  await withClient(database, async (client) => {
    for (const statement of statements) await client.query(statement);
  });
}

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return work(client).finally(() => client.end());
}
