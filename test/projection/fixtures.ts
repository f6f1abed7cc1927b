import { formatDecision } from '../../parsers/decision.js';
import { formatTrades, type TradeRevision } from '../../parsers/trades.js';

export const DAY_ONE = '.moha/maven/trades/2026/2026-01-14.jsonl';
export const DAY_TWO = '.moha/maven/trades/2026/2026-01-15.jsonl';
export const DECISION = 'decision_20260114_142408.md';
export const DECISION_PATH = `.moha/maven/decisions/${DECISION}`;

export function trade(id: number, change: Partial<TradeRevision> = {}): TradeRevision {
  return {
    source: 'moha',
    externalTradeId: String(id),
    revision: 1,
    recordedAt: '2026-01-14T15:00:00.000000+00:00',
    tradeSource: 'worker_bot',
    sourceBotId: '7',
    asset: 'BTC',
    side: 'long',
    positionAction: 'open',
    entryPrice: '97250.4',
    exitPrice: null,
    sizeUsd: '17505.072',
    sizeAsset: '0.18',
    leverage: '10',
    realizedPnlUsd: null,
    unrealizedPnlUsd: null,
    feesUsd: '6.12',
    status: 'open',
    closeReason: null,
    openedAt: '2026-01-14T14:24:08.034126+00:00',
    closedAt: null,
    decision: null,
    metadata: null,
    ...change,
  };
}

export function ledger(...trades: readonly TradeRevision[]): string {
  return formatTrades(trades);
}

export function decision(action = 'buy'): string {
  return formatDecision({
    decidedAt: '2026-01-14T14:24:08.034126+00:00',
    decisionType: 'buy',
    asset: 'BTC',
    riskLevel: 'low',
    confidencePct: '82',
    action,
    reasoning: 'because',
    metadata: null,
  });
}

/** Won on the day it was opened, carrying out {@link DECISION}. */
export const WIN = trade(1, {
  status: 'closed',
  realizedPnlUsd: '10.5',
  closedAt: '2026-01-14T15:30:00.000000+00:00',
  decision: DECISION,
});
/** Lost, a day later. */
export const LOSS = trade(2, {
  status: 'liquidated',
  realizedPnlUsd: '-4',
  openedAt: '2026-01-15T09:00:00.000000+00:00',
  closedAt: '2026-01-15T10:00:00.000000+00:00',
});
