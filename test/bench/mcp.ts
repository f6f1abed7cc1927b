import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import pg from 'pg';
import { type DatasetSize, generateHistory, importHistory } from './dataset.js';
import { median, type Run, runProcess } from './measure.js';
import { dropDatabase, newDatabase } from './reference-load.js';
import type { Record } from './sync.js';

export interface McpBench {
  /** URL of the server's maintenance database. */
  readonly serverUrl: string;
  /** For scratch files. */
  readonly folder: string;
  /** Path of the built program. */
  readonly program: string;
  readonly size: DatasetSize;
  readonly runs: number;
  readonly record: Record;
}

const TIMES = 300;

/**
 * What a person would type to know the same: the P&L that the newest snapshot states, its baseline and flows, and that
 * there is one account; the wins of one asset.
 */
const PNL_SQL = `with newest as (select * from maven_portfolio_snapshots order by snapshot_at desc limit 1)
  select n.snapshot_at, n.quality, n.total_value_usd, n.pnl_7d, n.git_path, b.git_path, b.snapshot_at, b.total_value_usd,
    (select sum(f.external_flow_usd) from maven_portfolio_snapshots f
      where f.account = n.account and f.snapshot_at > b.snapshot_at and f.snapshot_at <= n.snapshot_at),
    (select count(distinct (a.source, a.account)) from maven_portfolio_snapshots a)
  from newest n left join maven_portfolio_snapshots b on b.git_path = n.pnl_evidence -> '7d' ->> 'baseline'`;
const WIN_RATE_SQL = `select count(*), count(*) filter (where realized_pnl_usd > 0), count(*) filter (where realized_pnl_usd < 0),
    sum(net_pnl_usd), max(updated_at)
  from maven_trades where asset = 'BTC' and status in ('closed', 'liquidated') and realized_pnl_usd is not null`;

/** A warm server on the ledger against the same SQL through pg; and the handshake against a bare start of node. */
export async function benchMcp({ serverUrl, folder, program, size, runs, record }: McpBench): Promise<void> {
  const repository = path.join(folder, 'mcp-repository');
  mkdirSync(repository);
  await runProcess('git', ['init', '--quiet', '--initial-branch=main'], { cwd: repository });
  await importHistory(repository, generateHistory(size));
  await runProcess('git', ['reset', '--quiet', '--hard'], { cwd: repository });
  const url = await newDatabase(serverUrl);
  const env = { MAVEN_DATABASE_URL: url };
  await runProcess('node', [program, 'reconcile', '--repo', repository], { env });
  const sql = new pg.Client({ connectionString: url });
  await sql.connect();
  const connect = () => connectClient(program, repository, env);
  const { client } = await connect();
  try {
    for (const [name, tool, args, statement] of [
      ['P&L', 'maven_pnl', { window: '7d' }, PNL_SQL],
      ['win rate', 'maven_win_rate', { asset: 'BTC' }, WIN_RATE_SQL],
    ] as const) {
      const ask = async (more: { readonly [name: string]: unknown } = {}) => {
        const { isError, content } = await client.callTool({ name: tool, arguments: { ...args, ...more } });
        if (isError === true) throw new Error(JSON.stringify(content));
      };
      await ask();
      const warm = await timed(TIMES, () => ask());
      const direct = await timed(TIMES, () => sql.query(statement));
      // A time that nobody has asked of before: the cache knows no answer.
      const base = Date.parse('2030-01-01T00:00:00Z');
      const asked = (i: number) => ({ at: new Date(base + i * 60_000).toISOString() });
      const unknown =
        tool === 'maven_pnl'
          ? await timed(TIMES / 3, (i) => ask(asked(i)))
          : await timed(TIMES / 3, (i) =>
              ask({ asset: 'BTC', label: `20${25 + (i % 2)}-W${String(1 + (i >> 1)).padStart(2, '0')}` }),
            );
      const what = `MCP ${name}, warm`;
      record(`${what}, median`, 'the same SQL through pg', 3, at(warm, 0.5), at(direct, 0.5));
      record(`${what}, p99`, '50 ms', 1, at(warm, 0.99), seconds(0.05));
      record(
        `MCP ${name}, asked for the first time, median`,
        'the same SQL through pg',
        3,
        at(unknown, 0.5),
        at(direct, 0.5),
      );
    }
  } finally {
    await client.close();
    await sql.end();
  }
  const starts: Run[] = [];
  const bare: Run[] = [];
  for (let i = 0; i < runs * 3; i++) {
    const started = await connect();
    starts.push(seconds(started.seconds));
    await started.client.close();
    bare.push(await runProcess('node', ['-e', '0']));
  }
  record('MCP server, started until the handshake', 'bare start of node', 3, median(starts), median(bare));
  await dropDatabase(serverUrl, url);
}

async function connectClient(program: string, repository: string, env: Readonly<{ [name: string]: string }>) {
  const started = performance.now();
  const client = new Client({ name: 'bench', version: '1' });
  await client.connect(
    new StdioClientTransport({
      command: process.execPath,
      args: [program, 'mcp', '--repo', repository, '--quiet'],
      env: { ...(process.env as { [name: string]: string }), ...env },
      stderr: 'ignore',
    }),
  );
  return { client, seconds: (performance.now() - started) / 1000 };
}

/** @returns seconds each, sorted. */
async function timed(times: number, work: (i: number) => Promise<unknown>): Promise<readonly number[]> {
  const took: number[] = [];
  for (let i = 0; i < times; i++) {
    const started = performance.now();
    await work(i);
    took.push((performance.now() - started) / 1000);
  }
  return took.sort((left, right) => left - right);
}

function at(sorted: readonly number[], part: number): Run {
  return seconds(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0);
}

function seconds(value: number): Run {
  return { seconds: value, peakMiB: 0, stdout: '' };
}
