import { compareText } from '../../../parsers/compare-text.js';
import { signOfDecimal, subtractDecimals, unscaleDecimal } from '../../../parsers/decimal-arithmetic.js';
import { decimalSum } from '../../../parsers/decimal-sum.js';
import type { NotCounted } from '../../../parsers/metrics.js';
import {
  type DayTally,
  type EquityReading,
  MOST_NAMED,
  type PerformanceFacts,
  type PerformanceScope,
} from '../../../parsers/performance-tally.js';
import { type Period, periodAt } from '../../../parsers/period.js';
import { daysFromCivil } from '../../../parsers/time.js';
import type { TradeRevision } from '../../../parsers/trades.js';
import { type EndedTrade, tallyPeriod } from './tally-period.js';

/** A trade as far as performance is concerned. */
export type LedgerTrade = Pick<
  TradeRevision,
  | 'source'
  | 'externalTradeId'
  | 'tradeSource'
  | 'sourceBotId'
  | 'asset'
  | 'side'
  | 'status'
  | 'realizedPnlUsd'
  | 'feesUsd'
  | 'openedAt'
  | 'closedAt'
  | 'decision'
>;

export interface LedgerContent {
  /** Last revision of every trade, in any order. */
  readonly trades: readonly LedgerTrade[];
  /** By file name. */
  readonly decisions: ReadonlyMap<string, LedgerDecision>;
  /** Ascending. */
  readonly equity: readonly EquityReading[];
}

export interface LedgerDecision {
  readonly decidedAt: string;
  readonly confidencePct: string | null;
}

interface Draft {
  readonly period: Period;
  readonly trades: EndedTrade[];
  readonly confidences: (string | null)[];
  readonly unknown: LedgerTrade[];
}

/**
 * Counts periods by folding the ledger, trade by trade; the other way is SQL over the projection.
 *
 * @returns of a scope without periods: every period of its kinds in which a trade ended or a decision was made.
 */
export function foldPerformance(content: LedgerContent, scope: PerformanceScope): PerformanceFacts {
  const ended = content.trades.filter(({ status }) => status === 'closed' || status === 'liquidated');
  const dated = ended.flatMap((trade) =>
    trade.closedAt === null ? [] : [{ trade, closedAt: trade.closedAt }],
  );
  const counted = dated.flatMap(({ trade, closedAt }) => endedTrade(trade, closedAt, content.decisions));
  counted.sort(byClosing);
  const unknown = dated.filter(({ trade }) => trade.realizedPnlUsd === null).map(({ trade }) => trade);
  const undated = ended.filter(({ closedAt }) => closedAt === null);
  const tallies = scope.kinds.flatMap((kind) => {
    const drafts = new Map<string, Draft>();
    const draftOf = (period: Period): Draft => {
      const draft = drafts.get(period.label) ?? { period, trades: [], confidences: [], unknown: [] };
      drafts.set(period.label, draft);
      return draft;
    };
    const asked = scope.periods?.filter(({ period }) => period === kind) ?? null;
    for (const period of asked ?? []) draftOf(period);
    const draftAt = (time: string): Draft | undefined => {
      const period = periodAt(kind, time);
      if (period === null) return undefined;
      return asked === null ? draftOf(period) : drafts.get(period.label);
    };
    for (const trade of counted) draftAt(trade.closedAt)?.trades.push(trade);
    for (const trade of unknown) draftAt(trade.closedAt ?? '')?.unknown.push(trade);
    for (const { decidedAt, confidencePct } of content.decisions.values())
      draftAt(decidedAt)?.confidences.push(confidencePct);
    if (kind === 'all_time' && undated.length > 0) draftAt('1970-01-01T00:00:00.000000+00:00');
    return Array.from(drafts.values(), (draft) => tallyDraft(draft, kind === 'all_time' ? undated : []));
  });
  return { tallies, days: dayTallies(counted), equity: content.equity };
}

function tallyDraft(draft: Draft, undated: readonly LedgerTrade[]): PerformanceFacts['tallies'][number] {
  const { period, trades, confidences, unknown } = draft;
  const named: NotCounted[] = [
    ...unknown.map((trade) => nameOf(trade, 'no realized P&L')),
    ...undated.map((trade) => nameOf(trade, 'no closing time')),
  ];
  return tallyPeriod(period, {
    trades,
    confidences,
    unknownPnl: unknown.length,
    undated: undated.length,
    named: named.sort(byIdentity).slice(0, MOST_NAMED),
  });
}

function nameOf({ source, externalTradeId }: LedgerTrade, reason: string): NotCounted {
  return { source, externalTradeId, reason };
}

function endedTrade(
  trade: LedgerTrade,
  closedAt: string,
  decisions: ReadonlyMap<string, LedgerDecision>,
): readonly EndedTrade[] {
  const { realizedPnlUsd } = trade;
  if (realizedPnlUsd === null) return [];
  const decision = trade.decision === null ? undefined : decisions.get(trade.decision);
  return [
    {
      trade,
      closedAt,
      realizedUsd: realizedPnlUsd,
      netUsd: subtractDecimals(realizedPnlUsd, trade.feesUsd ?? '0'),
      outcome: signOfDecimal(realizedPnlUsd),
      heldSeconds: secondsBetween(trade.openedAt, closedAt),
      decided: decision !== undefined,
      confidencePct: decision?.confidencePct ?? null,
    },
  ];
}

/** Exact to the microsecond, also in years where a number could not hold it. */
function secondsBetween(from: string, to: string): string | null {
  const micros = microseconds(to) - microseconds(from);
  return micros < 0n ? null : unscaleDecimal(micros, 6);
}

function microseconds(time: string): bigint {
  const part = (start: number, end: number): number => Number(time.slice(start, end));
  const days = daysFromCivil(part(0, 4), part(5, 7), part(8, 10));
  const seconds = days * 86_400 + part(11, 13) * 3600 + part(14, 16) * 60 + part(17, 19);
  return BigInt(seconds) * 1_000_000n + BigInt(part(20, 26));
}

function dayTallies(trades: readonly EndedTrade[]): readonly DayTally[] {
  const sums = new Map<string, ReturnType<typeof decimalSum>>();
  for (const { closedAt, netUsd } of trades) {
    const day = closedAt.slice(0, 10);
    const sum = sums.get(day) ?? decimalSum();
    sum.add(netUsd);
    sums.set(day, sum);
  }
  return Array.from(sums, ([day, sum]) => ({ day, netUsd: sum.total }));
}

/** Trades that closed in one microsecond stand in the order of their names, by bytes. */
function byClosing(left: EndedTrade, right: EndedTrade): number {
  if (left.closedAt !== right.closedAt) return left.closedAt < right.closedAt ? -1 : 1;
  return byIdentity(left.trade, right.trade);
}

type Identity = Pick<LedgerTrade, 'source' | 'externalTradeId'>;

function byIdentity(left: Identity, right: Identity): number {
  return compareText(left.source, right.source) || compareText(left.externalTradeId, right.externalTradeId);
}
