import { COUNT } from './count-field.js';
import { choice, DECIMAL, TIME } from './field-type.js';
import { type JsonField, jsonArray, jsonOptional, jsonRequired } from './json-write.js';
import {
  type ConfidenceBucket,
  formatBucket,
  formatGroup,
  formatNotCounted,
  type GroupPerformance,
  type NotCounted,
  readBucket,
  readGroup,
  readNotCounted,
} from './metrics-groups.js';
import type { ObjectFields } from './object-fields.js';

/** `snapshots`: the account's value, flows taken out. `realized`: what trades brought as they closed. */
export type EquityBasis = 'snapshots' | 'realized';

/**
 * What version 2 of the file adds. Every number is decimal text, null = undefined, see `reasons`.
 *
 * @see parsers/METRICS.md for the formula of each field.
 */
export interface MetricsDetail {
  /** Facts up to here were known; before the period's end = the period was still open. */
  readonly asOf: string;
  readonly unknownPnlTrades: string;
  readonly undatedTrades: string;
  readonly unknownFeeTrades: string;
  readonly winRatePct: string | null;
  readonly winRateLowPct: string | null;
  readonly winRateHighPct: string | null;
  readonly equityBasis: EquityBasis;
  readonly equityFrom: string | null;
  readonly equityTo: string | null;
  readonly startingEquityUsd: string | null;
  readonly maxDrawdownFrom: string | null;
  readonly maxDrawdownTo: string | null;
  readonly dailyReturns: string;
  readonly longestWinStreak: string;
  readonly longestLossStreak: string;
  /** Positive: so many wins at the end of the period, negative: losses, 0: a breakeven. */
  readonly currentStreak: string | null;
  readonly avgHoldSeconds: string | null;
  readonly avgWinHoldSeconds: string | null;
  readonly avgLossHoldSeconds: string | null;
  readonly feeDragPct: string | null;
  readonly fundingUsd: string | null;
  readonly decidedTrades: string;
  readonly decidedPnlUsd: string | null;
  readonly highConfidenceTrades: string;
  readonly lowConfidenceTrades: string;
  readonly calibratedTrades: string;
  readonly brierScore: string | null;
  readonly bots: readonly GroupPerformance[];
  readonly sources: readonly GroupPerformance[];
  readonly sides: readonly GroupPerformance[];
  readonly confidenceBuckets: readonly ConfidenceBucket[];
  /** The first 20 by name; the counts above are whole. */
  readonly notCounted: readonly NotCounted[];
}

const BASIS = choice(['snapshots', 'realized']);

/** The keys of {@link MetricsDetail} that hold one value, in file order. */
export function formatDetail(detail: MetricsDetail): readonly JsonField[] {
  return [
    jsonRequired('as_of', TIME, detail.asOf),
    jsonRequired('unknown_pnl_trades', COUNT, detail.unknownPnlTrades),
    jsonRequired('undated_trades', COUNT, detail.undatedTrades),
    jsonRequired('unknown_fee_trades', COUNT, detail.unknownFeeTrades),
    jsonOptional('win_rate_pct', DECIMAL, detail.winRatePct),
    jsonOptional('win_rate_low_pct', DECIMAL, detail.winRateLowPct),
    jsonOptional('win_rate_high_pct', DECIMAL, detail.winRateHighPct),
    jsonRequired('equity_basis', BASIS, detail.equityBasis),
    jsonOptional('equity_from', TIME, detail.equityFrom),
    jsonOptional('equity_to', TIME, detail.equityTo),
    jsonOptional('starting_equity_usd', DECIMAL, detail.startingEquityUsd),
    jsonOptional('max_drawdown_from', TIME, detail.maxDrawdownFrom),
    jsonOptional('max_drawdown_to', TIME, detail.maxDrawdownTo),
    jsonRequired('daily_returns', COUNT, detail.dailyReturns),
    jsonRequired('longest_win_streak', COUNT, detail.longestWinStreak),
    jsonRequired('longest_loss_streak', COUNT, detail.longestLossStreak),
    jsonOptional('current_streak', DECIMAL, detail.currentStreak),
    jsonOptional('avg_hold_seconds', DECIMAL, detail.avgHoldSeconds),
    jsonOptional('avg_win_hold_seconds', DECIMAL, detail.avgWinHoldSeconds),
    jsonOptional('avg_loss_hold_seconds', DECIMAL, detail.avgLossHoldSeconds),
    jsonOptional('fee_drag_pct', DECIMAL, detail.feeDragPct),
    jsonOptional('funding_usd', DECIMAL, detail.fundingUsd),
    jsonRequired('decided_trades', COUNT, detail.decidedTrades),
    jsonOptional('decided_pnl_usd', DECIMAL, detail.decidedPnlUsd),
    jsonRequired('high_confidence_trades', COUNT, detail.highConfidenceTrades),
    jsonRequired('low_confidence_trades', COUNT, detail.lowConfidenceTrades),
    jsonRequired('calibrated_trades', COUNT, detail.calibratedTrades),
    jsonOptional('brier_score', DECIMAL, detail.brierScore),
  ];
}

/** The keys of {@link MetricsDetail} that hold lists, in file order. */
export function formatDetailLists(detail: MetricsDetail): readonly JsonField[] {
  return [
    ['bot_performance', jsonArray(detail.bots.map((group) => formatGroup('bot', group, 2)))],
    ['source_performance', jsonArray(detail.sources.map((group) => formatGroup('source', group, 2)))],
    ['side_performance', jsonArray(detail.sides.map((group) => formatGroup('side', group, 2)))],
    ['confidence_buckets', jsonArray(detail.confidenceBuckets.map(formatBucket))],
    ['not_counted', jsonArray(detail.notCounted.map(formatNotCounted))],
  ];
}

export function readDetail(fields: ObjectFields): MetricsDetail {
  return {
    asOf: fields.required('as_of', TIME, ''),
    unknownPnlTrades: fields.required('unknown_pnl_trades', COUNT, ''),
    undatedTrades: fields.required('undated_trades', COUNT, ''),
    unknownFeeTrades: fields.required('unknown_fee_trades', COUNT, ''),
    winRatePct: fields.optional('win_rate_pct', DECIMAL),
    winRateLowPct: fields.optional('win_rate_low_pct', DECIMAL),
    winRateHighPct: fields.optional('win_rate_high_pct', DECIMAL),
    equityBasis: fields.required('equity_basis', BASIS, 'realized'),
    equityFrom: fields.optional('equity_from', TIME),
    equityTo: fields.optional('equity_to', TIME),
    startingEquityUsd: fields.optional('starting_equity_usd', DECIMAL),
    maxDrawdownFrom: fields.optional('max_drawdown_from', TIME),
    maxDrawdownTo: fields.optional('max_drawdown_to', TIME),
    dailyReturns: fields.required('daily_returns', COUNT, ''),
    longestWinStreak: fields.required('longest_win_streak', COUNT, ''),
    longestLossStreak: fields.required('longest_loss_streak', COUNT, ''),
    currentStreak: fields.optional('current_streak', DECIMAL),
    avgHoldSeconds: fields.optional('avg_hold_seconds', DECIMAL),
    avgWinHoldSeconds: fields.optional('avg_win_hold_seconds', DECIMAL),
    avgLossHoldSeconds: fields.optional('avg_loss_hold_seconds', DECIMAL),
    feeDragPct: fields.optional('fee_drag_pct', DECIMAL),
    fundingUsd: fields.optional('funding_usd', DECIMAL),
    decidedTrades: fields.required('decided_trades', COUNT, ''),
    decidedPnlUsd: fields.optional('decided_pnl_usd', DECIMAL),
    highConfidenceTrades: fields.required('high_confidence_trades', COUNT, ''),
    lowConfidenceTrades: fields.required('low_confidence_trades', COUNT, ''),
    calibratedTrades: fields.required('calibrated_trades', COUNT, ''),
    brierScore: fields.optional('brier_score', DECIMAL),
    bots: fields.objects('bot_performance', readGroup('bot', 2)),
    sources: fields.objects('source_performance', readGroup('source', 2)),
    sides: fields.objects('side_performance', readGroup('side', 2)),
    confidenceBuckets: fields.objects('confidence_buckets', readBucket),
    notCounted: fields.objects('not_counted', readNotCounted),
  };
}
