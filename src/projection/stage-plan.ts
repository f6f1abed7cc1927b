import { artifactKind } from '../../parsers/artifact.js';
import type { ProjectedTable, Schema } from '../db/schema.js';
import type { Kysely } from '../db/sql.js';
import { sql } from '../db/sql.js';
import { changedArtifacts } from '../git/changes.js';
import type { Repository } from '../git/repository.js';
import { type ArtifactEntry, listArtifacts } from '../git/tree.js';
import type { StageScope } from './diff.js';
import { FORMAT_VERSION } from './format-version.js';
import type { ProjectionState } from './projection-state.js';
import { TABLE_OF_KIND } from './projector.js';
import type { TableDescription } from './table-description.js';
import { PROJECTED_TABLES } from './tables/index.js';
import { NO_TREE } from './target-revision.js';

/** What is to be read and compared. */
export interface StagePlan {
  readonly scope: StageScope;
  readonly tables: readonly TableDescription[];
  /** The artifacts to read, sorted by path. */
  readonly entries: readonly ArtifactEntry[];
  /** The paths whose rows are compared; all of them when the scope is `all`. */
  readonly paths: readonly string[];
}

/** Every artifact of a tree, for all tables or only for some. */
export async function fullPlan(
  repository: Repository,
  artifactsTree: string,
  only: readonly ProjectedTable[] | null = null,
): Promise<StagePlan> {
  const entries = await listArtifacts(repository, artifactsTree);
  if (only === null) return { scope: 'all', tables: PROJECTED_TABLES, entries, paths: [] };
  const wanted = entries.filter((entry) => {
    const kind = artifactKind(entry.path);
    const table = kind === null ? null : TABLE_OF_KIND[kind];
    return table !== null && only.includes(table);
  });
  return {
    scope: 'all',
    tables: PROJECTED_TABLES.filter(({ table }) => only.includes(table)),
    entries: wanted,
    paths: [],
  };
}

/**
 * The artifacts whose blob changed since the projected tree.
 *
 * @returns null when they cannot tell the whole difference, so that a full plan is needed: nothing is projected yet,
 * the rules changed, the projected tree is gone, or identities that stand twice must be judged anew.
 */
export async function incrementalPlan(
  db: Kysely<Schema>,
  repository: Repository,
  state: ProjectionState | null,
  artifactsTree: string,
): Promise<StagePlan | null> {
  if (state === null || state.formatVersion !== FORMAT_VERSION || state.artifactsTree === NO_TREE)
    return null;
  if (await hasDuplicates(db)) return null;
  const changes = await changedArtifacts(repository, state.artifactsTree, artifactsTree);
  if (changes === null) return null;
  const paths = [...new Set([...changes.changed.map((entry) => entry.path), ...changes.deleted])];
  return { scope: 'paths', tables: tablesOf(paths), entries: changes.changed, paths };
}

async function hasDuplicates(db: Kysely<Schema>): Promise<boolean> {
  const found = await sql<{ found: string }>`
    select 1 as found from maven_problems where code = 'DUPLICATE_IDENTITY' limit 1`.execute(db);
  return found.rows.length > 0;
}

/** The tables that artifacts at these paths can touch: decisions also touch the trades that are linked to them. */
function tablesOf(paths: readonly string[]): readonly TableDescription[] {
  const touched = new Set<ProjectedTable>(['maven_problems']);
  for (const path of paths) {
    const kind = artifactKind(path);
    const table = kind === null ? null : TABLE_OF_KIND[kind];
    if (table !== null) touched.add(table);
  }
  if (touched.has('maven_decisions')) touched.add('maven_trades');
  return PROJECTED_TABLES.filter(({ table }) => touched.has(table));
}
