import type { FlowArchive } from '../../../parsers/flow-archive.js';
import type { Schema } from '../../db/schema.js';
import type { ProjectedRow } from '../table-description.js';

/** The columns of a snapshot that are answered with. */
export const SNAPSHOT_COLUMNS = [
  'git_path',
  'source',
  'account',
  'snapshot_type',
  'snapshot_at',
  'quality',
  'quality_failed',
  'total_value_usd',
  'available_balance_usd',
  'margin_used_usd',
  'unrealized_pnl_usd',
  'open_positions',
  'position_count',
  'pnl_24h',
  'pnl_7d',
  'pnl_30d',
  'pnl_all_time',
  'pnl_evidence',
  'metadata',
] as const satisfies readonly (keyof Schema['maven_portfolio_snapshots'])[];

/** The columns of a snapshot that make a point of a chart, or the start of a window. */
export const EQUITY_COLUMNS = [
  'git_path',
  'snapshot_at',
  'quality',
  'total_value_usd',
  'external_flow_usd',
  'pnl_all_time',
] as const satisfies readonly (keyof Schema['maven_portfolio_snapshots'])[];

type Row = ProjectedRow<'maven_portfolio_snapshots'>;

/** A snapshot in full; times canonical, `jsonb` columns as any JSON of the same value. */
export type SnapshotRow = Pick<Row, (typeof SNAPSHOT_COLUMNS)[number]>;

export type EquityRow = Pick<Row, (typeof EQUITY_COLUMNS)[number]>;

/** An account of an upstream. */
export interface AccountKey {
  /** The upstream that reported it: `hyperliquid`. */
  readonly feed: string;
  /** As the upstream names it, an address. */
  readonly account: string;
}

export interface AccountSummary extends AccountKey {
  readonly snapshots: number;
  /** Canonical times of its first and its newest snapshot. */
  readonly first_at: string;
  readonly newest_at: string;
}

/**
 * What is asked of snapshots. All times are canonical; a bound that is
 * null does not bind. Between snapshots of one microsecond the bytes of the path decide.
 */
export interface SnapshotStore {
  /** Every account, ordered by the bytes of feed and account. */
  accounts(): Promise<readonly AccountSummary[]>;
  /** @returns the newest snapshot at or before `until`; null = there is none. */
  newest(key: AccountKey, until: string | null, completeOnly: boolean): Promise<SnapshotRow | null>;
  /** Finds snapshots by their paths; a path without a snapshot is left out. */
  named(paths: readonly string[]): Promise<readonly EquityRow[]>;
  /** Every flow of the same revision, of all accounts. */
  flows(): Promise<FlowArchive>;
  /** @returns snapshots from `from` to `until`, both included, oldest first. */
  equity(key: AccountKey, from: string | null, until: string | null): Promise<readonly EquityRow[]>;
}
