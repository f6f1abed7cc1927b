import pg from 'pg';
import { createServerDatabase } from '../support/databases.js';

/** A `bot_trades` of MoHa on the real server, driven by a test. */
export interface TestUpstream {
  readonly url: string;
  /** Runs statements in a transaction of their own. */
  run(sql: string, values?: readonly unknown[]): Promise<pg.QueryResult<Record<string, string | null>>>;
  /** Another session, for transactions that stay open. */
  connect(): Promise<pg.Client>;
  drop(): Promise<void>;
}

export const CREATE_BOT_TRADES = `create table bot_trades (
  id bigserial primary key, bot_id text, decision_id bigint, symbol text, side text,
  entry_price numeric, exit_price numeric, size numeric, realized_pnl numeric, fees numeric,
  opened_at timestamptz, closed_at timestamptz, status text)`;

export async function createUpstream(schema = CREATE_BOT_TRADES): Promise<TestUpstream> {
  const database = await createServerDatabase();
  const pool = new pg.Pool({ connectionString: database.url, max: 2 });
  pool.on('error', () => undefined);
  const clients: pg.Client[] = [];
  if (schema !== '') await pool.query(schema);
  return {
    url: database.url,
    run: (sql, values = []) => pool.query({ text: sql, values: [...values] }),
    connect: async () => {
      const client = new pg.Client({ connectionString: database.url });
      client.on('error', () => undefined);
      await client.connect();
      clients.push(client);
      return client;
    },
    drop: async () => {
      await Promise.all(clients.map((client) => client.end().catch(() => undefined)));
      await pool.end();
      await database.drop();
    },
  };
}
