import type { Database, Session } from '../db/database.js';
import { schemaState } from '../db/migrator.js';
import { sql } from '../db/sql.js';
import type { Repository } from '../git/repository.js';
import { countCommits, type Revision, resolveRevision } from '../git/revision.js';
import { FORMAT_VERSION } from './format-version.js';
import { type ProjectionState, readProjectionState } from './projection-state.js';
import type { RowCounts } from './reconcile-report.js';
import { treeOf } from './target-revision.js';

/** An upstream and how old its newest artifact is. */
export interface FeedStatus {
  readonly feed: 'decisions' | 'events' | 'trades' | 'snapshots' | 'metrics';
  /** Time of the newest record, ISO 8601 in UTC; null when there is none. */
  readonly newest: string | null;
}

export interface StatusReport {
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
  readonly feeds: readonly FeedStatus[];
  readonly database: string;
}

const FEEDS: readonly (readonly [FeedStatus['feed'], string, string])[] = [
  ['decisions', 'maven_decisions', 'decided_at'],
  ['events', 'maven_memory', 'occurred_at'],
  ['trades', 'maven_trades', 'updated_at'],
  ['snapshots', 'maven_portfolio_snapshots', 'snapshot_at'],
  ['metrics', 'maven_performance_metrics', 'updated_at'],
];

/** One look at where git and the projection stand. Rows are not compared: that is verify. */
export async function status(repository: Repository, database: Database): Promise<StatusReport> {
  const head = await resolveRevision(repository);
  const empty = { projection: null, problems: { errors: 0, warnings: 0 }, feeds: [] };
  return database.withSession(async (session) => {
    const state = (await schemaState(session)) === 'current' ? await readProjectionState(session.db) : null;
    if (state === null) return { head, ...empty, database: database.description };
    return {
      head,
      projection: await projectionOf(repository, head, state),
      problems: await countProblems(session),
      feeds: await readFeeds(session),
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

async function readFeeds(session: Session): Promise<readonly FeedStatus[]> {
  const feeds: FeedStatus[] = [];
  for (const [feed, table, column] of FEEDS) {
    const { rows } = await sql<{ newest: string | null }>`
      select to_char(max(${sql.ref(column)}) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"') as newest
      from ${sql.table(table)}`.execute(session.db);
    feeds.push({ feed, newest: rows[0]?.newest ?? null });
  }
  return feeds;
}
