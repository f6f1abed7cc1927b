import type { MetricsRecord } from '../parsers/metrics.js';
import type { EvidenceUnit } from './projection/questions/evidence.js';

interface NumberOfPeriod {
  readonly unit: EvidenceUnit;
  readonly of: (record: MetricsRecord) => string | null;
}

/** The numbers of a period, named as in parsers/METRICS.md. */
export const PERFORMANCE_NUMBERS = {
  total_trades: { unit: 'count', of: (record) => record.totalTrades },
  winning_trades: { unit: 'count', of: (record) => record.winningTrades },
  losing_trades: { unit: 'count', of: (record) => record.losingTrades },
  breakeven_trades: { unit: 'count', of: (record) => record.breakevenTrades },
  win_rate_pct: { unit: 'percent', of: ({ detail }) => detail?.winRatePct ?? null },
  total_pnl_usd: { unit: 'USD', of: (record) => record.totalPnlUsd },
  gross_profit_usd: { unit: 'USD', of: (record) => record.grossProfitUsd },
  gross_loss_usd: { unit: 'USD', of: (record) => record.grossLossUsd },
  total_fees_usd: { unit: 'USD', of: (record) => record.totalFeesUsd },
  avg_win_usd: { unit: 'USD', of: (record) => record.avgWinUsd },
  avg_loss_usd: { unit: 'USD', of: (record) => record.avgLossUsd },
  profit_factor: { unit: 'ratio', of: (record) => record.profitFactor },
  expectancy_usd: { unit: 'USD', of: (record) => record.expectancyUsd },
  max_drawdown_usd: { unit: 'USD', of: (record) => record.maxDrawdownUsd },
  max_drawdown_pct: { unit: 'percent', of: (record) => record.maxDrawdownPct },
  sharpe_ratio: { unit: 'ratio', of: (record) => record.sharpeRatio },
  sortino_ratio: { unit: 'ratio', of: (record) => record.sortinoRatio },
  longest_win_streak: { unit: 'count', of: ({ detail }) => detail?.longestWinStreak ?? null },
  longest_loss_streak: { unit: 'count', of: ({ detail }) => detail?.longestLossStreak ?? null },
  current_streak: { unit: 'count', of: ({ detail }) => detail?.currentStreak ?? null },
  avg_hold_seconds: { unit: 'seconds', of: ({ detail }) => detail?.avgHoldSeconds ?? null },
  fee_drag_pct: { unit: 'percent', of: ({ detail }) => detail?.feeDragPct ?? null },
  decisions_made: { unit: 'count', of: (record) => record.decisionsMade },
  avg_decision_confidence_pct: { unit: 'percent', of: (record) => record.avgDecisionConfidencePct },
  decided_trades: { unit: 'count', of: ({ detail }) => detail?.decidedTrades ?? null },
  decided_pnl_usd: { unit: 'USD', of: ({ detail }) => detail?.decidedPnlUsd ?? null },
  brier_score: { unit: 'ratio', of: ({ detail }) => detail?.brierScore ?? null },
} as const satisfies Readonly<Record<string, NumberOfPeriod>>;

export type PerformanceNumber = keyof typeof PERFORMANCE_NUMBERS;
