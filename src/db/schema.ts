import type { Generated, GeneratedAlways } from 'kysely';

/**
 * The tables as Kysely sees them. Every value is text: bigint, numeric, timestamptz and jsonb arrive exactly as
 * Postgres spells them, because a JavaScript number or Date would round money and cut microseconds.
 */
export interface Schema {
  readonly maven_decisions: DecisionRow;
  readonly maven_trades: TradeRow;
  readonly maven_portfolio_snapshots: SnapshotRow;
  readonly maven_performance_metrics: MetricsRow;
  readonly maven_insights: InsightRow;
  readonly maven_memory: MemoryRow;
  readonly maven_conversations: ConversationRow;
  readonly maven_problems: ProblemRow;
  readonly maven_projection: ProjectionRow;
}

/** Where a row came from: the artifact's path in the repository and the line in it (from 1). */
interface Provenance {
  git_path: string;
  git_line: string;
}

/** The artifact's own recorded times, never the time of projecting. Null where the artifact names none. */
interface RecordedTimes {
  created_at: string | null;
  updated_at: string | null;
}

export interface DecisionRow extends Provenance, RecordedTimes {
  id: string;
  git_filename: string;
  decided_at: string;
  decision_type: string;
  asset: string | null;
  action: string;
  reasoning: string;
  /** Percent, 0 to 100, as the file says. */
  confidence: string | null;
  risk_level: string | null;
  metadata: string | null;
}

export interface TradeRow extends Provenance, RecordedTimes {
  id: string;
  /** Derived id of the decision named by `decision_filename`; null when there is no such decision. */
  decision_id: string | null;
  decision_filename: string | null;
  source: string;
  external_trade_id: string;
  revision: string;
  trade_source: string;
  source_bot_id: string | null;
  asset: string;
  side: string;
  position_action: string;
  entry_price: string | null;
  exit_price: string | null;
  size_usd: string | null;
  size_asset: string | null;
  leverage: string | null;
  realized_pnl_usd: string | null;
  unrealized_pnl_usd: string | null;
  fees_usd: string | null;
  /** realized - fees; null while nothing is realized. */
  net_pnl_usd: GeneratedAlways<string | null>;
  status: string;
  close_reason: string | null;
  opened_at: string;
  closed_at: string | null;
  metadata: string | null;
}

export interface SnapshotRow extends Provenance, RecordedTimes {
  id: string;
  git_filename: string;
  source: string;
  account: string;
  snapshot_type: string;
  snapshot_at: string;
  quality: string;
  quality_failed: string;
  total_value_usd: string | null;
  available_balance_usd: string | null;
  margin_used_usd: string | null;
  margin_utilization_pct: GeneratedAlways<string | null>;
  unrealized_pnl_usd: string | null;
  open_positions: string;
  position_count: string;
  external_flow_usd: string | null;
  external_flows_since: string | null;
  pnl_24h: string | null;
  pnl_7d: string | null;
  pnl_30d: string | null;
  pnl_all_time: string | null;
  pnl_evidence: string;
  metadata: string | null;
}

export interface MetricsRow extends Provenance, RecordedTimes {
  id: string;
  period: string;
  period_label: string;
  period_start: string | null;
  period_end: string | null;
  definitions_version: string;
  total_trades: string | null;
  winning_trades: string | null;
  losing_trades: string | null;
  breakeven_trades: string | null;
  win_rate_pct: GeneratedAlways<string | null>;
  total_pnl_usd: string | null;
  gross_profit_usd: string | null;
  gross_loss_usd: string | null;
  total_fees_usd: string | null;
  avg_win_usd: string | null;
  avg_loss_usd: string | null;
  profit_factor: string | null;
  decisions_made: string | null;
  avg_decision_confidence: string | null;
  high_confidence_wins: string | null;
  low_confidence_losses: string | null;
  max_drawdown_usd: string | null;
  max_drawdown_pct: string | null;
  sharpe_ratio: string | null;
  sortino_ratio: string | null;
  expectancy_usd: string | null;
  asset_performance: string;
  reasons: string;
  /** From here on null where the file is of version 1. */
  as_of: string | null;
  unknown_pnl_trades: string | null;
  undated_trades: string | null;
  unknown_fee_trades: string | null;
  win_rate_low_pct: string | null;
  win_rate_high_pct: string | null;
  equity_basis: string | null;
  equity_from: string | null;
  equity_to: string | null;
  starting_equity_usd: string | null;
  max_drawdown_from: string | null;
  max_drawdown_to: string | null;
  daily_returns: string | null;
  longest_win_streak: string | null;
  longest_loss_streak: string | null;
  current_streak: string | null;
  avg_hold_seconds: string | null;
  avg_win_hold_seconds: string | null;
  avg_loss_hold_seconds: string | null;
  fee_drag_pct: string | null;
  funding_usd: string | null;
  decided_trades: string | null;
  decided_pnl_usd: string | null;
  high_confidence_trades: string | null;
  low_confidence_trades: string | null;
  calibrated_trades: string | null;
  brier_score: string | null;
  bot_performance: string | null;
  source_performance: string | null;
  side_performance: string | null;
  confidence_buckets: string | null;
  not_counted: string | null;
}

export interface InsightRow extends Provenance, RecordedTimes {
  id: string;
  git_filename: string;
  observed_at: string;
  insight_type: string;
  asset: string | null;
  /** Percent, 0 to 100, as the file says. */
  confidence: string | null;
  content: string;
  metadata: string | null;
}

export interface MemoryRow extends Provenance, RecordedTimes {
  id: string;
  /** `event` (session log) or `milestone`. */
  memory_type: string;
  event_type: string;
  occurred_at: string;
  title: string | null;
  content: string;
  metadata: string | null;
  search: GeneratedAlways<string>;
}

export interface ConversationRow extends Provenance, RecordedTimes {
  id: string;
  conversation_id: string;
  message_index: string;
  role: string;
  content: string;
  sent_at: string | null;
  metadata: string | null;
  search: GeneratedAlways<string>;
}

/** A fault in an artifact's content, as the parsers reported it. */
export interface ProblemRow extends Provenance {
  id: string;
  code: string;
  severity: string;
  message: string;
}

/** The one row that says which tree the tables mirror. */
export interface ProjectionRow {
  singleton: Generated<boolean>;
  /** The commit whose artifacts are projected. */
  revision: string;
  /** Tree id of `.moha/maven` in that commit. */
  artifacts_tree: string;
  /** Version of the rules by which artifacts become rows; another one means every row is made anew. */
  format_version: string;
  /** Rows of each table, as a JSON object. */
  row_counts: string;
}

/** The tables that are projected from artifacts. */
export type ProjectedTable = Exclude<keyof Schema, 'maven_projection'>;
