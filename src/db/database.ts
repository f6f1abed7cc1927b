import type { Kysely } from 'kysely';
import type { Schema } from './schema.js';

/** Which commit and tree the tables mirror, and by which version of the rules. */
export interface ProjectedState {
  readonly revision: string;
  readonly artifactsTree: string;
  readonly formatVersion: number;
}

/** One connection, used by one caller at a time, so that session-local tables and transactions stay together. */
export interface Session {
  readonly db: Kysely<Schema>;
  /**
   * Bulk-loads rows with COPY.
   *
   * @param chunks - COPY text format, see {@link encodeCopyRow}; produced while the server loads.
   */
  copyInto(table: string, columns: readonly string[], chunks: AsyncIterable<Buffer>): Promise<void>;
}

/** A Postgres that holds the projection: embedded in this process, or a server. */
export interface Database {
  readonly kind: 'embedded' | 'postgres';
  /** For messages: never contains a password. */
  readonly description: string;
  /**
   * Reads which tree is projected, as cheaply as possible.
   *
   * @returns null when nothing is known: no tables, no row, or (embedded) the last process did not close it.
   */
  peek(): Promise<ProjectedState | null>;
  /** Runs `work` on a connection of its own. */
  withSession<T>(work: (session: Session) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}
