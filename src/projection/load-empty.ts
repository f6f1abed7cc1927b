import { BothWriters } from '../db/both-writers.js';
import { CopyWriter } from '../db/copy-writer.js';
import type { Session } from '../db/database.js';
import { DigestWriter } from '../db/digest-writer.js';
import type { ProjectedTable, Schema } from '../db/schema.js';
import { type Kysely, sql } from '../db/sql.js';
import { createIndexes, dropIndexes, type TableIndex } from '../db/table-indexes.js';
import { codeOf, MavenError } from '../errors.js';
import type { Repository } from '../git/repository.js';
import type { ReportProgress } from '../progress.js';
import { digestTables, newSeed, sameDigests, type TableDigests } from './digest.js';
import { DirectRows } from './direct-rows.js';
import { readAhead } from './read-ahead.js';
import { type ArtifactReader, openReader } from './read-artifacts.js';
import type { RowCounts } from './reconcile-report.js';
import { problemRows, readUnprojected, stageProblems } from './stage.js';
import type { StagePlan } from './stage-plan.js';
import type { TableDescription } from './table-description.js';
import { describeTable } from './tables/index.js';

/** Rows that were loaded, a table each, and the reader that holds the problems met on the way. */
export interface Loaded {
  readonly reader: ArtifactReader;
  readonly rowCounts: RowCounts;
}

/** From so many artifacts on, indexes are built after the load. */
const MANY_ARTIFACTS = 200;
/** Chunks that wait for the server while it builds an index: 16 MiB. */
const MOST_AHEAD = 64;

/**
 * Fills tables in which nothing stands yet, straight from the artifacts: COPY while they are read, indexes afterwards.
 *
 * The tables are locked, and nothing hangs on them that could change or drop a row (a trigger, a rule, row security,
 * children). The proof is a digest of what then stands in each, taken in Postgres, against one of what git implies, taken
 * while it was sent and spelled by other code than the COPY.
 *
 * @returns null = not this way: rows stand there already, something hangs on a table, somebody else uses one, an identity
 *   stands in two artifacts, of which only a comparison tells the one that counts, or the digests do not prove it (such
 *   as in a database that is not UTF-8). Nothing was changed then.
 * @throws {@link MavenError} PROJECTION_UNPROVEN when rows are missing that were sent.
 */
export async function loadEmptyTables(
  dependencies: { readonly repository: Repository; readonly progress?: ReportProgress },
  session: Session,
  plan: StagePlan,
): Promise<Loaded | null> {
  const { db } = session;
  await sql`savepoint before_load`.execute(db);
  try {
    if (await areEmptyAndBare(db, plan.tables)) {
      const reader = openReader(dependencies, plan.entries);
      const rowCounts = await fillTables(session, reader, plan.tables);
      if (rowCounts !== null) return { reader, rowCounts };
    }
  } catch (error) {
    if (!NOT_THIS_WAY.has(codeOf(error) ?? '')) throw error;
  }
  await sql`rollback to savepoint before_load`.execute(db);
  return null;
}

/**
 * Of Postgres: two rows of one identity; somebody reads a table now; the role may write rows and no more; no digests
 * before Postgres 11.
 */
const NOT_THIS_WAY: ReadonlySet<string> = new Set(['23505', '55P03', '42501', '42883']);

/** Locks the tables first: what is found out then stays so. */
async function areEmptyAndBare(db: Kysely<Schema>, tables: readonly TableDescription[]): Promise<boolean> {
  const names = tables.map(({ table }) => table);
  await sql`lock table ${sql.join(names.map((name) => sql.table(name)))} in access exclusive mode nowait`.execute(
    db,
  );
  const { rows } = await sql<{ fit: string }>`select (not exists (
      select 1 from unnest(array[${sql.join(names.map((name) => sql.lit(name)))}]) t (name)
      join pg_class c on c.oid = to_regclass(t.name)
      where c.relkind <> 'r' or c.relhasrules or c.relrowsecurity or c.relispartition or c.relhassubclass
        or exists (select 1 from pg_trigger g where g.tgrelid = c.oid))
      ${sql.join(
        names.map((name) => sql`and not exists (select 1 from ${sql.table(name)})`),
        sql` `,
      )})::text as fit`.execute(db);
  return rows[0]?.fit === 'true';
}

async function fillTables(
  session: Session,
  reader: ArtifactReader,
  tables: readonly TableDescription[],
): Promise<RowCounts | null> {
  const { db } = session;
  // The load is lost or kept as a whole, and follows from git: nothing has to wait for the disk.
  await sql`set local synchronous_commit to off`.execute(db);
  const filled = tables.filter(({ table }) => table !== 'maven_problems' && reader.has(table));
  const indexes = new Map<string, readonly TableIndex[]>();
  if (reader.size >= MANY_ARTIFACTS)
    for (const { table } of filled) indexes.set(table, await dropIndexes(db, table));
  const digest = new LoadDigest();
  const rows = new DirectRows(reader);
  const chunks = readAhead(copyChunks(rows, filled, digest), MOST_AHEAD);
  try {
    for (const { table, columns } of filled) {
      await session.copyInto(table, Object.keys(columns), chunksOf(chunks, table));
      await createIndexes(db, indexes.get(table) ?? []);
    }
  } finally {
    await chunks.return(undefined);
  }
  await readUnprojected(reader);
  const problems = describeTable('maven_problems');
  await stageProblems(session, problems, reader.problems, ({ table }) => table);
  const writer = digest.writerOf('maven_problems');
  for (const row of problemRows(reader.problems)) rows.writeRow(problems, row, writer);
  return prove(db, tables, digest);
}

/** What was sent, digested table by table. */
class LoadDigest {
  readonly seed = newSeed();
  readonly #writers = new Map<ProjectedTable, DigestWriter>();

  writerOf(table: ProjectedTable): DigestWriter {
    const writer = this.#writers.get(table) ?? new DigestWriter(this.seed);
    this.#writers.set(table, writer);
    return writer;
  }

  of(tables: readonly TableDescription[]): TableDigests {
    return new Map(tables.map(({ table }) => [table, this.writerOf(table).digest()]));
  }
}

interface Chunk {
  readonly table: string;
  /** null = the table's last chunk came before. */
  readonly bytes: Buffer | null;
}

/** The rows of all tables in COPY's format, one table after the other, digested on the way. */
async function* copyChunks(
  rows: DirectRows,
  tables: readonly TableDescription[],
  digest: LoadDigest,
): AsyncGenerator<Chunk> {
  for (const description of tables) {
    const { table } = description;
    const writer = new CopyWriter();
    for await (const _ of rows.write(description, new BothWriters(writer, digest.writerOf(table)))) {
      const bytes = writer.full();
      if (bytes !== null) yield { table, bytes };
    }
    const rest = writer.take();
    if (rest !== null) yield { table, bytes: rest };
    yield { table, bytes: null };
  }
}

/** Takes the chunks of one table, and leaves those of the next. */
async function* chunksOf(chunks: AsyncGenerator<Chunk>, table: string): AsyncGenerator<Buffer> {
  for (;;) {
    const next = await chunks.next();
    if (next.done === true) throw new TypeError(`the chunks end before the rows of ${table} do`);
    if (next.value.bytes === null) return;
    yield next.value.bytes;
  }
}

/** @returns null = the digests differ, though no row is missing. */
async function prove(
  db: Kysely<Schema>,
  tables: readonly TableDescription[],
  digest: LoadDigest,
): Promise<RowCounts | null> {
  const sent = digest.of(tables);
  const found = await digestTables(db, tables, digest.seed);
  const countsOf = (digests: TableDigests): RowCounts =>
    Object.fromEntries(Array.from(digests, ([table, { rows }]) => [table, Number(rows)]));
  const [written, counts] = [countsOf(sent), countsOf(found)];
  const wrong = tables.find(({ table }) => counts[table] !== written[table]);
  if (wrong !== undefined) {
    throw new MavenError(
      'PROJECTION_UNPROVEN',
      `${wrong.table} does not hold the rows that were written to it`,
      { hint: 'nothing was changed; look for a trigger or a rule on that table', data: { written, counts } },
    );
  }
  return sameDigests(sent, found) ? counts : null;
}
