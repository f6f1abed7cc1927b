import type { Pool, PoolClient } from 'pg';
import type { PostgresConnection } from '../../config.js';
import { describePostgres, postgresAddress, TEXT_TYPES } from '../../postgres-connection.js';
import type { UpstreamConnection } from './bot-trade.js';
import { endingClient } from './ending-client.js';
import { RowFetch } from './row-fetch.js';
import { upstreamConnectError, upstreamError } from './upstream-error.js';

const CONNECT_TIMEOUT_MS = 5000;
const POOL_SIZE = 2;

/**
 * The session, and the transaction in it.
 *
 * It is one message on purpose. A pooler that gives a server to each transaction would otherwise leave these settings
 * on a server that the next client gets, whose writes would then fail; so they are part of the transaction and vanish
 * with its ROLLBACK. They are session settings nevertheless, so that a COMMIT would leave a session that cannot write.
 * Floats are printed with every digit whatever the role's default is; the cursor is planned for reading to its end.
 * Compiling a statement takes a third as long as finding ten changed rows among a million, and quickens nothing here.
 */
const BEGIN_SQL = [
  'set default_transaction_read_only to on',
  "set timezone to 'UTC'",
  "set datestyle to 'ISO, YMD'",
  'set standard_conforming_strings to on',
  'set extra_float_digits to 3',
  'set client_min_messages to warning',
  "set statement_timeout to '120s'",
  "set lock_timeout to '5s'",
  "set idle_in_transaction_session_timeout to '10min'",
  'set cursor_tuple_fraction to 1',
  'set jit to off',
  'begin isolation level repeatable read read only',
  // Takes the snapshot: from now on the transaction cannot be made a writing one.
  'select 1',
].join('; ');

/** A pool of sessions on an upstream server, each inside a read-only transaction. */
export interface ServerSessions {
  readonly description: string;
  /**
   * Runs `work` on a session in a transaction that is rolled back afterwards.
   *
   * The connection takes any single statement; {@link guardConnection} is what makes it safe to hand on.
   */
  withSession<T>(work: (connection: UpstreamConnection) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** Opens a pool on an upstream server; nothing connects before the first use. */
export async function openServerSessions(connection: PostgresConnection): Promise<ServerSessions> {
  const { default: pg } = await import('pg');
  const description = describePostgres(connection);
  const pool = new pg.Pool({
    ...postgresAddress(connection),
    application_name: 'maven-git sync',
    max: POOL_SIZE,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    types: TEXT_TYPES as never,
    Client: endingClient(pg.Client),
  });
  // Without a listener, a session that an administrator ends while it is idle would end this process.
  pool.on('error', () => undefined);
  return {
    description,
    withSession: (work) => withSession(pool, description, work),
    close: () => pool.end(),
  };
}

async function withSession<T>(
  pool: Pool,
  description: string,
  work: (connection: UpstreamConnection) => Promise<T>,
): Promise<T> {
  const client = await connect(pool, description);
  // Why the connection went away is said once, in an event; a statement that comes later only learns that it is gone.
  let loss: Error | undefined;
  const noteLoss = (error: Error) => {
    loss ??= error;
  };
  client.on('error', noteLoss);
  let reusable = false;
  try {
    await client.query(BEGIN_SQL).catch((error: unknown) => {
      throw upstreamConnectError(loss ?? error, description);
    });
    const orLoss = async <T>(answer: Promise<T>): Promise<T> => {
      try {
        return await answer;
      } catch (error) {
        throw upstreamError(loss ?? error, description);
      }
    };
    const result = await work({
      query: (text) => orLoss(queryOne(client, text)),
      queryRaw: (text, expectedBytes) => orLoss(client.query(new RowFetch(text, expectedBytes)).rows),
    });
    // What was read stands, even when the connection fails only now.
    reusable = await client.query('rollback').then(
      () => true,
      () => false,
    );
    return result;
  } finally {
    client.off('error', noteLoss);
    client.release(!reusable);
  }
}

async function connect(pool: Pool, description: string): Promise<PoolClient> {
  try {
    return await pool.connect();
  } catch (error) {
    throw upstreamConnectError(error, description);
  }
}

/** Through the extended protocol, in which the server itself refuses a second statement. */
async function queryOne(client: PoolClient, text: string): Promise<readonly (readonly (string | null)[])[]> {
  const query = { text, rowMode: 'array' as const, queryMode: 'extended' };
  const { rows } = await client.query<(string | null)[]>(query);
  return rows;
}
