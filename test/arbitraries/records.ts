import fc from 'fast-check';
import type { ConversationMessage } from '../../parsers/conversation.js';
import type { DecisionRecord } from '../../parsers/decision.js';
import type { FlowRecord } from '../../parsers/flows.js';
import type { IdentityRecord } from '../../parsers/identity.js';
import type { InsightRecord } from '../../parsers/insight.js';
import type { MetricsDetail, MetricsRecord } from '../../parsers/metrics.js';
import type { GroupPerformance, GroupSpread } from '../../parsers/metrics-groups.js';
import type { MilestoneRecord } from '../../parsers/milestone.js';
import type { PersonaRecord } from '../../parsers/persona.js';
import type { RunRecord } from '../../parsers/runs.js';
import type { SessionEvent } from '../../parsers/session-log.js';
import type { SnapshotRecord } from '../../parsers/snapshot.js';
import type { StateRecord } from '../../parsers/state.js';
import { type TradeRevision, tradeKey } from '../../parsers/trades.js';
import { hostileText, shortText } from './hostile-text.js';
import { canonicalDecimal, canonicalTime, confidence, jsonText } from './values.js';

/** What may stand in free text fields. */
export type TextArbitrary = fc.Arbitrary<string>;

const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(arbitrary, { nil: null });
const amount = (): fc.Arbitrary<string | null> => maybe(canonicalDecimal());

export function decisionRecord(text: TextArbitrary = hostileText()): fc.Arbitrary<DecisionRecord> {
  return fc.record({
    decidedAt: canonicalTime(),
    decisionType: shortText(),
    asset: maybe(shortText()),
    riskLevel: maybe(shortText()),
    confidencePct: maybe(confidence()),
    action: text,
    reasoning: text,
    metadata: maybe(jsonText()),
  });
}

export function sessionEvent(text: TextArbitrary = hostileText()): fc.Arbitrary<SessionEvent> {
  return fc.record({
    occurredAt: canonicalTime(),
    eventType: shortText(),
    text,
    metadata: maybe(jsonText()),
  });
}

export function sessionEvents(text: TextArbitrary = hostileText()): fc.Arbitrary<readonly SessionEvent[]> {
  return fc.array(sessionEvent(text), { maxLength: 6 });
}

export function milestoneRecord(text: TextArbitrary = hostileText()): fc.Arbitrary<MilestoneRecord> {
  return fc.record({ achievedAt: canonicalTime(), title: shortText(), text, metadata: maybe(jsonText()) });
}

export function insightRecord(text: TextArbitrary = hostileText()): fc.Arbitrary<InsightRecord> {
  return fc.record({
    observedAt: canonicalTime(),
    insightType: shortText(),
    asset: maybe(shortText()),
    confidencePct: maybe(confidence()),
    text,
    metadata: maybe(jsonText()),
  });
}

export function personaRecord(text: TextArbitrary = hostileText()): fc.Arbitrary<PersonaRecord> {
  return fc.record({ text });
}

export function identityRecord(): fc.Arbitrary<IdentityRecord> {
  return fc.record({ json: jsonText() });
}

export function stateRecord(): fc.Arbitrary<StateRecord> {
  return fc.record({
    source: fc.constantFrom('moha', 'moha@2', 'hyperliquid'),
    recordedAt: canonicalTime(),
    state: jsonText(),
  });
}

/** One conversation, its messages numbered from 0. */
export function conversation(
  text: TextArbitrary = hostileText(),
  id: fc.Arbitrary<string> = fc.constantFrom('session-1', 'a1b2c3'),
): fc.Arbitrary<readonly ConversationMessage[]> {
  const message = fc.record({
    role: fc.constantFrom('user', 'assistant', 'system', 'tool'),
    content: text,
    sentAt: maybe(canonicalTime()),
    metadata: maybe(jsonText()),
  });
  return fc
    .tuple(id, fc.array(message, { maxLength: 6 }))
    .map(([conversationId, messages]) =>
      messages.map((one, messageIndex) => ({ conversationId, messageIndex, ...one })),
    );
}

/** A day's runs, each at a time of its own. */
export function runs(): fc.Arbitrary<readonly RunRecord[]> {
  const run = fc.record({
    job: fc.constantFrom('sync trades', 'snapshot', 'metrics'),
    startedAt: canonicalTime(),
    recordedAt: canonicalTime(),
    records: fc.integer({ min: 0, max: 50_000 }),
    summary: hostileText(),
  });
  return fc.uniqueArray(run, { maxLength: 6, selector: ({ job, recordedAt }) => `${job}#${recordedAt}` });
}

export function tradeRevision(): fc.Arbitrary<TradeRevision> {
  return fc.record({
    source: fc.constantFrom('moha', 'moha@2'),
    externalTradeId: fc.oneof(fc.integer({ min: 1, max: 40 }).map(String), shortText()),
    revision: fc.integer({ min: 1, max: 4 }),
    recordedAt: canonicalTime(),
    tradeSource: fc.constantFrom('motherbot', 'worker_bot', 'simple_ta', 'manual'),
    sourceBotId: maybe(shortText()),
    asset: shortText(),
    side: fc.constantFrom('long', 'short'),
    positionAction: fc.constantFrom('open', 'close'),
    entryPrice: amount(),
    exitPrice: amount(),
    sizeUsd: amount(),
    sizeAsset: amount(),
    leverage: amount(),
    realizedPnlUsd: amount(),
    unrealizedPnlUsd: amount(),
    feesUsd: amount(),
    status: fc.constantFrom('open', 'closed', 'liquidated', 'cancelled'),
    closeReason: maybe(shortText()),
    openedAt: canonicalTime(),
    closedAt: maybe(canonicalTime()),
    decision: maybe(fc.constantFrom('decision_20260114_142408.md', 'decision_20260114_142408_1.md')),
    metadata: maybe(jsonText()),
  });
}

/** A day's ledger as a job writes it: each trade's revisions are numbered from 1 and stand in order. */
export function ledger(): fc.Arbitrary<readonly TradeRevision[]> {
  return fc.array(tradeRevision(), { maxLength: 8 }).map((revisions) => {
    const counts = new Map<string, number>();
    return revisions.map((trade) => {
      const revision = (counts.get(tradeKey(trade)) ?? 0) + 1;
      counts.set(tradeKey(trade), revision);
      return { ...trade, revision, openedAt: `2026-01-14${trade.openedAt.slice(10)}` };
    });
  });
}

export function flowRecord(): fc.Arbitrary<FlowRecord> {
  return fc.record({
    source: fc.constantFrom('hyperliquid', 'manual'),
    externalFlowId: fc.oneof(fc.integer({ min: 1, max: 999 }).map(String), shortText()),
    occurredAt: canonicalTime({ min: '2026-01-01', max: '2026-01-31' }),
    recordedAt: canonicalTime(),
    flowType: shortText(),
    classification: fc.constantFrom('external', 'internal', 'income', 'loss', 'unclassified'),
    amountUsd: amount(),
    asset: maybe(shortText()),
    amountAsset: amount(),
    metadata: maybe(jsonText()),
  });
}

/** A month's flows: one record an identity. */
export function flows(): fc.Arbitrary<readonly FlowRecord[]> {
  return fc.uniqueArray(flowRecord(), {
    maxLength: 6,
    selector: ({ source, externalFlowId }) => `${source}/${externalFlowId}`,
  });
}

export function snapshotRecord(): fc.Arbitrary<SnapshotRecord> {
  const position = fc.record({
    asset: shortText(),
    side: fc.constantFrom<'long' | 'short'>('long', 'short'),
    sizeAsset: amount(),
    entryPrice: amount(),
    positionValueUsd: amount(),
    unrealizedPnlUsd: amount(),
    leverage: amount(),
    liquidationPrice: amount(),
    marginUsedUsd: amount(),
  });
  const pnl = fc.record({
    valueUsd: amount(),
    baseline: maybe(fc.constant('.moha/maven/snapshots/2026/01/snapshot_20260114T140000Z.json')),
    windowSeconds: maybe(fc.nat()),
    reason: maybe(shortText()),
  });
  return fc.record({
    source: fc.constant('hyperliquid'),
    account: fc.constantFrom('0x0000000000000000000000000000000000000001', 'main'),
    snapshotType: fc.constantFrom('scheduled', 'decision', 'manual', 'milestone'),
    snapshotAt: canonicalTime(),
    recordedAt: canonicalTime(),
    quality: fc.record({
      status: fc.constantFrom<'complete' | 'partial'>('complete', 'partial'),
      failed: fc.array(shortText(), { maxLength: 2 }),
    }),
    totalValueUsd: amount(),
    availableBalanceUsd: amount(),
    marginUsedUsd: amount(),
    unrealizedPnlUsd: amount(),
    positions: fc.array(position, { maxLength: 3 }),
    externalFlows: fc.record({ netUsd: amount(), count: fc.nat(), since: maybe(canonicalTime()) }),
    pnl: fc.record({ '24h': pnl, '7d': pnl, '30d': pnl, all: pnl }),
    metadata: maybe(jsonText()),
  });
}

const tally = () => fc.nat({ max: 9999 }).map(String);

function group(spread: fc.Arbitrary<GroupPerformance['spread']>): fc.Arbitrary<GroupPerformance> {
  return fc.record({ name: shortText(), trades: tally(), pnlUsd: amount(), winRatePct: amount(), spread });
}

function metricsDetail(): fc.Arbitrary<MetricsDetail> {
  const rates = { winRatePct: amount(), winRateLowPct: amount(), winRateHighPct: amount() };
  const bucket = fc.record({
    fromPct: fc.constantFrom('0', '70'),
    toPct: fc.constantFrom('10', '80'),
    trades: tally(),
    winning: tally(),
    avgConfidencePct: amount(),
    pnlUsd: amount(),
    ...rates,
  });
  const groups = fc.array(
    fc.tuple(group(spread()), fc.boolean()).map(([one, named]) => (named ? one : { ...one, name: null })),
    { maxLength: 2 },
  );
  return fc.record({
    asOf: canonicalTime(),
    unknownPnlTrades: tally(),
    undatedTrades: tally(),
    unknownFeeTrades: tally(),
    ...rates,
    equityBasis: fc.constantFrom('snapshots', 'realized'),
    equityFrom: maybe(canonicalTime()),
    equityTo: maybe(canonicalTime()),
    startingEquityUsd: amount(),
    maxDrawdownFrom: maybe(canonicalTime()),
    maxDrawdownTo: maybe(canonicalTime()),
    dailyReturns: tally(),
    longestWinStreak: tally(),
    longestLossStreak: tally(),
    currentStreak: maybe(fc.integer({ min: -99, max: 99 }).map(String)),
    avgHoldSeconds: amount(),
    avgWinHoldSeconds: amount(),
    avgLossHoldSeconds: amount(),
    feeDragPct: amount(),
    fundingUsd: amount(),
    decidedTrades: tally(),
    decidedPnlUsd: amount(),
    highConfidenceTrades: tally(),
    lowConfidenceTrades: tally(),
    calibratedTrades: tally(),
    brierScore: amount(),
    bots: groups,
    sources: groups,
    sides: groups,
    confidenceBuckets: fc.array(bucket, { maxLength: 2 }),
    notCounted: fc.array(
      fc.record({ source: shortText(), externalTradeId: shortText(), reason: shortText() }),
      { maxLength: 2 },
    ),
  });
}

function spread(): fc.Arbitrary<GroupSpread> {
  return fc.record({
    winning: tally(),
    losing: tally(),
    breakeven: tally(),
    feesUsd: amount(),
    winRateLowPct: amount(),
    winRateHighPct: amount(),
  });
}

/** Of both versions: `detail` and the groups' `spread` are null together. */
export function metricsRecord(): fc.Arbitrary<MetricsRecord> {
  const numbers = metricsNumbers();
  const first = fc.record({
    detail: fc.constant(null),
    assetPerformance: fc.array(group(fc.constant(null)), { maxLength: 3 }),
  });
  const second = fc.record({
    detail: metricsDetail(),
    assetPerformance: fc.array(group(spread()), { maxLength: 3 }),
  });
  return fc.tuple(numbers, fc.oneof(first, second)).map(([base, more]) => ({ ...base, ...more }));
}

function metricsNumbers(): fc.Arbitrary<Omit<MetricsRecord, 'detail' | 'assetPerformance'>> {
  const count = fc.nat({ max: 9999 }).map(String);
  return fc.record({
    period: fc.constantFrom('hour', 'day', 'week', 'month', 'all_time'),
    label: fc.constantFrom('2026-01-14', '2026-W03', 'all_time'),
    periodStart: canonicalTime(),
    periodEnd: canonicalTime(),
    computedAt: canonicalTime(),
    definitionsVersion: fc.constantFrom('1', '2'),
    totalTrades: count,
    winningTrades: count,
    losingTrades: count,
    breakevenTrades: count,
    totalPnlUsd: amount(),
    grossProfitUsd: amount(),
    grossLossUsd: amount(),
    totalFeesUsd: amount(),
    avgWinUsd: amount(),
    avgLossUsd: amount(),
    profitFactor: amount(),
    decisionsMade: count,
    avgDecisionConfidencePct: maybe(confidence()),
    highConfidenceWins: count,
    lowConfidenceLosses: count,
    maxDrawdownUsd: amount(),
    maxDrawdownPct: amount(),
    sharpeRatio: amount(),
    sortinoRatio: amount(),
    expectancyUsd: amount(),
    reasons: fc.array(fc.record({ field: shortText(), reason: shortText() }), { maxLength: 2 }),
  });
}
