/** Adds up the rows of all tables. */
export function rowsTotal(rowCounts: Readonly<Record<string, number>>): number {
  return Object.values(rowCounts).reduce((sum, rows) => sum + rows, 0);
}
