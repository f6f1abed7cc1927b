import { compareText } from '../../../parsers/compare-text.js';
import { isCanonicalDecimal } from '../../../parsers/decimal.js';
import { addDecimals, signOfDecimal, trimDecimal } from '../../../parsers/decimal-arithmetic.js';
import type {
  ConfidenceBucket,
  GroupPerformance,
  MetricsDetail,
  MetricsRecord,
} from '../../../parsers/metrics.js';
import type {
  BucketTally,
  DayTally,
  HoldTally,
  NamedTally,
  PeriodTally,
} from '../../../parsers/performance-tally.js';
import type { EquityHistory } from './equity.js';
import { PLACES, percentOf, quotient, wilsonInterval } from './ratios.js';
import { type Risk, riskOf } from './risk.js';

/** Raised when any formula of parsers/METRICS.md changes: files of another version are stale. */
export const DEFINITIONS_VERSION = '2';

export interface PerformanceSurroundings {
  readonly equity: EquityHistory;
  /** Ascending; those outside the period do not matter. */
  readonly days: readonly DayTally[];
  /** Canonical. */
  readonly computedAt: string;
}

/**
 * Computes every number of a period's metrics file.
 *
 * A function of the ledger alone: but for `computedAt` and `asOf`, the clock decides nothing.
 *
 * @returns what has no meaning is null, and `reasons` names it, in order of the field.
 * @see parsers/METRICS.md
 */
export function performanceOf(tally: PeriodTally, surroundings: PerformanceSurroundings): MetricsRecord {
  const { period, total, profits, losses, decided, decisions } = tally;
  const { computedAt } = surroundings;
  const reasons = new Reasons();
  const risk = riskOf(tally, surroundings);
  for (const [field, reason] of risk.reasons) reasons.set(field, reason);
  const unknown = total.trades === 0 && tally.notCounted.unknownPnl > 0;
  const none = unknown ? 'no trade of the period has a known P&L' : 'no trade ended in the period';
  const sum = (field: string, usd: string) =>
    unknown ? reasons.none(field, none) : reasons.kept(field, usd);
  const { detail, fees } = detailOf(tally, risk, computedAt, none, reasons);
  return {
    period: period.period,
    label: period.label,
    periodStart: period.start,
    periodEnd: period.end,
    computedAt,
    definitionsVersion: DEFINITIONS_VERSION,
    totalTrades: String(total.trades),
    winningTrades: String(total.winning),
    losingTrades: String(total.losing),
    breakevenTrades: String(total.breakeven),
    totalPnlUsd: sum('total_pnl_usd', total.netUsd),
    grossProfitUsd: sum('gross_profit_usd', profits.usd),
    grossLossUsd: sum('gross_loss_usd', losses.usd),
    totalFeesUsd: fees,
    avgWinUsd: reasons.average(
      'avg_win_usd',
      profits.usd,
      profits.count,
      PLACES.usd,
      'no trade earned money',
    ),
    avgLossUsd: reasons.average('avg_loss_usd', losses.usd, losses.count, PLACES.usd, 'no trade lost money'),
    profitFactor:
      losses.count === 0
        ? reasons.none('profit_factor', total.trades === 0 ? none : 'no trade lost money')
        : reasons.kept('profit_factor', quotient(profits.usd, losses.usd.replace('-', ''), PLACES.ratio)),
    decisionsMade: String(decisions.made),
    avgDecisionConfidencePct: reasons.average(
      'avg_decision_confidence_pct',
      decisions.confidenceSum,
      decisions.confident,
      PLACES.pct,
      decisions.made === 0 ? 'no decision was made in the period' : 'no decision states its confidence',
    ),
    highConfidenceWins: String(decided.highWins),
    lowConfidenceLosses: String(decided.lowLosses),
    maxDrawdownUsd: reasons.keptOrNull('max_drawdown_usd', risk.maxDrawdownUsd),
    maxDrawdownPct: reasons.keptOrNull('max_drawdown_pct', risk.maxDrawdownPct),
    sharpeRatio: reasons.keptOrNull('sharpe_ratio', risk.sharpe),
    sortinoRatio: reasons.keptOrNull('sortino_ratio', risk.sortino),
    expectancyUsd: reasons.average('expectancy_usd', total.netUsd, total.trades, PLACES.usd, none),
    assetPerformance: groupsOf(tally.assets, 'asset_performance', reasons),
    detail,
    reasons: reasons.list(),
  };
}

function detailOf(
  tally: PeriodTally,
  risk: Risk,
  computedAt: string,
  none: string,
  reasons: Reasons,
): { readonly detail: MetricsDetail; readonly fees: string | null } {
  const { period, total, decided, notCounted, hold, streaks } = tally;
  const rate = rateOf(total.winning, total.trades);
  if (rate.winRatePct === null)
    for (const field of ['win_rate_pct', 'win_rate_low_pct', 'win_rate_high_pct']) reasons.set(field, none);
  const feesUnknown = total.unknownFees === total.trades && (total.trades > 0 || notCounted.unknownPnl > 0);
  const noFees = total.trades === 0 ? none : 'no trade has known fees';
  const fees = feesUnknown
    ? reasons.none('total_fees_usd', noFees)
    : reasons.kept('total_fees_usd', total.feesUsd);
  const brier = brierOf(tally.buckets);
  const noHold = (which: string, trades: number): string =>
    trades === 0 ? `no ${which} in the period` : `every ${which} closes before it opens`;
  const held = (field: string, { count, seconds }: HoldTally, trades: number, which: string) =>
    reasons.average(field, seconds, count, PLACES.seconds, noHold(which, trades));
  const calibrated = tally.buckets.reduce((count, { trades }) => count + trades, 0);
  return {
    fees,
    detail: {
      asOf: period.end === null || computedAt < period.end ? computedAt : period.end,
      unknownPnlTrades: String(notCounted.unknownPnl),
      undatedTrades: String(notCounted.undated),
      unknownFeeTrades: String(total.unknownFees),
      ...rate,
      equityBasis: risk.basis,
      equityFrom: risk.equityFrom,
      equityTo: risk.equityTo,
      startingEquityUsd: risk.startingEquityUsd,
      maxDrawdownFrom: risk.maxDrawdownFrom,
      maxDrawdownTo: risk.maxDrawdownTo,
      dailyReturns: String(risk.dailyReturns),
      longestWinStreak: String(streaks.longestWin),
      longestLossStreak: String(streaks.longestLoss),
      currentStreak:
        streaks.current === null ? reasons.none('current_streak', none) : String(streaks.current),
      avgHoldSeconds: held('avg_hold_seconds', hold.all, total.trades, 'trade'),
      avgWinHoldSeconds: held('avg_win_hold_seconds', hold.winning, total.winning, 'winning trade'),
      avgLossHoldSeconds: held('avg_loss_hold_seconds', hold.losing, total.losing, 'losing trade'),
      feeDragPct: feeDrag(tally, feesUnknown ? noFees : null, reasons),
      fundingUsd: reasons.none('funding_usd', 'the ledger does not record funding'),
      decidedTrades: String(decided.trades),
      decidedPnlUsd:
        decided.trades === 0
          ? reasons.none('decided_pnl_usd', 'no trade carries out a decision')
          : reasons.kept('decided_pnl_usd', decided.netUsd),
      highConfidenceTrades: String(decided.high),
      lowConfidenceTrades: String(decided.low),
      calibratedTrades: String(calibrated),
      brierScore: brier ?? reasons.none('brier_score', 'no trade carries out a decision of known confidence'),
      bots: groupsOf(tally.bots, 'bot_performance', reasons),
      sources: groupsOf(tally.sources, 'source_performance', reasons),
      sides: groupsOf(tally.sides, 'side_performance', reasons),
      confidenceBuckets: bucketsOf(tally.buckets, reasons),
      notCounted: notCounted.named,
    },
  };
}

function feeDrag(
  { total, realizedProfitUsd }: PeriodTally,
  noFees: string | null,
  reasons: Reasons,
): string | null {
  if (signOfDecimal(realizedProfitUsd) === 0)
    return reasons.none('fee_drag_pct', 'no trade realized a profit');
  if (noFees !== null) return reasons.none('fee_drag_pct', noFees);
  return reasons.kept('fee_drag_pct', percentOf(total.feesUsd, realizedProfitUsd));
}

/** Mean of (confidence / 100 - outcome)^2. @returns null without trades. */
function brierOf(buckets: readonly BucketTally[]): string | null {
  const trades = buckets.reduce((count, bucket) => count + bucket.trades, 0);
  if (trades === 0) return null;
  const squares = buckets.reduce((sum, { squaredErrorSum }) => addDecimals(sum, squaredErrorSum), '0');
  return quotient(squares, String(trades * 10_000), PLACES.ratio);
}

function rateOf(
  winning: number,
  trades: number,
): Pick<MetricsDetail, 'winRatePct' | 'winRateLowPct' | 'winRateHighPct'> {
  if (trades === 0) return { winRatePct: null, winRateLowPct: null, winRateHighPct: null };
  const { lowPct, highPct } = wilsonInterval(winning, trades);
  return { winRatePct: percentOf(winning, trades), winRateLowPct: lowPct, winRateHighPct: highPct };
}

function groupsOf(
  groups: readonly NamedTally[],
  field: string,
  reasons: Reasons,
): readonly GroupPerformance[] {
  return [...groups]
    .sort((left, right) => compareNames(left.name, right.name))
    .map((group) => {
      const { winRatePct, winRateLowPct, winRateHighPct } = rateOf(group.winning, group.trades);
      return {
        name: group.name,
        trades: String(group.trades),
        pnlUsd: reasons.kept(field, group.netUsd),
        winRatePct,
        spread: {
          winning: String(group.winning),
          losing: String(group.losing),
          breakeven: String(group.breakeven),
          feesUsd: group.unknownFees === group.trades ? null : reasons.kept(field, group.feesUsd),
          winRateLowPct,
          winRateHighPct,
        },
      };
    });
}

function bucketsOf(buckets: readonly BucketTally[], reasons: Reasons): readonly ConfidenceBucket[] {
  return [...buckets]
    .sort((left, right) => left.bucket - right.bucket)
    .map(({ bucket, trades, winning, netUsd, confidenceSum }) => ({
      fromPct: String(bucket * 10),
      toPct: String(bucket * 10 + 10),
      trades: String(trades),
      winning: String(winning),
      avgConfidencePct: quotient(confidenceSum, String(trades), PLACES.pct),
      pnlUsd: reasons.kept('confidence_buckets', netUsd),
      ...rateOf(winning, trades),
    }));
}

/** By code points, so that the order is the same everywhere; those without a name last. */
function compareNames(left: string | null, right: string | null): number {
  if (left === right) return 0;
  if (left === null || right === null) return left === null ? 1 : -1;
  return compareText(left, right);
}

/** Why a null is null; the first word on a field stands. */
class Reasons {
  readonly #byField = new Map<string, string>();

  set(field: string, reason: string): void {
    if (!this.#byField.has(field)) this.#byField.set(field, reason);
  }

  none(field: string, reason: string): null {
    this.set(field, reason);
    return null;
  }

  /** A number as files hold it; one that is too long for them is not cut but left out. */
  kept(field: string, value: string): string | null {
    const text = trimDecimal(value);
    return isCanonicalDecimal(text) ? text : this.none(field, 'the number has more digits than a file holds');
  }

  keptOrNull(field: string, value: string | null): string | null {
    return value === null ? null : this.kept(field, value);
  }

  average(field: string, sum: string, count: number, places: number, reason: string): string | null {
    return count === 0 ? this.none(field, reason) : this.kept(field, quotient(sum, String(count), places));
  }

  list(): MetricsRecord['reasons'] {
    return [...this.#byField]
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([field, reason]) => ({ field, reason }));
  }
}
