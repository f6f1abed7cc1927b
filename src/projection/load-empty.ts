import { CopyWriter } from '../db/copy-writer.js';
import type { Session } from '../db/database.js';
import type { Schema } from '../db/schema.js';
import { type Kysely, sql } from '../db/sql.js';
import { createIndexes, dropIndexes, type TableIndex } from '../db/table-indexes.js';
import { codeOf, MavenError } from '../errors.js';
import type { Repository } from '../git/repository.js';
import type { ReportProgress } from '../progress.js';
import { DirectRows } from './direct-rows.js';
import { readAhead } from './read-ahead.js';
import { type ArtifactReader, openReader } from './read-artifacts.js';
import type { RowCounts } from './reconcile-report.js';
import { readUnprojected, stageProblems } from './stage.js';
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
 * With nothing there, nothing can differ; the proof is another than a second comparison. The tables are locked, nothing
 * hangs on them that could change or drop a row (a trigger, a rule, row security, children), and every row that was
 * sent is there.
 *
 * @returns null = not this way: rows stand there already, something hangs on a table, somebody else uses one, or an
 *   identity stands in two artifacts, of which only a comparison tells the one that counts. Nothing was changed then.
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
      return { reader, rowCounts: await fillTables(session, reader, plan.tables) };
    }
  } catch (error) {
    if (!NOT_THIS_WAY.has(codeOf(error) ?? '')) throw error;
  }
  await sql`rollback to savepoint before_load`.execute(db);
  return null;
}

/** Of Postgres: two rows of one identity; somebody reads a table now; the role may write rows and no more. */
const NOT_THIS_WAY: ReadonlySet<string> = new Set(['23505', '55P03', '42501']);

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
): Promise<RowCounts> {
  const { db } = session;
  // The load is lost or kept as a whole, and follows from git: nothing has to wait for the disk.
  await sql`set local synchronous_commit to off`.execute(db);
  const filled = tables.filter(({ table }) => table !== 'maven_problems' && reader.has(table));
  const indexes = new Map<string, readonly TableIndex[]>();
  if (reader.size >= MANY_ARTIFACTS)
    for (const { table } of filled) indexes.set(table, await dropIndexes(db, table));
  const written = new Map<string, number>();
  const chunks = readAhead(copyChunks(reader, filled, written), MOST_AHEAD);
  try {
    for (const { table, columns } of filled) {
      await session.copyInto(table, Object.keys(columns), chunksOf(chunks, table));
      await createIndexes(db, indexes.get(table) ?? []);
    }
  } finally {
    await chunks.return(undefined);
  }
  await readUnprojected(reader);
  await stageProblems(session, describeTable('maven_problems'), reader.problems, ({ table }) => table);
  written.set('maven_problems', reader.problems.length);
  return proveCounts(db, tables, written);
}

interface Chunk {
  readonly table: string;
  /** null = the table's last chunk came before. */
  readonly bytes: Buffer | null;
}

/** The rows of all tables in COPY's format, one table after the other. Notes how many they are. */
async function* copyChunks(
  reader: ArtifactReader,
  tables: readonly TableDescription[],
  written: Map<string, number>,
): AsyncGenerator<Chunk> {
  const rows = new DirectRows(reader);
  for (const description of tables) {
    const { table } = description;
    const writer = new CopyWriter();
    for await (const _ of rows.write(description, writer)) {
      const bytes = writer.full();
      if (bytes !== null) yield { table, bytes };
    }
    const rest = writer.take();
    if (rest !== null) yield { table, bytes: rest };
    written.set(table, writer.rows);
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

async function proveCounts(
  db: Kysely<Schema>,
  tables: readonly TableDescription[],
  written: ReadonlyMap<string, number>,
): Promise<RowCounts> {
  const counts = await countEach(db, tables);
  const wrong = tables.find(({ table }) => counts[table] !== (written.get(table) ?? 0));
  if (wrong === undefined) return counts;
  throw new MavenError(
    'PROJECTION_UNPROVEN',
    `${wrong.table} does not hold the rows that were written to it`,
    {
      hint: 'nothing was changed; look for a trigger or a rule on that table',
      data: { written: Object.fromEntries(written), counts },
    },
  );
}

async function countEach(db: Kysely<Schema>, tables: readonly TableDescription[]): Promise<RowCounts> {
  const counts: Record<string, number> = {};
  for (const { table } of tables) {
    const { rows } = await sql<{ count: string }>`select count(*) as count from ${sql.table(table)}`.execute(
      db,
    );
    counts[table] = Number(rows[0]?.count ?? 0);
  }
  return counts;
}
