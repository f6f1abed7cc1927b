import type { Database, Session } from '../db/database.js';
import { openEmbeddedDatabase } from '../db/embedded-database.js';
import { prepareSchema } from '../db/migrator.js';
import type { ProjectedTable } from '../db/schema.js';
import { sql } from '../db/sql.js';
import { inTransaction } from '../db/transaction.js';
import type { Repository } from '../git/repository.js';
import { listArtifacts } from '../git/tree.js';
import type { ReportProgress } from '../progress.js';
import type { ArtifactProblem } from './artifact-problem.js';
import { FORMAT_VERSION } from './format-version.js';
import { writeProjectionState } from './projection-state.js';
import { type ArtifactReader, openReader } from './read-artifacts.js';
import { readUnprojected, stageArtifacts, stageProblems } from './stage.js';
import type { TableDescription } from './table-description.js';
import { describeTable, PROJECTED_TABLES } from './tables/index.js';
import { targetRevision, treeOf } from './target-revision.js';

export interface ScratchDependencies {
  readonly repository: Repository;
  readonly progress?: ReportProgress;
}

/**
 * Projections of single commits, in memory and apart from the live one, to be asked what was known then. Those that were
 * asked last are kept for the next question.
 */
export interface ScratchShelf {
  /**
   * Runs work on the projection of a commit. Work waits for work before it.
   *
   * @param tables - what the work asks; the others may be empty. The problems of their artifacts are handed over.
   * @throws {@link MavenError} what is wrong with the repository.
   */
  use<T>(
    commit: string,
    tables: readonly ProjectedTable[],
    work: (session: Session, problems: readonly ArtifactProblem[]) => Promise<T>,
  ): Promise<T>;
  close(): Promise<void>;
}

/** Two are compared at a time; each takes as much memory as its rows. */
const MOST_KEPT = 2;

/** One commit's tables, in a schema of their own. */
interface Scratch {
  readonly schema: string;
  /** Keeps the problems that it meets, from one table to the next. */
  readonly reader: ArtifactReader;
  readonly loaded: Set<ProjectedTable>;
}

/** Opens a shelf without projections; the database is started with the first. */
export function openScratchShelf(dependencies: ScratchDependencies): ScratchShelf {
  const database: Database = openEmbeddedDatabase({
    folder: null,
    lockTimeoutMs: 0,
    notice: () => undefined,
  });
  const kept = new Map<string, Scratch>();
  const take = async (session: Session, commit: string): Promise<Scratch> => {
    const found = kept.get(commit);
    // The one that was asked last goes to the end.
    kept.delete(commit);
    for (const [oldest, { schema }] of [...kept].slice(0, Math.max(0, kept.size - MOST_KEPT + 1))) {
      kept.delete(oldest);
      await sql`drop schema ${sql.ref(schema)} cascade`.execute(session.db);
    }
    const scratch = found ?? (await makeScratch(dependencies, session, commit));
    kept.set(commit, scratch);
    return scratch;
  };
  return {
    use: (commit, tables, work) =>
      database.withSession(async (session) => {
        const scratch = await take(session, commit);
        await sql`set search_path to ${sql.ref(scratch.schema)}`.execute(session.db);
        await load(session, scratch, tables).catch((error) => {
          // What is loaded by half must not be asked.
          kept.delete(commit);
          throw error;
        });
        return work(session, scratch.reader.problems);
      }),
    close: () => database.close(),
  };
}

async function makeScratch(
  dependencies: ScratchDependencies,
  session: Session,
  commit: string,
): Promise<Scratch> {
  const { db } = session;
  const schema = `at_${commit}`;
  const target = await targetRevision(dependencies.repository, commit);
  const entries = await listArtifacts(dependencies.repository, treeOf(target));
  await sql`drop schema if exists ${sql.ref(schema)} cascade`.execute(db);
  await sql`create schema ${sql.ref(schema)}`.execute(db);
  await sql`set search_path to ${sql.ref(schema)}`.execute(db);
  await prepareSchema(session, false);
  await dropIndexes(session);
  await writeProjectionState(db, {
    revision: target.commit,
    artifactsTree: treeOf(target),
    formatVersion: FORMAT_VERSION,
    rowCounts: {},
  });
  return { schema, reader: openReader(dependencies, entries), loaded: new Set() };
}

/**
 * Loads tables that are not there yet. The rows are those of a rebuild; as nothing stands in the tables, there is nothing
 * to compare them with.
 */
async function load(session: Session, scratch: Scratch, tables: readonly ProjectedTable[]): Promise<void> {
  const { loaded, reader } = scratch;
  // Every artifact may have a problem.
  const wanted = tables.includes('maven_problems') ? PROJECTED_TABLES.map(({ table }) => table) : tables;
  const missing = PROJECTED_TABLES.filter(({ table }) => wanted.includes(table) && !loaded.has(table));
  if (missing.length === 0) return;
  const live = ({ table }: TableDescription): string => table;
  const { db } = session;
  await inTransaction(session, async () => {
    await stageArtifacts(session, reader, missing, live);
    for (const { table } of missing) loaded.add(table);
    if (loaded.has('maven_trades') && loaded.has('maven_decisions'))
      await sql`update maven_trades t set decision_id = null where t.decision_id is not null
        and not exists (select 1 from maven_decisions d where d.id = t.decision_id)`.execute(db);
    if (missing.some(({ table }) => table === 'maven_problems')) {
      await readUnprojected(reader);
      await stageProblems(session, describeTable('maven_problems'), reader.problems, live);
    }
    return { commit: true, result: undefined };
  });
  for (const { table } of missing) await sql`analyze ${sql.table(table)}`.execute(db);
}

/** Rows are loaded in one go and asked a few times: an index costs more than it gives. */
async function dropIndexes({ db }: Session): Promise<void> {
  const { rows } = await sql<{ name: string }>`
    select c.relname as name from pg_index i
    join pg_class c on c.oid = i.indexrelid join pg_class t on t.oid = i.indrelid
    where t.relnamespace = current_schema()::regnamespace and not i.indisprimary`.execute(db);
  for (const { name } of rows) await sql`drop index ${sql.ref(name)}`.execute(db);
}
