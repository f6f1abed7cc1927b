import type { Schema } from '../db/schema.js';
import { type Kysely, type RawBuilder, sql } from '../db/sql.js';
import { SCOPE_TABLE, stageName } from './stage.js';
import type { TableDescription } from './table-description.js';

/** Whether the stage speaks for the whole table, or only for the paths in the scope. */
export type StageScope = 'all' | 'paths';

/** How a table differs from its stage, in rows. */
export interface TableDiff {
  readonly table: TableDescription['table'];
  /** In the stage only: git implies them, the table lacks them. */
  readonly missing: number;
  /** In both, with a different value in some column. */
  readonly changed: number;
  /** In the table only: nothing in git implies them. */
  readonly extra: number;
}

/** The session-local table that holds the ids of the rows that differ, with `kind` missing, changed or extra. */
export function diffName(description: TableDescription): string {
  return `diff_${description.table}`;
}

/**
 * Compares a table with its stage, set-based, inside Postgres.
 *
 * Leaves the differing ids in the table {@link diffName}, for apply and for the report.
 */
export async function diffTable(
  db: Kysely<Schema>,
  description: TableDescription,
  scope: StageScope,
): Promise<TableDiff> {
  const name = diffName(description);
  await sql`drop table if exists ${sql.table(name)}`.execute(db);
  await sql`create temporary table ${sql.table(name)} on commit drop as
    select coalesce(s.id, l.id) as id,
      case when l.id is null then 'missing' when s.id is null then 'extra' else 'changed' end as kind
    from ${sql.table(stageName(description))} s
    full join ${liveRows(description, scope)} l on l.id = s.id
    where s.id is null or l.id is null or ${differs(description)}`.execute(db);
  const counts = await sql<{ kind: string; count: string }>`
    select kind, count(*) as count from ${sql.table(name)} group by kind`.execute(db);
  const countOf = (kind: string) => Number(counts.rows.find((row) => row.kind === kind)?.count ?? 0);
  return {
    table: description.table,
    missing: countOf('missing'),
    changed: countOf('changed'),
    extra: countOf('extra'),
  };
}

/** The live rows that a stage speaks for: all, or those of the scope's paths and those with a staged id. */
function liveRows(description: TableDescription, scope: StageScope): RawBuilder<unknown> {
  const live = sql.table(description.table);
  if (scope === 'all') return sql`${live}`;
  const scoped = sql`(select git_path from ${sql.table(SCOPE_TABLE)})`;
  return sql`(
    select * from ${live} where git_path in ${scoped}
    union all
    select other.* from ${live} other join ${sql.table(stageName(description))} staged on staged.id = other.id
    where other.git_path not in ${scoped}
  )`;
}

/**
 * The condition that staged row `s` and live row `l` hold different values.
 *
 * @param except - columns that do not count.
 */
export function differs(
  description: TableDescription,
  except: ReadonlySet<string> = new Set(),
): RawBuilder<unknown> {
  return sql`(${columnList(description, 's', except)}) is distinct from (${columnList(description, 'l', except)})`;
}

function columnList(
  description: TableDescription,
  side: string,
  except: ReadonlySet<string>,
): RawBuilder<unknown> {
  return sql.join(
    Object.entries(description.columns)
      .filter(([column]) => !except.has(column))
      .map(([column, kind]) =>
        kind === 'decimal' || kind === 'json'
          ? sql`${sql.ref(`${side}.${column}`)}::text`
          : sql.ref(`${side}.${column}`),
      ),
  );
}
