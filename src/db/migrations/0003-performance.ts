import { type Kysely, type Migration, sql } from 'kysely';

/** What version 2 of metrics files adds; null where a file is of version 1. */
const STATEMENTS: readonly string[] = [
  `alter table maven_performance_metrics
    add column as_of timestamptz,
    add column unknown_pnl_trades numeric,
    add column undated_trades numeric,
    add column unknown_fee_trades numeric,
    add column win_rate_low_pct numeric,
    add column win_rate_high_pct numeric,
    add column equity_basis text,
    add column equity_from timestamptz,
    add column equity_to timestamptz,
    add column starting_equity_usd numeric,
    add column max_drawdown_from timestamptz,
    add column max_drawdown_to timestamptz,
    add column daily_returns numeric,
    add column longest_win_streak numeric,
    add column longest_loss_streak numeric,
    add column current_streak numeric,
    add column avg_hold_seconds numeric,
    add column avg_win_hold_seconds numeric,
    add column avg_loss_hold_seconds numeric,
    add column fee_drag_pct numeric,
    add column funding_usd numeric,
    add column decided_trades numeric,
    add column decided_pnl_usd numeric,
    add column high_confidence_trades numeric,
    add column low_confidence_trades numeric,
    add column calibrated_trades numeric,
    add column brier_score numeric,
    add column bot_performance jsonb,
    add column source_performance jsonb,
    add column side_performance jsonb,
    add column confidence_buckets jsonb,
    add column not_counted jsonb`,

  // As the metrics count: a trade whose outcome is not known is neither won nor lost, and one without a closing time
  // lies in no period.
  `create or replace function maven_win_rate_by_asset() returns table (
    asset text,
    total_trades bigint,
    winning_trades bigint,
    losing_trades bigint,
    win_rate_pct numeric,
    net_pnl_usd numeric
  ) language sql stable as $$
    select t.asset, count(*), count(*) filter (where t.realized_pnl_usd > 0),
      count(*) filter (where t.realized_pnl_usd < 0),
      round(count(*) filter (where t.realized_pnl_usd > 0) * 100.0 / count(*), 4),
      sum(t.net_pnl_usd)
    from maven_trades t
    where t.status in ('closed', 'liquidated') and t.realized_pnl_usd is not null and t.closed_at is not null
    group by t.asset
    order by count(*) desc, t.asset
  $$`,
];

export const performance: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};
