import { appendFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type StandIn, startStandIn } from '../../src/sources/hyperliquid/stand-in/start-stand-in.js';
import type { Bench } from './bench.js';
import { generateHistory, importHistory } from './dataset.js';
import { connectMcp, type McpClient } from './mcp-client.js';
import { peakOf, peakOfRuns, type Run, runHere, runProcess } from './measure.js';
import type { DatabaseKind } from './options.js';
import { dropDatabase, newDatabase } from './reference-load.js';
import type { GrowthPoint, GrowthRatio, GrowthRow } from './results.js';
import { spreadOf } from './spread.js';
import { createUpstream, insertTrades } from './upstream.js';

/** Largest size by smallest that still passes for flat. */
const FLAT = 1.3;
const FEW_DECISIONS = 100;
const ADDRESS = `0x${'c0de'.repeat(10)}`;
/** As the program names the stand-in. */
const FEED = { source: 'hyperliquid@127.0.0.1', account: ADDRESS };
const QUESTIONS = 50;

/** One repository with all that its commands ask. */
interface Place {
  readonly trades: number;
  readonly decisions: number;
  readonly repository: string;
  readonly upstream: string;
  readonly env: Readonly<Record<string, string>>;
  /** How often each command was measured here; makes every trade a new one. */
  serial: number;
}

interface Command {
  readonly id: string;
  readonly what: string;
  readonly flat: boolean;
  readonly measure: (bench: Bench, place: Place) => Promise<Run>;
}

const COMMANDS: readonly Command[] = [
  command('status', 'status', ['status']),
  command('reconcile-nothing', 'reconcile with nothing to do', ['reconcile']),
  {
    id: 'reconcile-one',
    what: 'reconcile after one new trade',
    flat: true,
    measure: async (bench, place) => {
      await commitOneTrade(place);
      return bench.maven(place.repository, ['reconcile'], place.env);
    },
  },
  {
    id: 'sync-ten',
    what: 'sync of ten new trades, projected',
    flat: true,
    measure: async (bench, place) => {
      await insertTrades(place.upstream, 10, '1 hour');
      return bench.maven(place.repository, ['sync', 'trades'], place.env);
    },
  },
  command('sync-nothing', 'sync with nothing new', ['sync', 'trades']),
  {
    id: 'snapshot',
    what: 'snapshot, projected',
    flat: true,
    measure: async (bench, place) => {
      // Snapshots are named by their second.
      await sleep(1000);
      return bench.maven(place.repository, ['snapshot', '--type', 'manual'], place.env);
    },
  },
  command('record-event', 'record event, projected', [
    'record',
    'event',
    '--type',
    'NOTE',
    '--text',
    'as measured',
  ]),
  command('pnl', 'pnl', ['pnl']),
  command('win-rate', 'win-rate of one asset', ['win-rate', 'BTC']),
  command('trades', 'trades, the newest ten', ['trades', '--limit', '10']),
  command('decisions', 'decisions, the newest ten', ['decisions', '--limit', '10']),
  mcpCommand('mcp-pnl', 'MCP: P&L, asked for the first time', (server, n) =>
    server.ask('maven_pnl', {
      window: '7d',
      at: new Date(Date.UTC(2030, 0, 1) + n * 60_000).toISOString(),
    }),
  ),
  mcpCommand('mcp-win-rate', 'MCP: win rate of an hour, asked for the first time', (server, n) =>
    server.ask('maven_win_rate', {
      asset: 'BTC',
      period: 'hour',
      label: new Date(Date.UTC(2025, 0, 2) + n * 3_600_000).toISOString().slice(0, 13),
    }),
  ),
  mcpCommand('mcp-warm', 'MCP: win rate, warm', (server) => server.ask('maven_win_rate', { asset: 'BTC' })),
  { ...command('verify', 'verify', ['verify']), flat: false },
];

function command(id: string, what: string, args: readonly string[]): Command {
  return { id, what, flat: true, measure: (bench, place) => bench.maven(place.repository, args, place.env) };
}

/**
 * The median of some questions to a server that stands; its memory so far. It stands for these questions alone, since it
 * follows HEAD and would reconcile beside the commands that are measured.
 */
function mcpCommand(id: string, what: string, ask: (server: McpClient, n: number) => Promise<void>): Command {
  return {
    id,
    what,
    flat: true,
    measure: async ({ around }, { repository, env }) => {
      const server = await connectMcp(around.program, repository, env);
      try {
        await ask(server, 0);
        const took: number[] = [];
        for (let i = 1; i <= QUESTIONS; i++) took.push((await runHere(() => ask(server, i))).seconds);
        const peakMiB = peakOf(server.pid ?? undefined);
        return { seconds: spreadOf(took).median, peakMiB, stdout: '' };
      } finally {
        await server.client.close();
      }
    },
  };
}

/**
 * Every everyday command over repositories of several sizes, in turn: trades by the sizes asked for with as many decisions
 * as asked for, and the smallest also with a hundred decisions.
 *
 * Each repository is made as a user's would be: decisions and snapshots are in git, the trades come by the sync. The newest
 * day holds a 365th of the trades, and new ones are added to it.
 */
export async function benchGrowth(bench: Bench): Promise<void> {
  const { options } = bench.around;
  const standIn = await startStandIn({
    clock: () => new Date(),
    script: {
      address: ADDRESS,
      moments: [{ at: '2025-01-01T00:00:00Z', perp: { accountValue: '25000.0' } }],
      flows: [{ at: '2025-01-01T00:00:00Z', delta: { type: 'deposit', usdc: '25000.0' } }],
    },
  });
  try {
    for (const database of options.databases) await growDatabase(bench, database, standIn);
  } finally {
    await standIn.close();
  }
}

async function growDatabase(bench: Bench, kind: DatabaseKind, standIn: StandIn): Promise<void> {
  const { options, serverUrl } = bench.around;
  const sizes = [...new Set(options.sizes)].sort((left, right) => left - right);
  const { decisions } = options.size;
  const shapes = [
    { trades: sizes[0] ?? 0, decisions: Math.min(FEW_DECISIONS, decisions) },
    ...sizes.map((trades) => ({ trades, decisions })),
  ];
  const builds = new Map<Place, readonly [sync: Run, rebuild: Run]>();
  const places: Place[] = [];
  try {
    for (const shape of shapes) {
      const made = await makePlace(bench, kind, standIn, shape);
      places.push(made.place);
      builds.set(made.place, [made.sync, made.rebuild]);
    }
    for (const [index, what] of ['first sync, committed', 'rebuild'].entries()) {
      const runs = places.map((place) => builds.get(place)?.slice(index, index + 1) ?? []);
      bench.growth(
        growthRow({ id: index === 0 ? 'sync-first' : 'rebuild', what, flat: false }, kind, places, runs),
      );
    }
    for (const command of COMMANDS) await growCommand(bench, command, kind, places);
  } finally {
    for (const { upstream, env } of places) {
      await dropDatabase(serverUrl, upstream);
      if (kind === 'postgres') await dropDatabase(serverUrl, env.MAVEN_DATABASE_URL ?? '');
    }
  }
}

async function growCommand(
  bench: Bench,
  command: Command,
  kind: DatabaseKind,
  places: readonly Place[],
): Promise<void> {
  const runs: Run[][] = places.map(() => []);
  const times = command.flat ? bench.around.options.runs + 1 : 1;
  for (let i = 0; i < times; i++) {
    for (const [index, place] of places.entries()) {
      place.serial += 1;
      const run = await command.measure(bench, place);
      // The first of several meets cold files.
      if (i > 0 || times === 1) runs[index]?.push(run);
    }
  }
  const row = growthRow(command, kind, places, runs);
  bench.growth(row);
  const cells = row.points.map(
    ({ seconds, peakMiB }) => `${seconds.median.toFixed(3)} s ${Math.round(peakMiB ?? 0)} MiB`,
  );
  bench.around.note(`${row.what}, ${kind}: ${cells.join('; ')}`);
}

function growthRow(
  { id, what, flat }: Pick<Command, 'id' | 'what' | 'flat'>,
  database: DatabaseKind,
  places: readonly Place[],
  runs: readonly (readonly Run[])[],
): GrowthRow {
  const points = places.map(({ trades, decisions }, index) => {
    const measured = runs[index] ?? [];
    const seconds = spreadOf(measured.map((run) => run.seconds));
    return { trades, decisions, seconds, peakMiB: peakOfRuns(measured) };
  });
  const [few, most] = [points[0], points.at(-1)];
  const smallest = points[1];
  const overTrades = growthRatio(smallest, most);
  const overDecisions = growthRatio(few, smallest);
  const goal = flat ? FLAT : null;
  return {
    id,
    what,
    database,
    points,
    overTrades,
    overDecisions,
    goal,
    met: isMet(goal, overTrades, overDecisions),
  };
}

function growthRatio(from: GrowthPoint | undefined, to: GrowthPoint | undefined): GrowthRatio | null {
  if (from === undefined || to === undefined || from === to) return null;
  const memory = from.peakMiB === null || to.peakMiB === null ? null : to.peakMiB / from.peakMiB;
  return { time: to.seconds.median / from.seconds.median, memory };
}

function isMet(goal: number | null, ...ratios: readonly (GrowthRatio | null)[]): boolean {
  return (
    goal === null ||
    ratios.every((ratio) => ratio === null || (ratio.time <= goal && (ratio.memory ?? 0) <= goal))
  );
}

async function makePlace(
  bench: Bench,
  kind: DatabaseKind,
  standIn: StandIn,
  { trades, decisions }: Pick<Place, 'trades' | 'decisions'>,
): Promise<{ readonly place: Place; readonly sync: Run; readonly rebuild: Run }> {
  const { serverUrl, options, note } = bench.around;
  const repository = await bench.newRepository(`growth-${kind}-${trades}-${decisions}`);
  const size = { trades: 0, decisions, snapshots: options.size.snapshots };
  await importHistory(repository, generateHistory(size, options.seed, FEED));
  await runProcess('git', ['reset', '--quiet', '--hard'], { cwd: repository });
  const upstream = await createUpstream(serverUrl, trades);
  const env = {
    MAVEN_DATABASE_URL: kind === 'postgres' ? await newDatabase(serverUrl) : 'embedded',
    MOHA_DATABASE_URL: upstream,
    HYPERLIQUID_ADDRESS: ADDRESS,
    HYPERLIQUID_API_URL: standIn.url,
  };
  // With a database that is away, so that only the commit is measured.
  const away = { ...env, MAVEN_DATABASE_URL: 'postgres://127.0.0.1:1/none' };
  const sync = await bench.maven(repository, ['sync', 'trades'], away);
  const rebuild = await bench.maven(repository, ['reconcile'], env);
  note(`${repository}: sync ${sync.seconds.toFixed(1)} s, rebuild ${rebuild.seconds.toFixed(1)} s`);
  return { place: { trades, decisions, repository, upstream, env, serial: 0 }, sync, rebuild };
}

/** Adds a trade of another source to the newest day, with native git. */
async function commitOneTrade({ repository, serial }: Place): Promise<void> {
  const file = path.join(repository, '.moha/maven/trades/2025/2025-12-31.jsonl');
  const { stdout } = await runProcess('tail', ['-n', '1', file]);
  const line = stdout.replace(/"external_trade_id":"[^"]*"/, `"external_trade_id":"b${serial}"`);
  appendFileSync(file, line.replace('"source":"moha"', '"source":"bench"'));
  await runProcess('git', ['commit', '--quiet', '--all', '--message', 'one trade'], { cwd: repository });
}
