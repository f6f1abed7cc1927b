import type { ProjectedState } from '../db/database.js';
import type { Schema } from '../db/schema.js';
import { type Kysely, sql } from '../db/sql.js';
import type { RowCounts } from './reconcile-report.js';
import { stageName } from './stage.js';
import { PROJECTED_TABLES } from './tables/index.js';

export interface ProjectionState extends ProjectedState {
  /** Rows of each table when it was projected. */
  readonly rowCounts: RowCounts;
}

const ADVISORY_LOCK = '7162538840112346';

/** Waits until no other reconcile runs on this database; held to the end of the transaction. */
export async function lockProjection(db: Kysely<Schema>): Promise<void> {
  await sql`select pg_advisory_xact_lock(${sql.lit(ADVISORY_LOCK)}::bigint)`.execute(db);
}

/** @returns null when nothing was projected yet. */
export async function readProjectionState(db: Kysely<Schema>): Promise<ProjectionState | null> {
  const row = await db.selectFrom('maven_projection').selectAll().executeTakeFirst();
  if (row === undefined) return null;
  return {
    revision: row.revision,
    artifactsTree: row.artifacts_tree,
    formatVersion: Number(row.format_version),
    rowCounts: inTableOrder(JSON.parse(row.row_counts) as RowCounts),
  };
}

/** jsonb keeps its keys in an order of its own. */
function inTableOrder(counts: RowCounts): RowCounts {
  return Object.fromEntries(PROJECTED_TABLES.map(({ table }) => [table, counts[table] ?? 0]));
}

/** Writes the one row, unless it says so already: a reconcile that changes nothing must write nothing. */
export async function writeProjectionState(db: Kysely<Schema>, state: ProjectionState): Promise<void> {
  const row = {
    revision: state.revision,
    artifacts_tree: state.artifactsTree,
    format_version: String(state.formatVersion),
    row_counts: JSON.stringify(state.rowCounts),
  };
  await db
    .insertInto('maven_projection')
    .values(row)
    .onConflict((conflict) =>
      conflict
        .column('singleton')
        .doUpdateSet(row)
        .where(
          sql<boolean>`(maven_projection.revision, maven_projection.artifacts_tree, maven_projection.format_version,
            maven_projection.row_counts) is distinct from (excluded.revision, excluded.artifacts_tree,
            excluded.format_version, excluded.row_counts)`,
        ),
    )
    .execute();
}

/** Counts the rows of every projected table. */
export async function countRows(db: Kysely<Schema>): Promise<RowCounts> {
  const counts: Record<string, number> = {};
  for (const { table } of PROJECTED_TABLES) {
    const { count } = await db
      .selectFrom(table)
      .select(db.fn.countAll<string>().as('count'))
      .executeTakeFirstOrThrow();
    counts[table] = Number(count);
  }
  return counts;
}

/** Counts what git implies for every table, once all stages are filled. */
export async function countStages(db: Kysely<Schema>): Promise<RowCounts> {
  const counts: Record<string, number> = {};
  for (const description of PROJECTED_TABLES) {
    const { rows } = await sql<{
      count: string;
    }>`select count(*) as count from ${sql.table(stageName(description))}`.execute(db);
    counts[description.table] = Number(rows[0]?.count ?? 0);
  }
  return counts;
}
