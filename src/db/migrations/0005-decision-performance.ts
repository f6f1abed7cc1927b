import { type Kysely, type Migration, sql } from 'kysely';

/**
 * As the metrics count: a trade is over when it ended with a known P&L, in which case it is won, lost or neither; one whose
 * outcome is not known must not lower a win rate. A cancelled trade never was one.
 */
const STATEMENTS: readonly string[] = [
  `create or replace function maven_decision_performance(lookback_days integer default 30) returns table (
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
      count(t.id) filter (where t.status <> 'cancelled'),
      count(t.realized_pnl_usd) filter (where t.status in ('closed', 'liquidated')),
      count(t.id) filter (where t.status in ('closed', 'liquidated') and t.realized_pnl_usd > 0),
      round(count(t.id) filter (where t.status in ('closed', 'liquidated') and t.realized_pnl_usd > 0) * 100.0
        / nullif(count(t.realized_pnl_usd) filter (where t.status in ('closed', 'liquidated')), 0), 4),
      sum(t.net_pnl_usd) filter (where t.status in ('closed', 'liquidated'))
    from maven_decisions d
    left join maven_trades t on t.decision_id = d.id
    where d.decided_at >= now() - make_interval(days => lookback_days)
    group by d.id
    order by d.decided_at desc, d.id
  $$`,
];

export const decisionPerformance: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};
