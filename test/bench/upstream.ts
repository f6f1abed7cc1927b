import { newDatabase, runSql } from './reference-load.js';

/** A database with MoHa's table and `rows` closed trades, spread over 2025. @returns its URL. */
export async function createUpstream(serverUrl: string, rows: number): Promise<string> {
  const url = await newDatabase(serverUrl);
  await runSql(url, [
    `create table bot_trades (id bigserial primary key, bot_id text, bot_type text, decision_id bigint, symbol text,
      side text, entry_price numeric, exit_price numeric, size numeric, leverage numeric, realized_pnl numeric,
      fees numeric, opened_at timestamptz, closed_at timestamptz, status text, close_reason text)`,
  ]);
  await insertTrades(url, rows, '365 days');
  await runSql(url, ['vacuum analyze bot_trades']);
  return url;
}

/** Closes `n` more trades, opened evenly over the last stretch of 2025. */
export async function insertTrades(url: string, n: number, span: string): Promise<void> {
  await runSql(url, [
    `insert into bot_trades (bot_id, bot_type, symbol, side, entry_price, exit_price, size, leverage, realized_pnl, fees,
       opened_at, closed_at, status, close_reason)
     select 'worker-' || (g % 7), 'worker_bot', (array['BTC-USD', 'ETH/USDT', 'SOL-PERP'])[1 + g % 3],
       (array['buy', 'sell'])[1 + g % 2], 43250.12 + g % 1000, 43251.5 + g % 1000, 0.25, 3,
       ((g::bigint * 7919) % 100000000)::numeric / 1000000 - 50, ((g::bigint * 104729) % 200000000)::numeric / 100000000,
       opened, opened + interval '1 hour', 'closed', 'take_profit'
     from (select g, timestamptz '2026-01-01Z' - g * (interval '${span}' / ${n}) + interval '1 microsecond' as opened
       from generate_series(1, ${n}) g) rows`,
  ]);
}
