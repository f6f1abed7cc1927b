import type { Schema } from '../db/schema.js';
import { type Kysely, sql } from '../db/sql.js';
import { diffName, type TableDiff } from './diff.js';
import { type Finding, finding } from './finding.js';
import { stageName } from './stage.js';
import type { TableDescription } from './table-description.js';

type DriftRow = Readonly<Record<string, string | null>>;

const MEND = 'maven-git verify --fix';

/**
 * Names the rows that {@link diffTable} found: one finding a missing or extra row, one a changed cell.
 *
 * @param limit - how many rows of the table are named at most; the diff's counts stay whole.
 */
export async function driftFindings(
  db: Kysely<Schema>,
  description: TableDescription,
  diff: TableDiff,
  limit: number,
): Promise<readonly Finding[]> {
  if (diff.missing + diff.changed + diff.extra === 0) return [];
  const columns = Object.keys(description.columns);
  const sides = columns.flatMap((column) => [
    sql`${sql.ref(`s.${column}`)}::text as ${sql.ref(`expected_${column}`)}`,
    sql`${sql.ref(`l.${column}`)}::text as ${sql.ref(`actual_${column}`)}`,
  ]);
  const { rows } = await sql<DriftRow>`
    select d.kind, ${sql.join(sides)}
    from ${sql.table(diffName(description))} d
    left join ${sql.table(stageName(description))} s on s.id = d.id
    left join ${sql.table(description.table)} l on l.id = d.id
    order by coalesce(s.git_path, l.git_path), coalesce(s.git_line, l.git_line), d.id
    limit ${sql.lit(limit)}`.execute(db);
  return rows.flatMap((row) => findingsOf(description, columns, row));
}

function findingsOf(
  description: TableDescription,
  columns: readonly string[],
  row: DriftRow,
): readonly Finding[] {
  const side = row.kind === 'extra' ? 'actual' : 'expected';
  const at = {
    severity: 'error',
    layer: 'projection',
    table: description.table,
    key: description.key.map((column) => row[`${side}_${column}`] ?? '').join('/'),
    path: row[`${side}_git_path`] ?? null,
    line: Number(row[`${side}_git_line`] ?? 0) || null,
    mend: MEND,
  } as const;
  if (row.kind === 'missing') {
    return [finding({ ...at, code: 'ROW_MISSING', message: 'git implies this row, the table lacks it' })];
  }
  if (row.kind === 'extra') {
    return [
      finding({ ...at, code: 'ROW_EXTRA', message: 'the table holds this row, nothing in git implies it' }),
    ];
  }
  return columns
    .filter((column) => row[`expected_${column}`] !== row[`actual_${column}`])
    .map((column) =>
      finding({
        ...at,
        code: 'ROW_CHANGED',
        message: `${column} is not what git implies`,
        column,
        expected: row[`expected_${column}`] ?? null,
        actual: row[`actual_${column}`] ?? null,
      }),
    );
}
