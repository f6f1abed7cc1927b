import { CopyBuffer, encodeCopyRow } from '../db/copy-format.js';
import type { Session } from '../db/database.js';
import type { Schema } from '../db/schema.js';
import { type Kysely, sql } from '../db/sql.js';
import type { ArtifactProblem } from './artifact-problem.js';
import type { ArtifactReader, Target } from './read-artifacts.js';
import { type ProjectedRow, type TableDescription, valuesOf } from './table-description.js';
import { problemRow } from './tables/problems.js';

/** The session-local table that holds what the artifacts imply for a table. */
export function stageName(description: TableDescription): string {
  return `stage_${description.table}`;
}

/** The paths that a partial stage speaks for: rows of these paths that are not staged are gone. */
export const SCOPE_TABLE = 'stage_scope';

/**
 * Makes the staging tables, with the column types of the live ones: Postgres itself decides what two values of
 * `numeric`, `timestamptz` or `jsonb` are. They vanish with the transaction.
 */
export async function createStages(db: Kysely<Schema>, tables: readonly TableDescription[]): Promise<void> {
  for (const description of tables) {
    await sql`create temporary table ${sql.table(stageName(description))} (like ${sql.table(description.table)})
      on commit drop`.execute(db);
  }
}

/** Loads the paths of a partial stage. */
export async function createScope(session: Session, paths: readonly string[]): Promise<void> {
  await sql`create temporary table ${sql.table(SCOPE_TABLE)} (git_path text) on commit drop`.execute(
    session.db,
  );
  await session.copyInto(SCOPE_TABLE, ['git_path'], inChunks([paths.map((path) => [path])]));
  // Without it the planner takes the scope for a thousand paths, and reads every live row to find those of one.
  await sql`analyze ${sql.table(SCOPE_TABLE)}`.execute(session.db);
}

/**
 * Fills the stage of every table from the artifacts, each in one COPY that runs while the artifacts are parsed.
 *
 * @param into - the table that is filled in its place: the live one, where nothing stands in it yet.
 */
export async function stageArtifacts(
  session: Session,
  reader: ArtifactReader,
  tables: readonly TableDescription[],
  into: (description: TableDescription) => string = stageName,
): Promise<void> {
  for (const description of tables) {
    if (description.table === 'maven_problems' || !reader.has(description.table)) continue;
    const columns = Object.keys(description.columns);
    await session.copyInto(into(description), columns, inChunks(rowsOf(reader, description.table, columns)));
  }
}

/** Reads the kinds without a table, for their problems. */
export async function readUnprojected(reader: ArtifactReader): Promise<void> {
  for await (const _ of reader.read(null));
}

/** Fills the stage of the problems, once every other stage has found its own. */
export async function stageProblems(
  session: Session,
  description: TableDescription,
  problems: readonly ArtifactProblem[],
  into: (description: TableDescription) => string = stageName,
): Promise<void> {
  if (problems.length === 0) return;
  const columns = Object.keys(description.columns);
  const rows = problemRows(problems).map((row) => valuesOf(columns, row));
  await session.copyInto(into(description), columns, inChunks([rows]));
}

/** The rows of all problems; equal ones on one line are told apart by their number. */
export function problemRows(problems: readonly ArtifactProblem[]): readonly ProjectedRow<'maven_problems'>[] {
  const ordinals = new Map<string, number>();
  return problems.map((problem) => {
    const key = `${problem.code}/${problem.line}/${problem.path}`;
    const ordinal = ordinals.get(key) ?? 0;
    ordinals.set(key, ordinal + 1);
    return problemRow(problem, ordinal);
  });
}

/** Gives the planner true row counts, and of the columns only the one that is joined on. */
export async function analyzeStages(db: Kysely<Schema>, tables: readonly TableDescription[]): Promise<void> {
  for (const description of tables) await sql`analyze ${sql.table(stageName(description))} (id)`.execute(db);
}

type CopyRows = readonly (readonly (string | null)[])[];

/** The rows of one table, in the order of its columns. */
async function* rowsOf(
  reader: ArtifactReader,
  target: Target,
  columns: readonly string[],
): AsyncGenerator<CopyRows> {
  for await (const rows of reader.read(target)) yield rows.map((row) => valuesOf(columns, row));
}

async function* inChunks(batches: AsyncIterable<CopyRows> | Iterable<CopyRows>): AsyncGenerator<Buffer> {
  const buffer = new CopyBuffer();
  for await (const rows of batches) {
    for (const row of rows) {
      const chunk = buffer.add(encodeCopyRow(row));
      if (chunk !== null) yield chunk;
    }
  }
  const rest = buffer.take();
  if (rest !== null) yield rest;
}
