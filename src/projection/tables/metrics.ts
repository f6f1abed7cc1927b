import type {
  ConfidenceBucket,
  GroupPerformance,
  MetricsDetail,
  MetricsRecord,
  NotCounted,
} from '../../../parsers/metrics.js';
import type { Located } from '../../../parsers/problem.js';
import { deriveId } from '../derive-id.js';
import type { ProjectedRow, TableDescription } from '../table-description.js';

export const metrics: TableDescription<'maven_performance_metrics'> = {
  table: 'maven_performance_metrics',
  key: ['period', 'period_label'],
  columns: {
    id: 'integer',
    period: 'text',
    period_label: 'text',
    period_start: 'time',
    period_end: 'time',
    definitions_version: 'text',
    total_trades: 'decimal',
    winning_trades: 'decimal',
    losing_trades: 'decimal',
    breakeven_trades: 'decimal',
    total_pnl_usd: 'decimal',
    gross_profit_usd: 'decimal',
    gross_loss_usd: 'decimal',
    total_fees_usd: 'decimal',
    avg_win_usd: 'decimal',
    avg_loss_usd: 'decimal',
    profit_factor: 'decimal',
    decisions_made: 'decimal',
    avg_decision_confidence: 'decimal',
    high_confidence_wins: 'decimal',
    low_confidence_losses: 'decimal',
    max_drawdown_usd: 'decimal',
    max_drawdown_pct: 'decimal',
    sharpe_ratio: 'decimal',
    sortino_ratio: 'decimal',
    expectancy_usd: 'decimal',
    asset_performance: 'json',
    reasons: 'json',
    as_of: 'time',
    unknown_pnl_trades: 'decimal',
    undated_trades: 'decimal',
    unknown_fee_trades: 'decimal',
    win_rate_low_pct: 'decimal',
    win_rate_high_pct: 'decimal',
    equity_basis: 'text',
    equity_from: 'time',
    equity_to: 'time',
    starting_equity_usd: 'decimal',
    max_drawdown_from: 'time',
    max_drawdown_to: 'time',
    daily_returns: 'decimal',
    longest_win_streak: 'decimal',
    longest_loss_streak: 'decimal',
    current_streak: 'decimal',
    avg_hold_seconds: 'decimal',
    avg_win_hold_seconds: 'decimal',
    avg_loss_hold_seconds: 'decimal',
    fee_drag_pct: 'decimal',
    funding_usd: 'decimal',
    decided_trades: 'decimal',
    decided_pnl_usd: 'decimal',
    high_confidence_trades: 'decimal',
    low_confidence_trades: 'decimal',
    calibrated_trades: 'decimal',
    brier_score: 'decimal',
    bot_performance: 'json',
    source_performance: 'json',
    side_performance: 'json',
    confidence_buckets: 'json',
    not_counted: 'json',
    created_at: 'time',
    updated_at: 'time',
    git_path: 'text',
    git_line: 'integer',
  },
};

export function metricsRow(
  { line, record }: Located<MetricsRecord>,
  path: string,
): ProjectedRow<'maven_performance_metrics'> {
  return {
    id: deriveId('maven_performance_metrics', `${record.period}/${record.label}`),
    period: record.period,
    period_label: record.label,
    period_start: record.periodStart,
    period_end: record.periodEnd,
    definitions_version: record.definitionsVersion,
    total_trades: record.totalTrades,
    winning_trades: record.winningTrades,
    losing_trades: record.losingTrades,
    breakeven_trades: record.breakevenTrades,
    total_pnl_usd: record.totalPnlUsd,
    gross_profit_usd: record.grossProfitUsd,
    gross_loss_usd: record.grossLossUsd,
    total_fees_usd: record.totalFeesUsd,
    avg_win_usd: record.avgWinUsd,
    avg_loss_usd: record.avgLossUsd,
    profit_factor: record.profitFactor,
    decisions_made: record.decisionsMade,
    avg_decision_confidence: record.avgDecisionConfidencePct,
    high_confidence_wins: record.highConfidenceWins,
    low_confidence_losses: record.lowConfidenceLosses,
    max_drawdown_usd: record.maxDrawdownUsd,
    max_drawdown_pct: record.maxDrawdownPct,
    sharpe_ratio: record.sharpeRatio,
    sortino_ratio: record.sortinoRatio,
    expectancy_usd: record.expectancyUsd,
    asset_performance: groupsJson(record.assetPerformance) ?? '{}',
    reasons: JSON.stringify(Object.fromEntries(record.reasons.map(({ field, reason }) => [field, reason]))),
    ...detailColumns(record.detail),
    created_at: record.computedAt,
    updated_at: record.computedAt,
    git_path: path,
    git_line: String(line),
  };
}

type DetailColumns = Pick<
  ProjectedRow<'maven_performance_metrics'>,
  | 'as_of'
  | 'unknown_pnl_trades'
  | 'undated_trades'
  | 'unknown_fee_trades'
  | 'win_rate_low_pct'
  | 'win_rate_high_pct'
  | 'equity_basis'
  | 'equity_from'
  | 'equity_to'
  | 'starting_equity_usd'
  | 'max_drawdown_from'
  | 'max_drawdown_to'
  | 'daily_returns'
  | 'longest_win_streak'
  | 'longest_loss_streak'
  | 'current_streak'
  | 'avg_hold_seconds'
  | 'avg_win_hold_seconds'
  | 'avg_loss_hold_seconds'
  | 'fee_drag_pct'
  | 'funding_usd'
  | 'decided_trades'
  | 'decided_pnl_usd'
  | 'high_confidence_trades'
  | 'low_confidence_trades'
  | 'calibrated_trades'
  | 'brier_score'
  | 'bot_performance'
  | 'source_performance'
  | 'side_performance'
  | 'confidence_buckets'
  | 'not_counted'
>;

/** Null where the file is of version 1, which did not say. */
function detailColumns(detail: MetricsDetail | null): DetailColumns {
  return {
    as_of: detail?.asOf ?? null,
    unknown_pnl_trades: detail?.unknownPnlTrades ?? null,
    undated_trades: detail?.undatedTrades ?? null,
    unknown_fee_trades: detail?.unknownFeeTrades ?? null,
    win_rate_low_pct: detail?.winRateLowPct ?? null,
    win_rate_high_pct: detail?.winRateHighPct ?? null,
    equity_basis: detail?.equityBasis ?? null,
    equity_from: detail?.equityFrom ?? null,
    equity_to: detail?.equityTo ?? null,
    starting_equity_usd: detail?.startingEquityUsd ?? null,
    max_drawdown_from: detail?.maxDrawdownFrom ?? null,
    max_drawdown_to: detail?.maxDrawdownTo ?? null,
    daily_returns: detail?.dailyReturns ?? null,
    longest_win_streak: detail?.longestWinStreak ?? null,
    longest_loss_streak: detail?.longestLossStreak ?? null,
    current_streak: detail?.currentStreak ?? null,
    avg_hold_seconds: detail?.avgHoldSeconds ?? null,
    avg_win_hold_seconds: detail?.avgWinHoldSeconds ?? null,
    avg_loss_hold_seconds: detail?.avgLossHoldSeconds ?? null,
    fee_drag_pct: detail?.feeDragPct ?? null,
    funding_usd: detail?.fundingUsd ?? null,
    decided_trades: detail?.decidedTrades ?? null,
    decided_pnl_usd: detail?.decidedPnlUsd ?? null,
    high_confidence_trades: detail?.highConfidenceTrades ?? null,
    low_confidence_trades: detail?.lowConfidenceTrades ?? null,
    calibrated_trades: detail?.calibratedTrades ?? null,
    brier_score: detail?.brierScore ?? null,
    bot_performance: groupsJson(detail?.bots),
    source_performance: groupsJson(detail?.sources),
    side_performance: groupsJson(detail?.sides),
    confidence_buckets: detail === null ? null : JSON.stringify(detail.confidenceBuckets.map(bucketJson)),
    not_counted: detail === null ? null : JSON.stringify(detail.notCounted.map(notCountedJson)),
  };
}

/** By name; the trades without one stand under the empty name, which no group can have. */
function groupsJson(groups: readonly GroupPerformance[] | undefined): string | null {
  return groups === undefined
    ? null
    : JSON.stringify(Object.fromEntries(groups.map((group) => [group.name ?? '', groupJson(group)])));
}

function groupJson({
  trades,
  pnlUsd,
  winRatePct,
  spread,
}: GroupPerformance): Readonly<Record<string, unknown>> {
  const base = { trades, pnl: pnlUsd, win_rate: winRatePct };
  if (spread === null) return base;
  return {
    ...base,
    win_rate_low: spread.winRateLowPct,
    win_rate_high: spread.winRateHighPct,
    winning: spread.winning,
    losing: spread.losing,
    breakeven: spread.breakeven,
    fees: spread.feesUsd,
  };
}

function bucketJson(bucket: ConfidenceBucket): Readonly<Record<string, unknown>> {
  return {
    from_pct: bucket.fromPct,
    to_pct: bucket.toPct,
    trades: bucket.trades,
    winning: bucket.winning,
    avg_confidence_pct: bucket.avgConfidencePct,
    pnl: bucket.pnlUsd,
    win_rate: bucket.winRatePct,
    win_rate_low: bucket.winRateLowPct,
    win_rate_high: bucket.winRateHighPct,
  };
}

function notCountedJson({ source, externalTradeId, reason }: NotCounted): Readonly<Record<string, string>> {
  return { source, external_trade_id: externalTradeId, reason };
}
