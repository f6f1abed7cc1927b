import type { ProjectedTable, Schema } from '../db/schema.js';
import type { Insertable } from '../db/sql.js';

/** A row as it is projected: every column but the generated ones, each as Postgres reads it from text. */
export type ProjectedRow<T extends ProjectedTable = ProjectedTable> = Required<Insertable<Schema[T]>>;

/**
 * How two values of a column are compared.
 *
 * `value`: by the column type's own equality. `text`: by the type's output, for `numeric` and `jsonb`, where equal
 * values may be spelled differently (1.5 and 1.50) and a rebuild must give the same bytes as an incremental run.
 */
export type Comparison = 'value' | 'text';

/** The one description of a projected table; staging, diff and apply are generated from it. */
export interface TableDescription<T extends ProjectedTable = ProjectedTable> {
  readonly table: T;
  /** The columns by which a person names a row. */
  readonly key: readonly string[];
  /** Every column but the generated ones, in the order in which they are loaded. */
  readonly columns: Readonly<Record<string & keyof ProjectedRow<T>, Comparison>>;
}

/** Orders a row's values as its table's columns. */
export function valuesOf(
  columns: readonly string[],
  row: Readonly<Record<string, string | null>>,
): readonly (string | null)[] {
  return columns.map((column) => row[column] ?? null);
}
