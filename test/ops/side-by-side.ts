// Runs the command line of every service of docker-compose.yml side by side, against a real Postgres, a real Redis, an
// upstream that lives and a stand-in for the exchange, then looks for errors and drift.
//
//   node dist/test/ops/side-by-side.js --minutes 10
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { parse } from 'yaml';
import { startStandIn } from '../../src/sources/hyperliquid/stand-in/start-stand-in.js';
import { newDatabase } from '../bench/reference-load.js';
import { startPostgres } from '../support/postgres-server.js';
import { startRedis } from '../support/redis-server.js';
import { removeFolder } from '../support/remove-folder.js';

const ROOT = path.resolve(import.meta.dirname, '../../..');
const PROGRAM = path.join(ROOT, 'dist/bin/maven-git.js');
const ADDRESS = `0x${'c0de'.repeat(10)}`;
/** So that ten minutes see many rounds. */
const QUICKER: Readonly<Record<string, string>> = { '300': '5', '3600': '30' };

interface Compose {
  readonly services: Readonly<
    Record<string, { readonly image: string; readonly command?: readonly string[] }>
  >;
}

const minutes = Number(process.argv[process.argv.indexOf('--minutes') + 1] ?? 10);
const server = await startPostgres();
const redis = await startRedis();
const [projection, upstream] = [await newDatabase(server.url), await newDatabase(server.url)];
const folder = mkdtempSync(path.join(os.tmpdir(), 'maven-side-by-side-'));
const startedMs = Date.now();
const standIn = await startStandIn({
  clock: () => new Date(),
  script: {
    address: ADDRESS,
    moments: Array.from({ length: 200 }, (_, i) => ({
      at: new Date(startedMs - 3_600_000 + i * 60_000).toISOString(),
      perp: { accountValue: `${10_000 + i}.0` },
    })),
    flows: [{ at: new Date(startedMs + 45_000).toISOString(), delta: { type: 'deposit', usdc: '500.0' } }],
  },
});
const env = {
  ...process.env,
  MAVEN_DATABASE_URL: projection,
  REDIS_URL: redis.url,
  MOHA_DATABASE_URL: upstream,
  HYPERLIQUID_ADDRESS: ADDRESS,
  HYPERLIQUID_API_URL: standIn.url,
  MAVEN_GIT_AUTHOR: 'Maven <maven@example.org>',
};
const maven = (...args: readonly string[]): string =>
  execFileSync(process.execPath, [PROGRAM, ...args], { cwd: folder, env, encoding: 'utf8' });

const client = new pg.Client({ connectionString: upstream });
await client.connect();
await client.query(`create table bot_trades (id bigserial primary key, bot_id text, decision_id bigint, symbol text,
  side text, entry_price numeric, exit_price numeric, size numeric, realized_pnl numeric, fees numeric,
  opened_at timestamptz, closed_at timestamptz, status text)`);

/** Opens some trades, closes some: what bots do in a second. */
async function trade(): Promise<void> {
  await client.query(`insert into bot_trades (bot_id, symbol, side, entry_price, size, fees, opened_at, status)
    select 'worker-' || (random() * 5)::int, 'BTC-USD', 'buy', 50000, 0.1, 0.5, clock_timestamp(), 'open'
    from generate_series(1, 2)`);
  await client.query(`update bot_trades set status = 'closed', exit_price = 50100, realized_pnl = 10,
    closed_at = clock_timestamp() where id in (select id from bot_trades where status = 'open' order by random() limit 1)`);
}

execFileSync('git', ['init', '--quiet', '--initial-branch=main', folder]);
maven('init');
const compose = parse(readFileSync(path.join(ROOT, 'docker-compose.yml'), 'utf8'), {
  merge: true,
}) as Compose;
const services = Object.entries(compose.services)
  .filter(([, { image }]) => image === 'maven-git')
  .map(([name, { command = [] }]) => {
    const args = command.map((word) => QUICKER[word] ?? word);
    const child = spawn(process.execPath, [PROGRAM, ...args], { cwd: folder, env, stdio: 'pipe' });
    const service = { name, child, output: '', exit: undefined as number | null | undefined };
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => {
        service.output += chunk.toString('utf8');
      });
    const ended = new Promise<void>((resolve) =>
      child.once('close', (code) => {
        service.exit = code;
        resolve();
      }),
    );
    return { service, ended };
  });

let recorded = 0;
for (let second = 0; second < minutes * 60; second++) {
  await trade();
  if (second % 20 === 10) {
    maven(
      'record',
      'decision',
      '--type',
      'buy',
      '--asset',
      'BTC',
      '--confidence',
      '70',
      '--action',
      `round ${second}`,
    );
    recorded += 1;
  }
  if (second % 60 === 0) console.log(`minute ${second / 60}: ${maven('status').split('\n')[2]?.trim()}`);
  await sleep(Math.max(0, startedMs + second * 1000 - Date.now()));
}
for (const { service } of services) service.child.kill('SIGTERM');
services[0]?.service.child.stdin.end();
await Promise.all(services.map(({ ended }) => ended));
maven('sync', 'trades', '--mode', 'full');
const { rows } = await client.query<{ n: string; net: string }>(
  `select count(*) as n, sum(realized_pnl - fees)::text as net from bot_trades where status = 'closed'`,
);
const trades = JSON.parse(maven('trades', '--status', 'closed', '--limit', '1', '--json')) as {
  readonly total: number;
  readonly totals: { readonly net_pnl_usd: string };
};
const faults: string[] = [];
for (const { service } of services) {
  if (service.exit !== 0) faults.push(`${service.name} ended with ${service.exit}`);
  const errors = service.output.split('\n').filter((line) => / - (ERROR|CRITICAL) - /.test(line));
  faults.push(...errors.map((line) => `${service.name}: ${line}`));
}
if (trades.total !== Number(rows[0]?.n))
  faults.push(`${trades.total} closed trades, upstream has ${rows[0]?.n}`);
if (Number(trades.totals.net_pnl_usd) !== Number(rows[0]?.net))
  faults.push(`net ${trades.totals.net_pnl_usd}, upstream ${rows[0]?.net}`);
const verified = JSON.parse(maven('verify', '--json')) as {
  readonly verdict: string;
  readonly warnings: number;
};
if (verified.verdict !== 'in sync') faults.push(`verify: ${verified.verdict}`);
execFileSync('git', ['fsck', '--strict'], { cwd: folder, stdio: 'pipe' });
const commits = execFileSync('git', ['rev-list', '--count', 'HEAD'], {
  cwd: folder,
  encoding: 'utf8',
}).trim();
await client.end();
await standIn.close();
await redis.stop();
await server.stop();
removeFolder(folder);
for (const fault of faults) console.log(`FAULT ${fault}`);
console.log(
  `${minutes} minutes, ${services.length} services: ${commits} commits, ${trades.total} trades closed, ${recorded} decisions, ${verified.warnings} warnings, ${faults.length} faults`,
);
process.exitCode = faults.length === 0 ? 0 : 1;
