import type { MetricsRecord } from '../../../parsers/metrics.js';
import type { Located } from '../../../parsers/problem.js';
import { deriveId } from '../derive-id.js';
import type { ProjectedRow, TableDescription } from '../table-description.js';

export const metrics: TableDescription<'maven_performance_metrics'> = {
  table: 'maven_performance_metrics',
  key: ['period', 'period_label'],
  columns: {
    id: 'value',
    period: 'value',
    period_label: 'value',
    period_start: 'value',
    period_end: 'value',
    definitions_version: 'value',
    total_trades: 'text',
    winning_trades: 'text',
    losing_trades: 'text',
    breakeven_trades: 'text',
    total_pnl_usd: 'text',
    gross_profit_usd: 'text',
    gross_loss_usd: 'text',
    total_fees_usd: 'text',
    avg_win_usd: 'text',
    avg_loss_usd: 'text',
    profit_factor: 'text',
    decisions_made: 'text',
    avg_decision_confidence: 'text',
    high_confidence_wins: 'text',
    low_confidence_losses: 'text',
    max_drawdown_usd: 'text',
    max_drawdown_pct: 'text',
    sharpe_ratio: 'text',
    sortino_ratio: 'text',
    expectancy_usd: 'text',
    asset_performance: 'text',
    reasons: 'text',
    created_at: 'value',
    updated_at: 'value',
    git_path: 'value',
    git_line: 'value',
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
    asset_performance: JSON.stringify(assetJson(record)),
    reasons: JSON.stringify(Object.fromEntries(record.reasons.map(({ field, reason }) => [field, reason]))),
    created_at: record.computedAt,
    updated_at: record.computedAt,
    git_path: path,
    git_line: String(line),
  };
}

function assetJson(record: MetricsRecord): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    record.assetPerformance.map(({ asset, trades, pnlUsd, winRatePct }) => [
      asset,
      { trades, pnl: pnlUsd, win_rate: winRatePct },
    ]),
  );
}
