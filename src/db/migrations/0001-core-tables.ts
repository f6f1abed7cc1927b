import { type Kysely, type Migration, sql } from 'kysely';

/**
 * Amounts are `numeric` without a scale: exact to the digit the artifact gave, where `numeric(24,8)` would round a
 * price of a fraction of a cent in silence. The parsers bound the digits (20 before the point, 18 after).
 *
 * There are no foreign keys: a row follows from its own artifact alone, so that a row deleted or changed by hand is
 * one finding and not a cascade. Links that lead nowhere are reported by verify.
 */
const STATEMENTS: readonly string[] = [
  `create table maven_decisions (
    id bigint primary key,
    git_filename text not null,
    decided_at timestamptz not null,
    decision_type text not null,
    asset text,
    action text not null,
    reasoning text not null,
    confidence numeric,
    risk_level text,
    metadata jsonb,
    created_at timestamptz,
    updated_at timestamptz,
    git_path text not null,
    git_line integer not null
  )`,
  'create index maven_decisions_decided_at on maven_decisions (decided_at)',
  'create index maven_decisions_asset on maven_decisions (asset)',
  'create index maven_decisions_git_path on maven_decisions (git_path)',

  `create table maven_trades (
    id bigint primary key,
    decision_id bigint,
    decision_filename text,
    source text not null,
    external_trade_id text not null,
    revision bigint not null,
    trade_source text not null,
    source_bot_id text,
    asset text not null,
    side text not null check (side in ('long', 'short')),
    position_action text not null check (position_action in ('open', 'close')),
    entry_price numeric,
    exit_price numeric,
    size_usd numeric,
    size_asset numeric,
    leverage numeric,
    realized_pnl_usd numeric,
    unrealized_pnl_usd numeric,
    fees_usd numeric,
    net_pnl_usd numeric generated always as (realized_pnl_usd - coalesce(fees_usd, 0)) stored,
    status text not null check (status in ('open', 'closed', 'liquidated', 'cancelled')),
    close_reason text,
    opened_at timestamptz not null,
    closed_at timestamptz,
    metadata jsonb,
    created_at timestamptz,
    updated_at timestamptz,
    git_path text not null,
    git_line integer not null
  )`,
  'create index maven_trades_asset on maven_trades (asset)',
  'create index maven_trades_status on maven_trades (status)',
  'create index maven_trades_opened_at on maven_trades (opened_at)',
  'create index maven_trades_closed_at on maven_trades (closed_at)',
  'create index maven_trades_decision on maven_trades (decision_filename) where decision_filename is not null',
  'create index maven_trades_git_path on maven_trades (git_path)',

  `create table maven_portfolio_snapshots (
    id bigint primary key,
    git_filename text not null,
    source text not null,
    account text not null,
    snapshot_type text not null check (snapshot_type in ('scheduled', 'decision', 'manual', 'milestone')),
    snapshot_at timestamptz not null,
    quality text not null check (quality in ('complete', 'partial')),
    quality_failed jsonb not null,
    total_value_usd numeric,
    available_balance_usd numeric,
    margin_used_usd numeric,
    margin_utilization_pct numeric generated always as (
      case when total_value_usd > 0 then round(margin_used_usd / total_value_usd * 100, 4) end
    ) stored,
    unrealized_pnl_usd numeric,
    open_positions jsonb not null,
    position_count integer not null,
    external_flow_usd numeric,
    pnl_24h numeric,
    pnl_7d numeric,
    pnl_30d numeric,
    pnl_all_time numeric,
    pnl_evidence jsonb not null,
    metadata jsonb,
    created_at timestamptz,
    updated_at timestamptz,
    git_path text not null,
    git_line integer not null
  )`,
  'create index maven_portfolio_snapshots_snapshot_at on maven_portfolio_snapshots (snapshot_at)',
  'create index maven_portfolio_snapshots_git_path on maven_portfolio_snapshots (git_path)',

  `create table maven_performance_metrics (
    id bigint primary key,
    period text not null check (period in ('hour', 'day', 'week', 'month', 'all_time')),
    period_label text not null,
    period_start timestamptz,
    period_end timestamptz,
    definitions_version text not null,
    total_trades numeric,
    winning_trades numeric,
    losing_trades numeric,
    breakeven_trades numeric,
    win_rate_pct numeric generated always as (
      case when total_trades > 0 then round(winning_trades * 100.0 / total_trades, 4) end
    ) stored,
    total_pnl_usd numeric,
    gross_profit_usd numeric,
    gross_loss_usd numeric,
    total_fees_usd numeric,
    avg_win_usd numeric,
    avg_loss_usd numeric,
    profit_factor numeric,
    decisions_made numeric,
    avg_decision_confidence numeric,
    high_confidence_wins numeric,
    low_confidence_losses numeric,
    max_drawdown_usd numeric,
    max_drawdown_pct numeric,
    sharpe_ratio numeric,
    sortino_ratio numeric,
    expectancy_usd numeric,
    asset_performance jsonb not null,
    reasons jsonb not null,
    created_at timestamptz,
    updated_at timestamptz,
    git_path text not null,
    git_line integer not null
  )`,
  'create index maven_performance_metrics_period on maven_performance_metrics (period, period_start)',
  'create index maven_performance_metrics_git_path on maven_performance_metrics (git_path)',

  `create table maven_insights (
    id bigint primary key,
    git_filename text not null,
    observed_at timestamptz not null,
    insight_type text not null,
    asset text,
    confidence numeric,
    content text not null,
    metadata jsonb,
    created_at timestamptz,
    updated_at timestamptz,
    git_path text not null,
    git_line integer not null
  )`,
  'create index maven_insights_observed_at on maven_insights (observed_at)',
  'create index maven_insights_git_path on maven_insights (git_path)',

  // A tsvector holds at most 1 MiB, so the search covers the first 100,000 characters of a text.
  `create table maven_memory (
    id bigint primary key,
    memory_type text not null check (memory_type in ('event', 'milestone')),
    event_type text not null,
    occurred_at timestamptz not null,
    title text,
    content text not null,
    metadata jsonb,
    search tsvector generated always as (
      to_tsvector('english', event_type || ' ' || coalesce(title, '') || ' ' || left(content, 100000))
    ) stored,
    created_at timestamptz,
    updated_at timestamptz,
    git_path text not null,
    git_line integer not null
  )`,
  'create index maven_memory_occurred_at on maven_memory (occurred_at)',
  'create index maven_memory_search on maven_memory using gin (search)',
  'create index maven_memory_git_path on maven_memory (git_path)',

  `create table maven_conversations (
    id bigint primary key,
    conversation_id text not null,
    message_index bigint not null,
    role text not null,
    content text not null,
    sent_at timestamptz,
    metadata jsonb,
    search tsvector generated always as (to_tsvector('english', left(content, 100000))) stored,
    created_at timestamptz,
    updated_at timestamptz,
    git_path text not null,
    git_line integer not null
  )`,
  'create index maven_conversations_conversation on maven_conversations (conversation_id, message_index)',
  'create index maven_conversations_search on maven_conversations using gin (search)',
  'create index maven_conversations_git_path on maven_conversations (git_path)',

  `create table maven_problems (
    id bigint primary key,
    code text not null,
    severity text not null check (severity in ('error', 'warning')),
    message text not null,
    git_path text not null,
    git_line integer not null
  )`,
  // A hash index takes paths of any length; a problem may be about the strangest of names.
  'create index maven_problems_git_path on maven_problems using hash (git_path)',

  `create table maven_projection (
    singleton boolean primary key default true check (singleton),
    revision text not null,
    artifacts_tree text not null,
    format_version integer not null,
    row_counts jsonb not null
  )`,
];

export const coreTables: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};
