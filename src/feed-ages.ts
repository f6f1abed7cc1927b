import { artifactKind } from '../parsers/artifact.js';
import { elapsedSeconds } from '../parsers/elapsed-seconds.js';
import { parseMetrics } from '../parsers/metrics.js';
import { statePath } from '../parsers/paths.js';
import { METRICS_PERIODS } from '../parsers/period.js';
import { parseSnapshot } from '../parsers/snapshot.js';
import { parseState } from '../parsers/state.js';
import { decodeArtifact } from '../parsers/text.js';
import type { Context } from './context.js';
import { MavenError } from './errors.js';
import { readBlobs } from './git/blobs.js';
import { oldestCommitTime } from './git/oldest-commit.js';
import { resolveRevision } from './git/revision.js';
import { type ArtifactEntry, listArtifacts } from './git/tree.js';
import { readHeartbeat } from './heartbeat.js';

/** What is to come in again and again; `reconcile` is what brings commits into Postgres. */
export type Feed = 'trades' | 'snapshots' | 'metrics' | 'reconcile';

export interface FeedAge {
  readonly feed: Feed;
  /**
   * `stale`: older than two intervals. `ahead`: dated later than this machine's clock, so that it has no age. `not used`: it
   * has never come in here. `unknown`: it cannot be told, such as whether a database out of reach is behind.
   */
  readonly state: 'fresh' | 'stale' | 'ahead' | 'not used' | 'unknown';
  /**
   * When it came in last, canonical: the last run that went well, also one that had nothing to commit. Of `reconcile` when the
   * first commit was made that is not projected. Null = not used, unknown, or nothing waits to be projected.
   */
  readonly at: string | null;
  /** Null = not used, ahead or unknown; 0 = nothing waits to be projected. */
  readonly ageSeconds: number | null;
  readonly intervalSeconds: number;
  /** `run`: a job on this machine; `git`: an artifact; `projection`: the tables. Null = not used or unknown. */
  readonly source: 'run' | 'git' | 'projection' | null;
}

interface Seen {
  readonly at: string;
  readonly source: 'run' | 'git';
}

const FEEDS: readonly Feed[] = ['trades', 'snapshots', 'metrics', 'reconcile'];
const JOB_OF = { trades: 'sync trades', snapshots: 'snapshot', metrics: 'metrics' } as const;
/** One round may fail, or take as long as an interval, before anything is called stale. */
const INTERVALS = 2;
/** Clocks of two machines differ; what is dated later than that is a mistake, and must not keep a feed fresh for ever. */
const CLOCK_SLACK_MS = 5 * 60 * 1000;

/**
 * Tells how old each feed is, by the context's clock.
 *
 * A job that found nothing new leaves no commit, only a note on the machine that it ran on: elsewhere a feed looks as old
 * as its newest artifact.
 *
 * @throws {@link MavenError} OBJECT_NOT_FOUND, GIT_FAILED, REF_INVALID.
 */
export async function feedAges(context: Context): Promise<readonly FeedAge[]> {
  const { repository, config, clock } = context;
  const now = clock();
  const head = await resolveRevision(repository);
  const tree = head?.artifactsTree ?? null;
  const artifacts = tree === null ? [] : await listArtifacts(repository, tree, FOLDERS);
  const read = async (paths: readonly string[]): Promise<readonly string[]> => {
    const entries = artifacts.filter(({ path, mode }) => mode.startsWith('100') && paths.includes(path));
    const texts: string[] = [];
    for await (const { entry, bytes } of readBlobs(repository, entries))
      texts.push(decodeArtifact(bytes, entry.path).text);
    return texts;
  };
  const inGit: Readonly<Record<keyof typeof JOB_OF, string | null>> = {
    trades: newest((await read([MOHA_STATE])).map(timeOfState)),
    snapshots: newest((await read(lastPaths(artifacts, 'snapshot'))).map(timeOfSnapshot)),
    metrics: newest((await read(lastPaths(artifacts, 'metrics'))).map(timeOfMetrics)),
  };
  const ages: FeedAge[] = [];
  for (const feed of FEEDS) {
    const interval = config.feedIntervals[feed];
    if (feed === 'reconcile') {
      ages.push(await reconcileAge(context, head, now, interval));
      continue;
    }
    const { run, loop } = readHeartbeat(repository, JOB_OF[feed]);
    const ran = run?.outcome === 'ok' ? run.endedAt : null;
    const seen = latest(ran, inGit[feed], now);
    ages.push(ageOf(feed, seen, now, loop?.intervalSeconds ?? interval));
  }
  return ages;
}

const MOHA_STATE = statePath('moha');
/** Where a feed leaves its time; the decisions, which are many, are not among them. */
const FOLDERS = ['state', 'snapshots', 'metrics'] as const;

function ageOf(feed: Feed, seen: Seen | null, now: Date, intervalSeconds: number): FeedAge {
  if (seen === null)
    return { feed, state: 'not used', at: null, ageSeconds: null, intervalSeconds, source: null };
  if (isAhead(seen.at, now))
    return { feed, state: 'ahead', at: seen.at, ageSeconds: null, intervalSeconds, source: seen.source };
  const ageSeconds = elapsedSeconds(seen.at, now);
  const state = ageSeconds > INTERVALS * intervalSeconds ? 'stale' : 'fresh';
  return { feed, state, at: seen.at, ageSeconds, intervalSeconds, source: seen.source };
}

/** How long the first commit has waited that is not projected. */
async function reconcileAge(
  context: Context,
  head: Awaited<ReturnType<typeof resolveRevision>>,
  now: Date,
  intervalSeconds: number,
): Promise<FeedAge> {
  const { schemaState } = await import('./db/migrator.js');
  const { readProjectionState } = await import('./projection/projection-state.js');
  const base = { feed: 'reconcile', at: null, intervalSeconds } as const;
  const unknown = { ...base, state: 'unknown', ageSeconds: null, source: null } as const;
  try {
    const database = await context.database();
    const state = await database.withSession(async (session) =>
      (await schemaState(session)) === 'current' ? readProjectionState(session.db) : null,
    );
    if (state === null || head === null) return { ...unknown, state: 'not used' };
    const same = state.revision === head.commit || state.artifactsTree === head.artifactsTree;
    if (same) return { ...base, state: 'fresh', ageSeconds: 0, source: 'projection' };
    const at = await oldestCommitTime(context.repository, state.revision, head.commit);
    if (at === null) return unknown;
    const ageSeconds = elapsedSeconds(at, now);
    const late = ageSeconds > INTERVALS * intervalSeconds;
    return { ...base, state: late ? 'stale' : 'fresh', at, ageSeconds, source: 'projection' };
  } catch (error) {
    // Whoever only asks for ages gets those of the other feeds; verify fails by itself where there is no database.
    if (!(error instanceof MavenError)) throw error;
    return unknown;
  }
}

function timeOfState(text: string): string | null {
  return parseState(text, MOHA_STATE).records[0]?.record.recordedAt ?? null;
}

function timeOfSnapshot(text: string): string | null {
  return parseSnapshot(text, '').records[0]?.record.snapshotAt ?? null;
}

function timeOfMetrics(text: string): string | null {
  return parseMetrics(text, '').records[0]?.record.computedAt ?? null;
}

/** Names tell the time, so the last of a folder is the newest; metrics have a folder a kind of period. */
function lastPaths(artifacts: readonly ArtifactEntry[], kind: 'snapshot' | 'metrics'): readonly string[] {
  const paths = artifacts.filter(({ path }) => artifactKind(path) === kind).map(({ path }) => path);
  if (kind === 'snapshot') return paths.slice(-1);
  return METRICS_PERIODS.flatMap((period) => paths.findLast((path) => path.includes(`/${period}/`)) ?? []);
}

function newest(times: readonly (string | null)[]): string | null {
  return times.reduce((last, time) => (last === null || (time !== null && time > last) ? time : last), null);
}

/** The later of a run's end (`2026-01-14T15:00:00.000Z`) and a time in git; one that is ahead only where there is no other. */
function latest(ran: string | null, inGit: string | null, now: Date): Seen | null {
  if (ran !== null && (inGit === null || isAhead(inGit, now) || Date.parse(ran) >= Date.parse(inGit)))
    return { at: `${ran.slice(0, -1)}000+00:00`, source: 'run' };
  return inGit === null ? null : { at: inGit, source: 'git' };
}

function isAhead(at: string, now: Date): boolean {
  return Date.parse(at) - now.getTime() > CLOCK_SLACK_MS;
}
