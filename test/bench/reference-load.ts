import { randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream, mkdirSync } from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { PROJECTED_TABLES } from '../../src/projection/tables/index.js';
import type { Run } from './measure.js';

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

/** Writes the projected rows of every table to files, in COPY's text format. */
export async function exportRows(database: string, folder: string): Promise<string> {
  const target = path.join(folder, 'rows');
  mkdirSync(target, { recursive: true });
  await withClient(database, async (client) => {
    for (const { table, columns } of PROJECTED_TABLES) {
      const list = Object.keys(columns).join(', ');
      const stream = client.query(copyTo(`copy (select ${list} from ${table}) to stdout`));
      await pipeline(stream, createWriteStream(path.join(target, table)));
    }
  });
  return target;
}

/** Loads the files into the same tables, emptied, with all their indexes: what `psql \copy` does. */
export async function loadRows(database: string, folder: string): Promise<Run> {
  return withClient(database, async (client) => {
    for (const { table } of PROJECTED_TABLES) await client.query(`truncate ${table}`);
    const started = performance.now();
    for (const { table, columns } of PROJECTED_TABLES) {
      const list = Object.keys(columns).join(', ');
      const stream = client.query(copyFrom(`copy ${table} (${list}) from stdin`));
      await pipeline(createReadStream(path.join(folder, table)), stream);
    }
    return { seconds: (performance.now() - started) / 1000, peakMiB: 0, stdout: '' };
  });
}

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return work(client).finally(() => client.end());
}
