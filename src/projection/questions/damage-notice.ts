import { ARTIFACTS_ROOT } from '../../../parsers/artifact.js';
import { compareCodeUnits } from '../../../parsers/compare-text.js';
import type { ProjectedTable, Schema } from '../../db/schema.js';
import { type Kysely, sql } from '../../db/sql.js';
import type { ArtifactProblem } from '../artifact-problem.js';

/** Where the artifacts of a table lie. */
const FOLDERS: Readonly<Partial<Record<ProjectedTable, string>>> = {
  maven_trades: 'trades',
  maven_decisions: 'decisions',
  maven_portfolio_snapshots: 'snapshots',
  maven_performance_metrics: 'metrics',
};

/** What keeps an answer from being whole: faults that left a record or a field out. */
export interface Damage {
  readonly errors: number;
  /** The first by path and line. */
  readonly first: string | null;
}

/** Finds what is wrong in the artifacts that the live tables of a question were made of. */
export async function damageIn(db: Kysely<Schema>, tables: readonly ProjectedTable[]): Promise<Damage> {
  const pattern = patternOf(tables);
  if (pattern === null) return { errors: 0, first: null };
  const { rows } = await sql<{ errors: string; first: string | null }>`
    select count(*) as errors, (array_agg(git_path || ':' || git_line order by git_path, git_line))[1] as first
    from maven_problems where severity = 'error' and git_path ~ ${pattern}`.execute(db);
  return { errors: Number(rows[0]?.errors ?? 0), first: rows[0]?.first ?? null };
}

/** The same of problems that were met while the artifacts were read. */
export function damageAmong(problems: readonly ArtifactProblem[], tables: readonly ProjectedTable[]): Damage {
  const pattern = patternOf(tables);
  if (pattern === null) return { errors: 0, first: null };
  const places = problems
    .filter(({ severity, path }) => severity === 'error' && new RegExp(pattern).test(path))
    .sort((a, b) => compareCodeUnits(a.path, b.path) || a.line - b.line)
    .map(({ path, line }) => `${path}:${line}`);
  return { errors: places.length, first: places[0] ?? null };
}

/** Says so above the answer; null where nothing is wrong. */
export function damageNotice({ errors, first }: Damage): string | null {
  if (errors === 0) return null;
  const what = errors === 1 ? 'an error' : `${errors} errors`;
  return `not complete: ${what} in the artifacts of this answer left something out, first at ${first}; maven-git verify names each`;
}

function patternOf(tables: readonly ProjectedTable[]): string | null {
  const folders = tables.flatMap((table) => FOLDERS[table] ?? []);
  return folders.length === 0 ? null : `^${ARTIFACTS_ROOT.replace('.', '\\.')}/(${folders.join('|')})/`;
}
