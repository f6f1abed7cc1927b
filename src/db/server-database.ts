import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Pool, PoolClient } from 'pg';
import type { PostgresConnection } from '../config.js';
import { codeOf } from '../errors.js';
import { describePostgres, postgresAddress, TEXT_TYPES } from '../postgres-connection.js';
import type { Database, ProjectedState, Session } from './database.js';
import { connectError, databaseError } from './database-error.js';
import { PEEK_SQL, stateFromRow } from './projected-state.js';

const CONNECT_TIMEOUT_MS = 5000;
const POOL_SIZE = 4;

/** The session every connection of ours has; times are written and read in UTC. */
const SESSION_SQL =
  "set timezone to 'UTC'; set datestyle to 'ISO, YMD'; set standard_conforming_strings to on; set client_min_messages to warning; set session characteristics as transaction isolation level read committed, read write";

/**
 * Opens a pool on a Postgres server; nothing connects before the first use.
 *
 * @param lockTimeoutMs - longest wait for a lock of another session.
 */
export async function openServerDatabase(
  connection: PostgresConnection,
  lockTimeoutMs: number,
): Promise<Database> {
  const { default: pg } = await import('pg');
  const description = describePostgres(connection);
  const pool = new pg.Pool({
    ...postgresAddress(connection),
    application_name: 'maven-git',
    max: POOL_SIZE,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    lock_timeout: lockTimeoutMs,
    types: TEXT_TYPES as never,
  });
  // Without a listener, a session that an administrator ends while it is idle would end this process.
  pool.on('error', () => undefined);
  // Nor may one that is ended in the breath in which it began, before whoever asked for it can listen.
  pool.on('connect', (client) => void client.on('error', () => undefined));
  return {
    kind: 'postgres',
    description,
    peek: () => peek(pool, description),
    withSession: (work) => withSession(pool, description, work),
    close: () => pool.end(),
  };
}

async function peek(pool: Pool, description: string): Promise<ProjectedState | null> {
  try {
    const { rows } = await pool.query(PEEK_SQL);
    return stateFromRow(rows[0]);
  } catch (error) {
    if (codeOf(error) === '42P01' || codeOf(error) === '42703') return null;
    throw connectError(error, description);
  }
}

async function withSession<T>(
  pool: Pool,
  description: string,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  let client: PoolClient;
  try {
    client = await pool.connect();
  } catch (error) {
    throw connectError(error, description);
  }
  const ignoreLoss = () => undefined;
  client.on('error', ignoreLoss);
  let failed = true;
  try {
    await client.query(SESSION_SQL);
    const { kyselyOn } = await import('./single-connection.js');
    const db = kyselyOn({
      query: async (text, values) => {
        const answer = await client.query({ text, values: [...values] });
        return { command: answer.command, rowCount: answer.rowCount ?? 0, rows: answer.rows };
      },
    });
    const result = await work({
      db,
      copyInto: (table, columns, chunks) => copyInto(client, table, columns, chunks),
    });
    failed = false;
    return result;
  } catch (error) {
    throw databaseError(error, description);
  } finally {
    client.off('error', ignoreLoss);
    // A connection that failed in the middle of something is not given to the next caller.
    client.release(failed);
  }
}

async function copyInto(
  client: PoolClient,
  table: string,
  columns: readonly string[],
  chunks: AsyncIterable<Buffer>,
): Promise<void> {
  const { from } = await import('pg-copy-streams');
  const stream = client.query(from(`copy ${table} (${columns.join(', ')}) from stdin`));
  await pipeline(Readable.from(chunks, { objectMode: true, highWaterMark: 4 }), stream);
}
