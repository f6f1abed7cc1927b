import type { Context } from './context.js';
import { MavenError } from './errors.js';
import { type FeedAge, feedAges } from './feed-ages.js';
import { nodeDisk } from './git/disk.js';
import { type Revision, resolveRevision } from './git/revision.js';
import { operationInProgress } from './git/safety.js';
import { type JobHealth, jobsHealth } from './heartbeat.js';
import { type ProjectionStatus, status as projectionStatus } from './projection/status.js';

export interface StatusReport {
  readonly head: Revision | null;
  /** What git waits for a person to end, such as `a merge`; nothing is committed meanwhile. Null = nothing. */
  readonly operation: string | null;
  /** Where the projection is, without a password. */
  readonly database: string | null;
  /** Why the database could not be asked; null = it was. */
  readonly away: string | null;
  /** Null when nothing is projected, or the database is away. */
  readonly projection: ProjectionStatus['projection'];
  /** Faults in the artifacts; null when that is not known. */
  readonly problems: ProjectionStatus['problems'] | null;
  /** How old each feed is, by what this machine and git know. */
  readonly feeds: readonly FeedAge[];
  /** Loops that run here, and jobs whose last run failed. */
  readonly jobs: readonly JobHealth[];
  /** What a monitor should wake somebody for, one sentence each; empty = nothing. */
  readonly alarms: readonly string[];
}

/**
 * One look at where git, the projection, the feeds and the jobs stand; a database that is away is part of the answer.
 * Rows are not compared: that is verify.
 *
 * @throws {@link MavenError} what is wrong with the repository.
 */
export async function status(context: Context): Promise<StatusReport> {
  const { repository, clock } = context;
  const head = await resolveRevision(repository);
  const asked = await askProjection(context);
  const feeds = await feedAges(context);
  const jobs = jobsHealth(repository, clock()).filter(
    ({ loop, run }) => loop !== null || run?.outcome === 'failed',
  );
  const report = {
    head,
    operation: operationInProgress(nodeDisk, repository.gitDir)?.name ?? null,
    ...asked,
    feeds,
    jobs,
  };
  return { ...report, alarms: alarmsOf(report) };
}

type Asked = Pick<StatusReport, 'database' | 'away' | 'projection' | 'problems'>;

async function askProjection(context: Context): Promise<Asked> {
  try {
    const { projection, problems, database } = await projectionStatus(
      context.repository,
      await context.database(),
    );
    return { database, away: null, projection, problems: projection === null ? null : problems };
  } catch (error) {
    if (!(error instanceof MavenError)) throw error;
    return { database: null, away: error.message, projection: null, problems: null };
  }
}

function alarmsOf(report: Omit<StatusReport, 'alarms'>): readonly string[] {
  const { head, away, projection, problems, feeds, jobs, operation } = report;
  const alarms: string[] = [];
  if (head === null) alarms.push('there is no commit yet');
  if (operation !== null) alarms.push(`${operation} is in progress: nothing is committed`);
  if (away !== null) alarms.push(`the database is away: ${away}`);
  else if (projection === null) alarms.push('nothing is projected yet');
  else if (!projection.current) alarms.push('the tables do not mirror HEAD');
  if ((problems?.errors ?? 0) > 0) alarms.push(`faults in the artifacts: ${problems?.errors}`);
  // That the projection is behind is told above.
  for (const { feed, state } of feeds)
    if ((state === 'stale' && feed !== 'reconcile') || state === 'ahead')
      alarms.push(`${feed} are ${state === 'ahead' ? "dated later than this machine's clock" : state}`);
  for (const { job, state, reason, run } of jobs) {
    if (state === 'unhealthy') alarms.push(`${job}: ${reason}`);
    else if (run?.outcome === 'failed') alarms.push(`the last ${job} failed (${run.code})`);
  }
  return alarms;
}
