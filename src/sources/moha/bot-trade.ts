import type { RawRows } from './raw-rows.js';

/**
 * One row of MoHa's `bot_trades`, every value as the text in which upstream prints it: no float, no `Date`.
 *
 * Amounts are what Postgres prints for the column: plain decimals for `numeric`, perhaps an exponent for `double
 * precision`, `NaN` and `Infinity` where the row holds them. Null is SQL null, or a column that is not there.
 */
export interface BotTrade {
  /** Whole number in decimal digits. */
  readonly id: string;
  readonly botId: string | null;
  readonly botType: string | null;
  readonly decisionId: string | null;
  readonly symbol: string | null;
  readonly side: string | null;
  readonly entryPrice: string | null;
  readonly exitPrice: string | null;
  readonly size: string | null;
  readonly leverage: string | null;
  readonly realizedPnl: string | null;
  readonly unrealizedPnl: string | null;
  readonly fees: string | null;
  readonly status: string | null;
  readonly closeReason: string | null;
  /** Canonical UTC time with microseconds; upstream's text (`infinity`) where it is no finite time of years 1 to 9999. */
  readonly openedAt: string | null;
  readonly closedAt: string | null;
}

/** Whole numbers, both ends included, in decimal digits. */
export interface IdRange {
  readonly first: string;
  readonly last: string;
}

/** What tells one upstream from another that took its place; null = this upstream does not say. */
export interface UpstreamIdentity {
  /** `system_identifier` and timeline of the cluster. */
  readonly system: string | null;
  readonly timeline: string | null;
  /** Oid of the database and of the table. */
  readonly database: string;
  readonly table: string;
}

/** The moment that one look at upstream shows. */
export interface UpstreamMark {
  readonly identity: UpstreamIdentity;
  /** `table`: rows carry a usable `xmin`. `view`: they do not (view, foreign table, materialized view). */
  readonly kind: 'table' | 'view';
  /** `pg_snapshot_xmin`: every transaction before it has ended. 64 bits, decimal digits. */
  readonly horizon: string;
  /** `pg_snapshot_xmax`: no transaction from it on is seen. */
  readonly nextXid: string;
  /** Virtual ids of the transactions that run at this moment, ours left out. */
  readonly live: readonly string[];
  /** Upstream's clock, canonical time. */
  readonly now: string;
  /** Highest id in the table; null = it is empty. */
  readonly lastId: string | null;
}

/** Which rows to read. */
export type RowSelection =
  | { readonly kind: 'all' }
  /** Rows written by transactions at or after a horizon, and rows in the ranges whatever wrote them. */
  | { readonly kind: 'changed'; readonly sinceHorizon: string; readonly ids: readonly IdRange[] }
  /** Rows above an id, and rows in the ranges: for upstreams without `xmin`. */
  | { readonly kind: 'ids'; readonly aboveId: string; readonly ids: readonly IdRange[] };

/**
 * Some thousand rows, kept as upstream sent them and read each time they are asked for: fifty thousand rows of objects
 * would keep the garbage collector busier than all other work.
 */
export interface RowChunk extends RawRows, Iterable<BotTrade> {}

/** One look at upstream: everything read through it is of one moment. */
export interface MohaSnapshot {
  readonly mark: UpstreamMark;
  /** What a person should know of this table, one sentence each: a float column, times without a zone. */
  readonly warnings: readonly string[];
  /**
   * Streams rows by time of opening, then id; rows without such a time come last.
   *
   * @returns the next chunk is fetched while the caller works on one. Reading a row throws UPSTREAM_INVALID when its id
   *   is no whole number.
   */
  rows(selection: RowSelection): AsyncIterable<RowChunk>;
  /** Counts the rows of the table, for progress: a guess of upstream's statistics where there are many. */
  estimate(): Promise<number>;
  /** Ids between `aboveId` and the highest that have no row, as ranges in order; the highest `limit` of them. */
  gaps(aboveId: string, limit: number): Promise<readonly IdRange[]>;
  /** Those of the given ids that have no row. */
  absent(ids: readonly string[]): Promise<readonly string[]>;
}

/** MoHa's Postgres, strictly read-only. */
export interface Moha {
  /** For messages: never contains a password. */
  readonly description: string;
  /**
   * Runs `work` in one `REPEATABLE READ READ ONLY` transaction.
   *
   * @throws `MavenError` UPSTREAM_UNREACHABLE, UPSTREAM_AUTH, UPSTREAM_SCHEMA naming every column at fault,
   *   UPSTREAM_WRITABLE, UPSTREAM_FAILED.
   */
  withSnapshot<T>(work: (snapshot: MohaSnapshot) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** The least of a Postgres connection that reading needs: one statement, its rows as text. */
export interface UpstreamConnection {
  /** @param text - one statement, never several. */
  query(text: string): Promise<readonly (readonly (string | null)[])[]>;
  /** The same with the rows as they come, where a connection can give them: many times as quick. */
  readonly queryRaw?: (text: string, expectedBytes: number) => Promise<RawRows>;
}
