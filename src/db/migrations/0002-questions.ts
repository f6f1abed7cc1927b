import { type Kysely, type Migration, sql } from 'kysely';

/**
 * The three helper functions. `language sql`, because in PL/pgSQL output columns named like table columns are
 * ambiguous at run time.
 */
const STATEMENTS: readonly string[] = [
  `create function maven_get_current_portfolio() returns table (
    snapshot_at timestamptz,
    quality text,
    total_value_usd numeric,
    available_balance_usd numeric,
    margin_used_usd numeric,
    margin_utilization_pct numeric,
    unrealized_pnl_usd numeric,
    position_count integer,
    pnl_24h numeric,
    pnl_7d numeric,
    pnl_30d numeric,
    pnl_all_time numeric,
    git_path text
  ) language sql stable as $$
    select s.snapshot_at, s.quality, s.total_value_usd, s.available_balance_usd, s.margin_used_usd,
      s.margin_utilization_pct, s.unrealized_pnl_usd, s.position_count, s.pnl_24h, s.pnl_7d, s.pnl_30d,
      s.pnl_all_time, s.git_path
    from maven_portfolio_snapshots s
    order by s.snapshot_at desc, s.id
    limit 1
  $$`,

  // A trade counts once it is over: closed or liquidated. A win is a realized profit before fees.
  `create function maven_win_rate_by_asset() returns table (
    asset text,
    total_trades bigint,
    winning_trades bigint,
    losing_trades bigint,
    win_rate_pct numeric,
    net_pnl_usd numeric
  ) language sql stable as $$
    select t.asset, count(*), count(*) filter (where t.realized_pnl_usd > 0),
      count(*) filter (where t.realized_pnl_usd < 0),
      round(count(*) filter (where t.realized_pnl_usd > 0) * 100.0 / count(*), 2),
      sum(t.net_pnl_usd)
    from maven_trades t
    where t.status in ('closed', 'liquidated')
    group by t.asset
    order by count(*) desc, t.asset
  $$`,

  `create function maven_decision_performance(lookback_days integer default 30) returns table (
    decision_id bigint,
    git_filename text,
    decided_at timestamptz,
    decision_type text,
    asset text,
    confidence numeric,
    trades_opened bigint,
    trades_over bigint,
    winning_trades bigint,
    win_rate_pct numeric,
    net_pnl_usd numeric
  ) language sql stable as $$
    select d.id, d.git_filename, d.decided_at, d.decision_type, d.asset, d.confidence,
      count(t.id),
      count(t.id) filter (where t.status in ('closed', 'liquidated')),
      count(t.id) filter (where t.status in ('closed', 'liquidated') and t.realized_pnl_usd > 0),
      round(count(t.id) filter (where t.status in ('closed', 'liquidated') and t.realized_pnl_usd > 0) * 100.0
        / nullif(count(t.id) filter (where t.status in ('closed', 'liquidated')), 0), 2),
      sum(t.net_pnl_usd) filter (where t.status in ('closed', 'liquidated'))
    from maven_decisions d
    left join maven_trades t on t.decision_id = d.id
    where d.decided_at >= now() - make_interval(days => lookback_days)
    group by d.id
    order by d.decided_at desc, d.id
  $$`,
];

export const questions: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};
