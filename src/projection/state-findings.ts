import type { SchemaChange } from '../db/schema-definition.js';
import type { Repository } from '../git/repository.js';
import { countCommits, type Revision } from '../git/revision.js';
import { type Finding, finding } from './finding.js';
import { FORMAT_VERSION } from './format-version.js';
import type { ProjectionState } from './projection-state.js';
import type { RowCounts } from './reconcile-report.js';
import { treeOf } from './target-revision.js';

const AT = { severity: 'error', layer: 'projection', table: 'maven_projection' } as const;
const RECONCILE = 'maven-git reconcile';
const FIX = 'maven-git verify --fix';

/**
 * What the row that says which tree is projected gets wrong, against the commit that is verified.
 *
 * @param implied - rows of each table that git implies; rows that are missing or extra are drift, and named as such.
 */
export async function stateFindings(
  repository: Repository,
  state: ProjectionState | null,
  target: Revision,
  implied: RowCounts,
): Promise<readonly Finding[]> {
  if (state === null) return [nothingProjected(target)];
  const findings = await revisionFindings(repository, state, target);
  return findings.length > 0 ? findings : countFindings(state, implied);
}

export function nothingProjected(target: Revision): Finding {
  return finding({
    ...AT,
    code: 'PROJECTION_MISSING',
    message: 'nothing is projected into this database',
    expected: target.commit,
    mend: RECONCILE,
  });
}

/** A table or function that is not what the migrations made: what is read through it may be wrong, rows right or not. */
export function schemaFinding({ object, expected, actual }: SchemaChange): Finding {
  return finding({
    ...AT,
    code: 'SCHEMA_CHANGED',
    table: null,
    key: object,
    message: `${object} is not what maven-git made; rows were not compared`,
    column: 'definition',
    expected,
    actual,
    mend: FIX,
  });
}

async function revisionFindings(
  repository: Repository,
  state: ProjectionState,
  target: Revision,
): Promise<readonly Finding[]> {
  const sameTree = state.artifactsTree === treeOf(target);
  if (state.revision !== target.commit) {
    const behind = await countCommits(repository, state.revision, target.commit).catch(() => null);
    return [
      finding({
        ...AT,
        code: 'PROJECTION_BEHIND',
        // Commits that leave .moha/maven alone change nothing that the tables show.
        severity: sameTree ? 'warning' : 'error',
        message:
          behind === null ? 'the projected commit is gone' : `the projection is ${behind} commits behind`,
        column: 'revision',
        expected: target.commit,
        actual: state.revision,
        mend: RECONCILE,
      }),
    ];
  }
  if (sameTree && state.formatVersion === FORMAT_VERSION) return [];
  return [
    finding({
      ...AT,
      code: 'PROJECTION_STATE',
      message: 'the projection names another tree or other rules than its revision implies',
      column: 'artifacts_tree',
      expected: `${treeOf(target)} by rules ${FORMAT_VERSION}`,
      actual: `${state.artifactsTree} by rules ${state.formatVersion}`,
      mend: FIX,
    }),
  ];
}

function countFindings(state: ProjectionState, implied: RowCounts): readonly Finding[] {
  return Object.entries(implied)
    .filter(([table, count]) => state.rowCounts[table] !== count)
    .map(([table, count]) =>
      finding({
        ...AT,
        code: 'PROJECTION_STATE',
        message: `the projection counts other rows of ${table} than git implies`,
        key: table,
        column: 'row_counts',
        expected: String(count),
        actual: String(state.rowCounts[table] ?? 0),
        mend: FIX,
      }),
    );
}
