import type { Database, Session } from '../db/database.js';
import { schemaState } from '../db/migrator.js';
import { sql } from '../db/sql.js';
import type { Repository } from '../git/repository.js';
import { countCommits, type Revision, resolveRevision } from '../git/revision.js';
import { FORMAT_VERSION } from './format-version.js';
import { type ProjectionState, readProjectionState } from './projection-state.js';
import type { RowCounts } from './reconcile-report.js';
import { treeOf } from './target-revision.js';

/** Where the projection stands. */
export interface ProjectionStatus {
  readonly head: Revision | null;
  /** Null when nothing is projected. */
  readonly projection: {
    readonly revision: string;
    /** Commits of HEAD that are not projected; null when the projected commit is gone. */
    readonly behindBy: number | null;
    /** Whether the tables mirror HEAD's artifacts by today's rules. */
    readonly current: boolean;
    readonly rowCounts: RowCounts;
  } | null;
  readonly problems: { readonly errors: number; readonly warnings: number };
  readonly database: string;
}

/** One look at where git and the projection stand. Rows are not compared: that is verify. */
export async function status(repository: Repository, database: Database): Promise<ProjectionStatus> {
  const head = await resolveRevision(repository);
  const empty = { projection: null, problems: { errors: 0, warnings: 0 } };
  return database.withSession(async (session) => {
    const state = (await schemaState(session)) === 'current' ? await readProjectionState(session.db) : null;
    if (state === null) return { head, ...empty, database: database.description };
    return {
      head,
      projection: await projectionOf(repository, head, state),
      problems: await countProblems(session),
      database: database.description,
    };
  });
}

async function projectionOf(repository: Repository, head: Revision | null, state: ProjectionState) {
  const behindBy =
    head === null ? null : await countCommits(repository, state.revision, head.commit).catch(() => null);
  const current =
    head !== null && state.artifactsTree === treeOf(head) && state.formatVersion === FORMAT_VERSION;
  return { revision: state.revision, behindBy, current, rowCounts: state.rowCounts };
}

async function countProblems(session: Session): Promise<{ errors: number; warnings: number }> {
  const { rows } = await sql<{ errors: string; warnings: string }>`
    select count(*) filter (where severity = 'error') as errors,
      count(*) filter (where severity = 'warning') as warnings
    from maven_problems`.execute(session.db);
  return { errors: Number(rows[0]?.errors ?? 0), warnings: Number(rows[0]?.warnings ?? 0) };
}
