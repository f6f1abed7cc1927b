import { randomBytes } from 'node:crypto';
import pg from 'pg';
import type { BotTrade, Moha, MohaSnapshot, RowSelection } from '../../../src/sources/moha/bot-trade.js';
import { openMoha } from '../../../src/sources/moha/open-moha.js';
import { createServerDatabase } from '../../support/databases.js';

/** MoHa's table as its own schema declares it. */
export const BOT_TRADES = `create table bot_trades (
  id bigserial primary key, bot_id varchar(64), decision_id bigint, symbol varchar(20), side varchar(10),
  entry_price numeric(38, 18), exit_price numeric(38, 18), size numeric(38, 18), realized_pnl numeric(38, 18),
  fees numeric(38, 18), opened_at timestamptz, closed_at timestamptz, status varchar(20))`;

export interface Upstream {
  readonly url: string;
  /** As the owner of the database, with all rights. */
  run(text: string): Promise<pg.QueryResult>;
  connect(): Promise<pg.Client>;
  /** Ends all that `connect` gave out: what a failed test left open must not hold up the next. */
  disconnect(): Promise<void>;
  open(options?: UpstreamOptions): Promise<Moha>;
  /** A login role that may do nothing yet; `url` logs in with it. */
  role(): Promise<{ readonly name: string; readonly url: string }>;
  drop(): Promise<void>;
}

export interface UpstreamOptions {
  readonly url?: string;
  readonly timeZone?: string;
  readonly requireReadOnlyRole?: boolean;
  readonly warn?: (message: string) => void;
}

/** A database of its own on the real server, for one suite. */
export async function createUpstream(): Promise<Upstream> {
  const { url, drop } = await createServerDatabase();
  const connect = async () => {
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => undefined);
    await client.connect();
    return client;
  };
  const owner = await connect();
  const clients: pg.Client[] = [];
  const roles: string[] = [];
  const opened: Moha[] = [];
  return {
    url,
    connect: async () => {
      const client = await connect();
      clients.push(client);
      return client;
    },
    disconnect: async () => {
      await Promise.all(clients.splice(0).map((client) => client.end()));
    },
    run: (text) => owner.query(text),
    open: async (options = {}) => {
      const moha = await openMoha(
        {
          connection: { url: options.url ?? url },
          timeZone: options.timeZone ?? 'UTC',
          tradeSources: [],
        },
        {
          requireReadOnlyRole: options.requireReadOnlyRole ?? false,
          warn: options.warn ?? (() => undefined),
        },
      );
      opened.push(moha);
      return moha;
    },
    role: async () => {
      const name = `reader_${randomBytes(6).toString('hex')}`;
      await owner.query(`create role ${name} login`);
      roles.push(name);
      const login = new URL(url);
      login.username = name;
      return { name, url: login.toString() };
    },
    drop: async () => {
      await Promise.all(clients.map((client) => client.end()));
      await Promise.all(opened.map((moha) => moha.close()));
      for (const name of roles) await owner.query(`drop owned by ${name}; drop role ${name}`);
      await owner.end();
      await drop();
    },
  };
}

export async function readRows(snapshot: MohaSnapshot, selection: RowSelection): Promise<BotTrade[]> {
  const rows: BotTrade[] = [];
  for await (const batch of snapshot.rows(selection)) rows.push(...batch);
  return rows;
}

export const readAll = (moha: Moha): Promise<BotTrade[]> =>
  moha.withSnapshot((snapshot) => readRows(snapshot, { kind: 'all' }));

export const idsOf = (rows: Iterable<BotTrade>): string[] => Array.from(rows, ({ id }) => id);

/** What a promise is rejected with. */
export const failure = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => {
      throw new Error('expected a failure');
    },
    (error: unknown) => error,
  );
