import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { formatDecision } from '../../parsers/decision.js';
import { decisionPath, snapshotPath, tradesPath } from '../../parsers/paths.js';
import { formatSnapshot } from '../../parsers/snapshot.js';
import { formatTrade } from '../../parsers/trades.js';
import type { Size } from './results.js';

/** Another one gives another history of the same shape. */
export const SEED = 20_250_101;

/** Whose snapshots they are. */
export interface SnapshotFeed {
  readonly source: string;
  readonly account: string;
}

const FEED: SnapshotFeed = {
  source: 'hyperliquid',
  account: '0x0000000000000000000000000000000000000001',
};

const START_MS = Date.UTC(2025, 0, 1);
const DAYS = 365;
const ASSETS = ['BTC', 'ETH', 'SOL', 'HYPE', 'DOGE', 'ARB'];

/** A small deterministic generator (mulberry32): the same seed gives the same history on every machine. */
export function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Every file of a year of trading, path and text, files of one folder together; one snapshot an hour. */
export function* generateHistory(
  size: Size,
  seed = SEED,
  feed = FEED,
): Generator<readonly [path: string, text: string]> {
  const random = createRandom(seed);
  const decisions: string[] = [];
  for (let i = 0; i < size.decisions; i++) {
    const decidedAt = isoText(START_MS + Math.floor((i / size.decisions) * DAYS * 86_400) * 1000);
    const asset = pick(random, ASSETS);
    const path = decisionPath(decidedAt, 0);
    if (decisions.at(-1) === path) continue;
    decisions.push(path);
    yield [path, decisionText(random, decidedAt, asset)];
  }
  yield* generateLedger(random, size.trades, decisions);
  for (let i = 0; i < size.snapshots; i++) {
    const snapshotAt = isoText(START_MS + i * 3_600_000);
    yield [snapshotPath(snapshotAt), snapshotText(random, snapshotAt, feed)];
  }
  yield ['.moha/maven/identity.json', `{\n  "name": "Maven",\n  "total_decisions": ${decisions.length}\n}\n`];
}

/** The ledger file of the newest trade. */
export function lastLedgerDay(trades: number): string {
  const lastDay = Math.ceil(trades / Math.ceil(trades / DAYS)) - 1;
  return tradesPath(isoText(START_MS + lastDay * 86_400_000));
}

function decisionText(random: () => number, decidedAt: string, asset: string): string {
  return formatDecision({
    decidedAt,
    decisionType: pick(random, ['buy', 'sell', 'hold', 'rebalance']),
    asset,
    riskLevel: pick(random, ['low', 'medium', 'high']),
    confidencePct: (30 + random() * 69).toFixed(1),
    action: `Open a ${asset} position of ${(random() * 2).toFixed(4)} at market, stop ${(1 + random() * 4).toFixed(1)} % away.`,
    reasoning:
      'Funding is negative on three venues while spot holds above the weekly open.\n\nThe last four setups of this kind closed in profit; size stays at half a unit until volume confirms.',
    metadata: `{"funding":"${(random() / 1000).toFixed(6)}","signal":"S${Math.floor(random() * 40)}"}`,
  });
}

function* generateLedger(
  random: () => number,
  trades: number,
  decisions: readonly string[],
): Generator<readonly [string, string]> {
  const perDay = Math.ceil(trades / DAYS);
  for (let first = 0; first < trades; first += perDay) {
    const count = Math.min(perDay, trades - first);
    let text = '';
    let path = '';
    const dayMs = START_MS + Math.floor(first / perDay) * 86_400_000;
    for (let i = 0; i < count; i++) {
      const openedAt = isoText(dayMs + Math.floor((i / count) * 86_000_000));
      path = tradesPath(openedAt);
      text += tradeLine(random, first + i + 1, openedAt, decisions);
    }
    yield [path, text];
  }
}

export function tradeLine(
  random: () => number,
  id: number,
  openedAt: string,
  decisions: readonly string[],
): string {
  const entry = 20 + random() * 90_000;
  const exit = entry * (0.97 + random() * 0.06);
  const size = random() * 2;
  const linked = decisions.length > 0 && random() < 0.3;
  const decision = linked ? (pick(random, decisions).split('/').at(-1) ?? null) : null;
  return formatTrade({
    source: 'moha',
    externalTradeId: String(id),
    revision: 1,
    recordedAt: openedAt,
    tradeSource: pick(random, ['worker_bot', 'motherbot', 'simple_ta']),
    sourceBotId: String(1 + Math.floor(random() * 12)),
    asset: pick(random, ASSETS),
    side: random() < 0.5 ? 'long' : 'short',
    positionAction: 'close',
    entryPrice: entry.toFixed(2),
    exitPrice: exit.toFixed(2),
    sizeUsd: (entry * size).toFixed(8),
    sizeAsset: size.toFixed(8),
    leverage: '5',
    realizedPnlUsd: ((exit - entry) * size).toFixed(8),
    unrealizedPnlUsd: null,
    feesUsd: (entry * size * 0.0004).toFixed(8),
    status: 'closed',
    closeReason: 'take_profit',
    openedAt,
    closedAt: openedAt,
    decision,
    metadata: linked ? '{"link":"nearest"}' : null,
  });
}

export function snapshotText(random: () => number, snapshotAt: string, feed = FEED): string {
  const none = { valueUsd: null, baseline: null, windowSeconds: null, reason: 'no baseline' };
  return formatSnapshot({
    source: feed.source,
    account: feed.account,
    snapshotType: 'scheduled',
    snapshotAt,
    recordedAt: snapshotAt,
    quality: { status: 'complete', failed: [] },
    totalValueUsd: (25_000 + random() * 5000).toFixed(6),
    availableBalanceUsd: (20_000 + random() * 1000).toFixed(6),
    marginUsedUsd: (random() * 5000).toFixed(6),
    unrealizedPnlUsd: (random() * 500 - 250).toFixed(6),
    positions: [],
    externalFlows: { netUsd: '0', count: 0, since: null },
    pnl: { '24h': none, '7d': none, '30d': none, all: none },
    metadata: null,
  });
}

export function isoText(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, -1)}000+00:00`;
}

function pick<T>(random: () => number, from: readonly T[]): T {
  return from[Math.floor(random() * from.length)] as T;
}

/** Commits files through `git fast-import`, in one commit. */
export async function importHistory(
  folder: string,
  files: Iterable<readonly [string, string]>,
): Promise<void> {
  const child = spawn('git', ['fast-import', '--quiet'], {
    cwd: folder,
    stdio: ['pipe', 'inherit', 'inherit'],
  });
  const write = async (text: string): Promise<void> => {
    if (!child.stdin.write(text)) await once(child.stdin, 'drain');
  };
  await write('commit refs/heads/main\ncommitter Bench <bench@localhost> 1767225600 +0000\ndata 5\nbench\n');
  for (const [path, text] of files) {
    await write(`M 100644 inline ${path}\ndata ${Buffer.byteLength(text)}\n${text}\n`);
  }
  child.stdin.end();
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`git fast-import ended with ${code}`);
}
