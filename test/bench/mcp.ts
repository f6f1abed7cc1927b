import pg from 'pg';
import { type Bench, bareNode } from './bench.js';
import { connectMcp, type McpClient } from './mcp-client.js';
import { inTurn, type Pairs, type Run, runHere } from './measure.js';
import { dropDatabase, newDatabase } from './reference-load.js';

/** Questions a batch; a batch is one run of a row. */
const BATCH = 100;
const MOST_MS = 50;

/**
 * What a person would type to know the same: the P&L that the newest snapshot states, its baseline and flows, and that
 * there is one account; the wins of one asset.
 */
const pnlSql = (until: string): string => `with newest as (select * from maven_portfolio_snapshots
    where snapshot_at <= '${until}' order by snapshot_at desc limit 1)
  select n.snapshot_at, n.quality, n.total_value_usd, n.pnl_7d, n.git_path, b.git_path, b.snapshot_at, b.total_value_usd,
    (select sum(f.external_flow_usd) from maven_portfolio_snapshots f
      where f.account = n.account and f.snapshot_at > b.snapshot_at and f.snapshot_at <= n.snapshot_at),
    (select count(distinct (a.source, a.account)) from maven_portfolio_snapshots a)
  from newest n left join maven_portfolio_snapshots b on b.git_path = n.pnl_evidence -> '7d' ->> 'baseline'`;
const winRateSql = (
  from: string,
  to: string,
): string => `select count(*), count(*) filter (where realized_pnl_usd > 0), count(*) filter (where realized_pnl_usd < 0),
    sum(net_pnl_usd), max(updated_at)
  from maven_trades where asset = 'BTC' and status in ('closed', 'liquidated') and realized_pnl_usd is not null
    and closed_at >= '${from}' and closed_at < '${to}'`;

/** One question, how it is asked again, and how so that no cache knows the answer; and the same in SQL. */
interface Question {
  readonly id: string;
  readonly name: string;
  readonly tool: string;
  readonly warm: Readonly<Record<string, unknown>>;
  readonly unheard: (n: number) => Readonly<Record<string, unknown>>;
  readonly sql: string;
  /** Of the n-th question that was never asked before. */
  readonly unheardSql: (n: number) => string;
}

const QUESTIONS: readonly Question[] = [
  {
    id: 'pnl',
    name: 'P&L of 7 days',
    tool: 'maven_pnl',
    warm: { window: '7d' },
    unheard: (n) => ({ window: '7d', at: minute(n) }),
    sql: pnlSql('infinity'),
    unheardSql: (n) => pnlSql(minute(n)),
  },
  {
    id: 'win-rate',
    name: 'win rate on BTC',
    tool: 'maven_win_rate',
    warm: { asset: 'BTC' },
    unheard: (n) => ({ asset: 'BTC', period: 'hour', label: hour(n).slice(0, 13) }),
    sql: winRateSql('-infinity', 'infinity'),
    unheardSql: (n) => winRateSql(hour(n), hour(n + 1)),
  },
];

/** Long after the last snapshot: each is answered from the same one. */
function minute(n: number): string {
  return new Date(Date.UTC(2030, 0, 1) + n * 60_000).toISOString();
}

/** Of a year that has trades. */
function hour(n: number): string {
  return new Date(Date.UTC(2025, 0, 2) + n * 3_600_000).toISOString();
}

/** A warm server on the ledger against the same SQL through pg; and the handshake against a bare start of node. */
export async function benchMcp(bench: Bench): Promise<void> {
  const { serverUrl, options, program } = bench.around;
  const repository = await bench.repository();
  const url = await newDatabase(serverUrl);
  const env = { MAVEN_DATABASE_URL: url };
  await bench.maven(repository, ['reconcile'], env);
  const sql = new pg.Client({ connectionString: url });
  await sql.connect();
  const connected = await connectMcp(program, repository, env);
  try {
    for (const question of QUESTIONS) await benchQuestion(bench, connected, sql, question);
  } finally {
    await connected.client.close();
    await sql.end();
  }
  const handshake = async (): Promise<Run> => {
    const { client, seconds } = await connectMcp(program, repository, env);
    await client.close();
    return { seconds, peakMiB: null, stdout: '' };
  };
  bench.row(
    {
      id: 'mcp-start',
      what: 'MCP server, started until the handshake',
      against: 'bare start of node',
      goal: 3,
    },
    await inTurn(options.runs * 3, handshake, bareNode),
  );
  await dropDatabase(serverUrl, url);
}

async function benchQuestion(
  bench: Bench,
  server: McpClient,
  client: pg.Client,
  { id, name, tool, warm, unheard, sql, unheardSql }: Question,
): Promise<void> {
  await server.ask(tool, warm);
  const [known, knownSql, fresh, freshSql]: [Times[], Times[], Times[], Times[]] = [[], [], [], []];
  const batches = Math.max(3, bench.around.options.runs);
  for (let batch = 0; batch < batches; batch++) {
    const n = (i: number): number => batch * BATCH + i;
    known.push(await timeBatch(() => server.ask(tool, warm)));
    knownSql.push(await timeBatch(() => client.query(sql)));
    fresh.push(await timeBatch((i) => server.ask(tool, unheard(n(i)))));
    freshSql.push(await timeBatch((i) => client.query(unheardSql(n(i)))));
  }
  for (const [suffix, words, left, right] of [
    ['', 'warm', known, knownSql],
    ['-first', 'asked for the first time', fresh, freshSql],
  ] as const) {
    bench.row(
      {
        id: `mcp-${id}${suffix}`,
        what: `MCP: ${name}, ${words}`,
        against: 'the same SQL through pg',
        goal: 3,
      },
      pairsOf(left, right, ({ median }) => median),
    );
    bench.row(
      {
        id: `mcp-${id}${suffix}-p99`,
        what: `MCP: ${name}, ${words}, p99`,
        against: `${MOST_MS} ms`,
        goal: 1,
      },
      pairsOf(
        left,
        left.map(() => LIMIT),
        ({ p99 }) => p99,
      ),
    );
  }
}

interface Times {
  readonly median: number;
  readonly p99: number;
}

const LIMIT: Times = { median: MOST_MS / 1000, p99: MOST_MS / 1000 };

async function timeBatch(work: (i: number) => Promise<unknown>): Promise<Times> {
  const took: number[] = [];
  for (let i = 0; i < BATCH; i++) took.push((await runHere(() => work(i))).seconds);
  took.sort((left, right) => left - right);
  const at = (part: number): number => took[Math.min(BATCH - 1, Math.floor(BATCH * part))] ?? Number.NaN;
  return { median: at(0.5), p99: at(0.99) };
}

function pairsOf(
  left: readonly Times[],
  right: readonly Times[],
  secondsOf: (times: Times) => number,
): Pairs {
  const runs = (times: readonly Times[]): readonly Run[] =>
    times.map((time) => ({ seconds: secondsOf(time), peakMiB: null, stdout: '' }));
  return { left: runs(left), right: runs(right) };
}
