import { type Kysely, type Migration, sql } from 'kysely';

/** From which moment on `external_flow_usd` counts: over a snapshot that could not read its flows it reaches back. */
export const flowsSince: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`alter table maven_portfolio_snapshots add column external_flows_since timestamptz`.execute(db);
  },
};
