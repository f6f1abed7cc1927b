import fc from 'fast-check';
import { formatDecision } from '../../parsers/decision.js';
import { formatInsight } from '../../parsers/insight.js';
import { formatMilestone } from '../../parsers/milestone.js';
import { decisionPath, insightPath, milestonePath, snapshotPath, tradesPath } from '../../parsers/paths.js';
import { formatSessionLog, type SessionEvent } from '../../parsers/session-log.js';
import { formatSnapshot } from '../../parsers/snapshot.js';
import { formatTrade, type TradeRevision } from '../../parsers/trades.js';
import type { FileTree } from '../support/history-repository.js';

/** One change to a tree of artifacts; small numbers, so that changes meet each other. */
export type Change =
  | { readonly kind: 'decision'; readonly slot: number; readonly text: string }
  | {
      readonly kind: 'trade';
      readonly id: number;
      readonly day: number;
      readonly decision: number | null;
      readonly fees: string;
    }
  | { readonly kind: 'undecide'; readonly slot: number }
  | { readonly kind: 'event'; readonly slot: number; readonly text: string }
  | { readonly kind: 'snapshot'; readonly slot: number; readonly value: string }
  | { readonly kind: 'insight' | 'milestone'; readonly slot: number; readonly text: string }
  | { readonly kind: 'damage'; readonly target: number; readonly bytes: string }
  | { readonly kind: 'delete'; readonly target: number }
  | { readonly kind: 'elsewhere'; readonly text: string };

const text = fc.oneof(
  { weight: 3, arbitrary: fc.string({ unit: 'grapheme', maxLength: 40 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '## Metadata\n\n```json\n{}\n```',
      "'; drop table maven_trades; --",
      'a\tb\\N\n---\n',
      '',
    ),
  },
);
const amount = fc
  .tuple(fc.integer({ min: -99_999, max: 99_999 }), fc.integer({ min: 0, max: 99 }))
  .map(([a, b]) => `${a}.${b + 1}`);
const slot = fc.integer({ min: 0, max: 5 });
/** Few, so that trades often name a decision that comes or goes in another commit. */
const fewDecisions = fc.integer({ min: 0, max: 1 });

const change: fc.Arbitrary<Change> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('decision' as const), slot: fewDecisions, text }) },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('trade' as const),
      id: fc.integer({ min: 1, max: 8 }),
      day: fc.integer({ min: 0, max: 4 }),
      decision: fc.option(fewDecisions),
      fees: amount,
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('undecide' as const), slot: fewDecisions }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('event' as const), slot, text }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('snapshot' as const), slot, value: amount }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constantFrom('insight' as const, 'milestone' as const), slot, text }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('damage' as const),
      target: fc.nat(50),
      bytes: fc.string({ unit: 'binary', maxLength: 30 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('delete' as const), target: fc.nat(50) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('elsewhere' as const), text }) },
);

/** Random histories: the tree after each of a handful of commits, several changes a commit. */
export const histories: fc.Arbitrary<readonly FileTree[]> = fc
  .array(fc.array(change, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 6 })
  .map((commits) => {
    let tree: FileTree = { '.moha/maven/README.md': 'start\n' };
    return commits.map((changes) => {
      for (const one of changes) tree = applyChange(tree, one);
      return tree;
    });
  });

function applyChange(tree: FileTree, change: Change): FileTree {
  switch (change.kind) {
    case 'decision': {
      const decidedAt = timeOf(0, change.slot);
      return { ...tree, [decisionPath(decidedAt)]: decisionText(decidedAt, change.text) };
    }
    case 'trade':
      return withTrade(tree, change);
    case 'event':
      return withEvent(tree, {
        occurredAt: timeOf(1, change.slot),
        eventType: 'NOTE',
        text: change.text,
        metadata: null,
      });
    case 'snapshot': {
      const snapshotAt = timeOf(2, change.slot);
      return { ...tree, [snapshotPath(snapshotAt)]: snapshotText(snapshotAt, change.value) };
    }
    case 'insight': {
      const observedAt = timeOf(3, change.slot);
      const record = {
        observedAt,
        insightType: 'momentum',
        asset: 'BTC',
        confidencePct: '61',
        text: change.text,
        metadata: '{"n":1.50}',
      };
      return { ...tree, [insightPath(observedAt)]: formatInsight(record) };
    }
    case 'milestone': {
      const achievedAt = timeOf(4, change.slot);
      const record = { achievedAt, title: `goal ${change.slot}`, text: change.text, metadata: null };
      return { ...tree, [milestonePath(achievedAt, record.title)]: formatMilestone(record) };
    }
    case 'damage': {
      const path = pathAt(tree, change.target);
      return path === undefined ? tree : { ...tree, [path]: damaged(String(tree[path]), change.bytes) };
    }
    case 'undecide':
      return without(tree, decisionPath(timeOf(0, change.slot)));
    case 'delete':
      return without(tree, pathAt(tree, change.target));
    case 'elsewhere':
      return { ...tree, 'notes.txt': `${change.text}\n` };
  }
}

function without(tree: FileTree, path: string | undefined): FileTree {
  return Object.fromEntries(Object.entries(tree).filter(([name]) => name !== path));
}

function pathAt(tree: FileTree, target: number): string | undefined {
  const paths = Object.keys(tree).filter((path) => !path.endsWith('README.md'));
  return paths[target % Math.max(1, paths.length)];
}

/** Puts bytes into the middle, as a bad merge or a slip of the editor would. */
function damaged(text: string, bytes: string): string {
  const middle = Math.floor(text.length / 2);
  return text.slice(0, middle) + bytes + text.slice(middle);
}

function decisionText(decidedAt: string, reasoning: string): string {
  const fields = {
    decisionType: 'buy',
    asset: 'BTC',
    riskLevel: 'low',
    confidencePct: '82.5',
    action: 'buy',
    metadata: '{"a":1.0}',
  };
  return formatDecision({ decidedAt, reasoning, ...fields });
}

function withEvent(tree: FileTree, event: SessionEvent): FileTree {
  const path = '.moha/maven/session_log.md';
  const log = tree[path] === undefined ? formatSessionLog([]) : String(tree[path]);
  return { ...tree, [path]: log + formatSessionLog([event]).replace(formatSessionLog([]), '') };
}

/** Appends a revision to the ledger of its day; the same trade may turn up on two days, which is a fault. */
function withTrade(tree: FileTree, change: Extract<Change, { kind: 'trade' }>): FileTree {
  const openedAt = timeOf(10 + change.day, 0);
  const path = tradesPath(openedAt);
  const before = String(tree[path] ?? '');
  const revision =
    before.split('\n').filter((line) => line.includes(`"external_trade_id":"${change.id}"`)).length + 1;
  const closed = revision % 2 === 0;
  const trade: TradeRevision = {
    source: 'moha',
    externalTradeId: String(change.id),
    revision,
    recordedAt: timeOf(20, revision),
    tradeSource: 'worker_bot',
    sourceBotId: null,
    asset: 'ETH',
    side: 'short',
    positionAction: closed ? 'close' : 'open',
    entryPrice: '3618.72',
    exitPrice: closed ? '3600.10' : null,
    sizeUsd: '15379.56',
    sizeAsset: '4.25',
    leverage: null,
    realizedPnlUsd: closed ? '79.135' : null,
    unrealizedPnlUsd: null,
    feesUsd: change.fees,
    status: closed ? 'closed' : 'open',
    closeReason: null,
    openedAt,
    closedAt: closed ? timeOf(20, revision) : null,
    decision:
      change.decision === null ? null : (decisionPath(timeOf(0, change.decision)).split('/').at(-1) ?? null),
    metadata: null,
  };
  return { ...tree, [path]: before + formatTrade(trade) };
}

function snapshotText(snapshotAt: string, totalValueUsd: string): string {
  const none = { valueUsd: null, baseline: null, windowSeconds: null, reason: 'no baseline' };
  return formatSnapshot({
    source: 'hyperliquid',
    account: '0x0000000000000000000000000000000000000001',
    snapshotType: 'scheduled',
    snapshotAt,
    recordedAt: snapshotAt,
    quality: { status: 'complete', failed: [] },
    totalValueUsd,
    availableBalanceUsd: '10',
    marginUsedUsd: '2.5',
    unrealizedPnlUsd: null,
    positions: [],
    externalFlows: { netUsd: null, count: 0, since: null },
    pnl: { '24h': none, '7d': none, '30d': none, all: none },
    metadata: null,
  });
}

function timeOf(day: number, second: number): string {
  return `2026-01-${String(day + 1).padStart(2, '0')}T10:00:${String(second).padStart(2, '0')}.000000+00:00`;
}
