/** The names of everything that the migrations make. No import here: the quickest question needs the list, too. */
export const TABLES = [
  'maven_decisions',
  'maven_trades',
  'maven_portfolio_snapshots',
  'maven_performance_metrics',
  'maven_insights',
  'maven_memory',
  'maven_conversations',
  'maven_problems',
  'maven_projection',
] as const;

export const FUNCTIONS = [
  'maven_get_current_portfolio',
  'maven_win_rate_by_asset',
  'maven_decision_performance',
] as const;

/** Kysely's own tables. */
export const BOOKKEEPING = ['maven_migration', 'maven_migration_lock'] as const;
