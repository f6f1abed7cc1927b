import type { Schema } from '../../db/schema.js';
import { type Kysely, sql } from '../../db/sql.js';
import type { Repository } from '../../git/repository.js';
import { readProjectionState } from '../projection-state.js';
import { flowsInGit } from './flows-in-git.js';
import { canonicalTime } from './in-one-moment.js';
import {
  type AccountKey,
  type AccountSummary,
  EQUITY_COLUMNS,
  type EquityRow,
  SNAPSHOT_COLUMNS,
  type SnapshotRow,
  type SnapshotStore,
} from './snapshot-store.js';

/** Snapshots as the projection has them; to be asked within one transaction. Flows are those of the commit it mirrors. */
export function snapshotsInPostgres(db: Kysely<Schema>, repository: Repository): SnapshotStore {
  return {
    accounts: () => readAccounts(db),
    newest: async (key, until, completeOnly) => {
      const row = await ofAccount(db, key)
        .select(selection(SNAPSHOT_COLUMNS))
        .$if(until !== null, (query) => query.where('snapshot_at', '<=', until))
        .$if(completeOnly, (query) => query.where('quality', '=', 'complete'))
        .orderBy('maven_portfolio_snapshots.snapshot_at', 'desc')
        .orderBy(sql`git_path collate "C"`, 'desc')
        .limit(1)
        .executeTakeFirst();
      return (row as SnapshotRow | undefined) ?? null;
    },
    named: async (paths) => {
      if (paths.length === 0) return [];
      const rows = await db
        .selectFrom('maven_portfolio_snapshots')
        .select(selection(EQUITY_COLUMNS))
        .where('git_path', 'in', paths)
        .execute();
      return rows as EquityRow[];
    },
    flows: async () => {
      const state = await readProjectionState(db);
      return flowsInGit(repository, state?.artifactsTree ?? null);
    },
    equity: async (key, from, until) => {
      const rows = await ofAccount(db, key)
        .select(selection(EQUITY_COLUMNS))
        .$if(from !== null, (query) => query.where('snapshot_at', '>=', from))
        .$if(until !== null, (query) => query.where('snapshot_at', '<=', until))
        .orderBy('maven_portfolio_snapshots.snapshot_at')
        .orderBy(sql`git_path collate "C"`)
        .execute();
      return rows as EquityRow[];
    },
  };
}

async function readAccounts(db: Kysely<Schema>): Promise<readonly AccountSummary[]> {
  const rows = await db
    .with('accounts', (inner) =>
      inner
        .selectFrom('maven_portfolio_snapshots')
        .select([
          'source as feed',
          'account',
          sql<string>`count(*)`.as('snapshots'),
          sql<string>`min(snapshot_at)`.as('first'),
          sql<string>`max(snapshot_at)`.as('newest'),
        ])
        .groupBy(['source', 'account']),
    )
    .selectFrom('accounts')
    .select([
      'feed',
      'account',
      'snapshots',
      canonicalTime('first').as('first_at'),
      canonicalTime('newest').as('newest_at'),
    ])
    .orderBy(sql`feed collate "C"`)
    .orderBy(sql`account collate "C"`)
    .execute();
  return rows.map((row) => ({ ...row, snapshots: Number(row.snapshots) }));
}

function ofAccount(db: Kysely<Schema>, { feed, account }: AccountKey) {
  return db.selectFrom('maven_portfolio_snapshots').where('source', '=', feed).where('account', '=', account);
}

function selection(columns: readonly string[]) {
  return columns.map((column) =>
    (column === 'snapshot_at' ? canonicalTime(column) : sql<string>`${sql.ref(column)}`).as(column),
  );
}
