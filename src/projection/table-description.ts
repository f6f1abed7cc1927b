import type { ColumnKind } from '../db/row-writer.js';
import type { ProjectedTable, Schema } from '../db/schema.js';
import type { Insertable } from '../db/sql.js';

/** A row as it is projected: every column but the generated ones, each as Postgres reads it from text. */
export type ProjectedRow<T extends ProjectedTable = ProjectedTable> = Required<Insertable<Schema[T]>>;

/** The one description of a projected table; staging, diff and apply are generated from it. */
export interface TableDescription<T extends ProjectedTable = ProjectedTable> {
  readonly table: T;
  /** The columns by which a person names a row. */
  readonly key: readonly string[];
  /** Every column but the generated ones, in the order in which they are loaded. */
  readonly columns: Readonly<Record<string & keyof ProjectedRow<T>, ColumnKind>>;
}

/** Orders a row's values as its table's columns. */
export function valuesOf(
  columns: readonly string[],
  row: Readonly<Record<string, string | null>>,
): readonly (string | null)[] {
  return columns.map((column) => row[column] ?? null);
}
