import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { inTurn, median, type Run, runProcess } from './measure.js';
import { dropDatabase, newDatabase } from './reference-load.js';

export type Record = (what: string, against: string, goal: number, left: Run, right: Run) => void;

export interface SyncBench {
  /** URL of the server's maintenance database. */
  readonly serverUrl: string;
  readonly folder: string;
  readonly program: string;
  readonly rows: number;
  readonly runs: number;
  readonly record: Record;
}

const SMALL = 1000;
/** Refuses at once: what is measured ends with the commit, not with the projection. */
const NO_DATABASE = 'postgres://127.0.0.1:1/none';

/** First sync of many upstream rows against writing the same rows to a file; then ten new rows beside many and few. */
export async function benchSync(bench: SyncBench): Promise<void> {
  const large = await createUpstream(bench, bench.rows);
  const small = await createUpstream(bench, SMALL);
  const firsts: Run[] = [];
  const copies: Run[] = [];
  for (let i = 0; i < bench.runs; i++) {
    copies.push(await copyOut(bench, large));
    firsts.push(await sync(bench, await createRepository(bench, `first-${i}`), large));
  }
  const what = `first sync of ${bench.rows.toLocaleString('en-US')} upstream rows`;
  bench.record(what, 'COPY of the same rows to a file', 6, median(firsts), median(copies));
  const few = await createRepository(bench, 'few');
  await sync(bench, few, small);
  const many = path.join(bench.folder, 'first-0');
  const tenMore = async (repository: string, upstream: string): Promise<Run> => {
    await insertRows(upstream, 10, '1 day');
    return sync(bench, repository, upstream);
  };
  const later = await inTurn(
    bench.runs * 3,
    () => tenMore(many, large),
    () => tenMore(few, small),
  );
  const beside = `the same with ${SMALL.toLocaleString('en-US')} trades`;
  bench.record('sync of ten new rows, large ledger', beside, 1.2, later.left, later.right);
  await dropDatabase(bench.serverUrl, large);
  await dropDatabase(bench.serverUrl, small);
}

async function sync(bench: SyncBench, repository: string, upstream: string): Promise<Run> {
  const env = { MOHA_DATABASE_URL: upstream, MAVEN_DATABASE_URL: NO_DATABASE };
  return runProcess('node', [bench.program, 'sync', 'trades', '--repo', repository], { env });
}

async function createRepository(bench: SyncBench, name: string): Promise<string> {
  const folder = path.join(bench.folder, name);
  await mkdir(folder, { recursive: true });
  await runProcess('git', ['init', '--quiet', '--initial-branch=main'], { cwd: folder });
  const env = { MAVEN_DATABASE_URL: NO_DATABASE };
  await runProcess('node', [bench.program, 'init', '--repo', folder], { env });
  return folder;
}

async function createUpstream(bench: SyncBench, rows: number): Promise<string> {
  const url = await newDatabase(bench.serverUrl);
  await run(url, [
    `create table bot_trades (id bigserial primary key, bot_id text, bot_type text, decision_id bigint, symbol text,
      side text, entry_price numeric, exit_price numeric, size numeric, leverage numeric, realized_pnl numeric,
      fees numeric, opened_at timestamptz, closed_at timestamptz, status text, close_reason text)`,
  ]);
  await insertRows(url, rows);
  await run(url, ['analyze bot_trades']);
  return url;
}

/** Closed trades, `n` of them, from the highest id on, opened in the last days of 2025. */
async function insertRows(url: string, n: number, span = '365 days'): Promise<void> {
  await run(url, [
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

async function copyOut(bench: SyncBench, url: string): Promise<Run> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const started = performance.now();
    const stream = client.query(copyTo('copy (select * from bot_trades) to stdout'));
    await pipeline(stream, createWriteStream(path.join(bench.folder, 'rows.txt')));
    return { seconds: (performance.now() - started) / 1000, peakMiB: 0, stdout: '' };
  } finally {
    await client.end();
  }
}

async function run(url: string, statements: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}
