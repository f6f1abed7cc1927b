import { Kysely, PostgresDialect } from 'kysely';
import type { Schema } from './schema.js';

/** What Kysely needs of a client; both `pg` and PGlite can give it. */
export interface QueryClient {
  query(text: string, values: readonly unknown[]): Promise<QueryAnswer>;
}

export interface QueryAnswer {
  readonly command: string;
  readonly rowCount: number;
  readonly rows: unknown[];
}

/**
 * Puts Kysely on one given connection.
 *
 * The dialect's pool is that single connection, so that temporary tables, advisory locks and transactions of one
 * piece of work share a session, on a server and on the embedded database alike.
 */
export function kyselyOn(client: QueryClient): Kysely<Schema> {
  const connection = {
    query: (text: unknown, values?: readonly unknown[]) => client.query(String(text), values ?? []),
    release: () => undefined,
  };
  const pool = { connect: async () => connection, end: async () => undefined };
  return new Kysely<Schema>({ dialect: new PostgresDialect({ pool: pool as never }) });
}
