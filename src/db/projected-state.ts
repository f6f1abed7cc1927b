import type { ProjectedState } from './database.js';
import { BOOKKEEPING, TABLES } from './schema-objects.js';

/**
 * Reads the one row of `maven_projection`, if every other table is there as well, without Kysely, whose import alone would double a reconcile
 * with nothing to do.
 */
export const PEEK_SQL = `select revision, artifacts_tree, format_version from maven_projection
  where not exists (select 1 from (values ${[...TABLES, BOOKKEEPING[0]].map((name) => `('${name}')`).join(', ')}) t (name)
    where to_regclass(t.name) is null)`;

/** @param row - all values as text. */
export function stateFromRow(row: unknown): ProjectedState | null {
  if (typeof row !== 'object' || row === null) return null;
  const { revision, artifacts_tree, format_version } = row as Record<string, unknown>;
  if (typeof revision !== 'string' || typeof artifacts_tree !== 'string') return null;
  return { revision, artifactsTree: artifacts_tree, formatVersion: Number(format_version) };
}
