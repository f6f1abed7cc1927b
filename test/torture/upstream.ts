import pg from 'pg';
import { compareDecimals } from '../../parsers/decimal-arithmetic.js';
import type { FoldedTrade } from '../../parsers/fold-ledger.js';
import { readLedger } from '../ledger/sync-harness.js';
import type { TestUpstream } from '../ledger/upstream.js';
import { makeDatabase } from './database.js';
import type { Random } from './random.js';

/** The table as MoHa has it. */
export const BOT_TRADES = `create table bot_trades (
  id bigserial primary key, bot_id text, decision_id bigint, symbol text, side text,
  entry_price numeric, exit_price numeric, size numeric, realized_pnl numeric, fees numeric,
  opened_at timestamptz, closed_at timestamptz, status text)`;

/** A `bot_trades` on a real server that goes on trading while we are tortured. */
export async function makeUpstream(serverUrl: string, schema = BOT_TRADES): Promise<TestUpstream> {
  const database = await makeDatabase(serverUrl);
  const pool = new pg.Pool({ connectionString: database.url, max: 2 });
  pool.on('error', () => undefined);
  const clients: pg.Client[] = [];
  await pool.query(schema);
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

/** Opens trades and closes or corrects older ones, in one transaction. */
export async function trade(upstream: TestUpstream, random: Random, opened: number): Promise<void> {
  const dice = random.below(1_000_000);
  await upstream.run(
    `with closed as (
       update bot_trades set status = 'closed', exit_price = entry_price + 1, realized_pnl = ($2 % 1000) - 500.25,
         fees = 0.125, closed_at = now()
       where id in (select id from bot_trades where status = 'open' order by id limit $1))
     insert into bot_trades (bot_id, symbol, side, entry_price, size, opened_at, status)
     select 'worker-1', case n % 3 when 0 then 'BTC-USD' when 1 then 'eth' else 'SOL/USDT' end,
       case n % 2 when 0 then 'buy' else 'sell' end, 1000 + $2 % 997 + n, 1.125 + n % 5,
       now() - make_interval(days => ($2 % 3)::int) , 'open'
     from generate_series(1, $1) n`,
    [String(opened), String(dice)],
  );
}

/** Where a ledger and the upstream that it was synced from differ; none = each row is there once, as it is now. */
export async function differencesFrom(upstream: TestUpstream, folder: string): Promise<readonly string[]> {
  const { rows } = await upstream.run(
    'select id::text, status, realized_pnl::text as pnl, entry_price::text as entry from bot_trades order by id',
  );
  const trades = [...readLedger(folder).values()];
  // An id may have been given out again: then several trades have it.
  const byId = new Map<string, FoldedTrade[]>();
  for (const known of trades) {
    const id = known.record.externalTradeId;
    byId.set(id, [...(byId.get(id) ?? []), known]);
  }
  const faults = rows.flatMap(({ id, status, pnl, entry }) => {
    const known = byId.get(id ?? '') ?? [];
    if (known.length === 0) return [`upstream row ${id} is not in the ledger`];
    const isThere = known.some(
      ({ record }) =>
        record.status === status &&
        isSameAmount(record.realizedPnlUsd, pnl ?? null) &&
        isSameAmount(record.entryPrice, entry ?? null),
    );
    const ours = known.map(({ record }) => `${record.status} ${record.realizedPnlUsd}`).join(', ');
    return isThere ? [] : [`trade ${id} is ${ours}, upstream ${status} ${pnl}`];
  });
  if (trades.length !== rows.length)
    faults.push(`the ledger has ${trades.length} trades, upstream ${rows.length}`);
  return faults;
}

function isSameAmount(ours: string | null, theirs: string | null): boolean {
  return ours === null || theirs === null ? ours === theirs : compareDecimals(ours, theirs) === 0;
}
