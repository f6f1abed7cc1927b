import type { Context } from './context.js';
import type { Feed, FeedAge } from './feed-ages.js';
import { resolveRevision } from './git/revision.js';
import { listArtifacts } from './git/tree.js';
import type { DerivedFinding } from './ledger/derived-finding.js';
import { type Finding, finding } from './projection/finding.js';
import { durationText } from './projection/questions/duration-text.js';
import {
  type VerifyOptions as CompareOptions,
  type VerifyReport as CompareReport,
  verify as compare,
  DEFAULT_LIMIT,
} from './projection/verify.js';

export interface VerifyOptions extends CompareOptions {
  /** Seconds that a feed may be old at most: beyond it, it is an error, and so is one that never came in. */
  readonly maxAgeSeconds?: Readonly<Partial<Record<Feed, number>>>;
}

export interface VerifyReport extends CompareReport {
  /** How old each feed is; empty when that was not checked. */
  readonly feeds: readonly FeedAge[];
}

/**
 * Checks everything: artifacts and projection, what is derived from the ledger, and how old the feeds are. Without a
 * database: artifacts and what is derived from them.
 *
 * @throws {@link MavenError} when it could not check, which is no verdict.
 * @see semantics: verify.
 */
export async function verifyRepository(context: Context, options: VerifyOptions = {}): Promise<VerifyReport> {
  const { repository, progress } = context;
  const { maxAgeSeconds = {}, ...rest } = options;
  const compared = await compare({ repository, progress, database: await context.database() }, rest);
  const derived = await derivedFindings(context, compared.revision);
  const { feedAges } = await import('./feed-ages.js');
  const feeds = options.artifactsOnly === true ? [] : await feedAges(context);
  const stale = feeds.flatMap((feed) => feedFinding(feed, maxAgeSeconds[feed.feed]));
  return { ...addLayers(compared, derived, feeds, stale, options.limit ?? DEFAULT_LIMIT), feeds };
}

async function derivedFindings(context: Context, revision: string): Promise<readonly Finding[]> {
  const { repository, progress } = context;
  const tree = (await resolveRevision(repository, revision))?.artifactsTree ?? null;
  if (tree === null) return [];
  const artifacts = await listArtifacts(repository, tree);
  const { checkMetrics } = await import('./ledger/metrics/check-metrics.js');
  const { checkSnapshots } = await import('./ledger/snapshot/check-snapshots.js');
  const dependencies = { repository, progress };
  return [
    ...(await checkMetrics(dependencies, revision, artifacts)),
    ...(await checkSnapshots(dependencies, artifacts)),
  ].map((found: DerivedFinding) => finding({ ...found, layer: 'derived' }));
}

function feedFinding(age: FeedAge, limitSeconds: number | undefined): readonly Finding[] {
  const { feed, state, at, ageSeconds, intervalSeconds } = age;
  if (state === 'ahead' && at !== null) {
    return [
      finding({
        code: 'FEED_AHEAD',
        severity: limitSeconds === undefined ? 'warning' : 'error',
        layer: 'freshness',
        message: `${feed}: ${sentence(feed, at)}, later than this machine's clock: its age cannot be told; set the clock, or correct the record`,
        key: feed,
        column: 'age_seconds',
        expected: String(limitSeconds ?? intervalSeconds),
        actual: null,
        mend: 'maven-git doctor',
      }),
    ];
  }
  const tooOld = limitSeconds !== undefined && (ageSeconds === null || ageSeconds > limitSeconds);
  if (!tooOld && state !== 'stale') return [];
  const limit = limitSeconds;
  const old = ageSeconds === null ? '' : `, ${durationText(ageSeconds)} ago`;
  const since = at === null ? 'nothing has ever come in' : `${sentence(feed, at)}${old}`;
  const asked =
    limit === undefined
      ? `one is due every ${durationText(intervalSeconds)}`
      : `at most ${durationText(limit)} was allowed`;
  return [
    finding({
      code: 'FEED_STALE',
      severity: tooOld ? 'error' : 'warning',
      layer: 'freshness',
      message: `${feed}: ${state === 'unknown' ? 'its age cannot be told' : since}; ${asked}`,
      key: feed,
      column: 'age_seconds',
      expected: String(limit ?? intervalSeconds),
      actual: ageSeconds === null ? null : String(ageSeconds),
      mend: MEND[feed],
    }),
  ];
}

const MEND: Readonly<Record<Feed, string>> = {
  trades: 'maven-git sync trades',
  snapshots: 'maven-git snapshot',
  metrics: 'maven-git metrics --all',
  reconcile: 'maven-git reconcile',
};

function sentence(feed: Feed, at: string): string {
  const time = `${at.slice(0, 19).replace('T', ' ')} UTC`;
  return feed === 'reconcile'
    ? `a commit waits to be projected since ${time}`
    : `the last came in at ${time}`;
}

/** A limit must cut warnings before errors; counts stay whole. */
function addLayers(
  compared: CompareReport,
  derived: readonly Finding[],
  feeds: readonly FeedAge[],
  stale: readonly Finding[],
  limit: number,
): CompareReport {
  const isError = ({ severity }: Finding): boolean => severity === 'error';
  const verdict = (findings: readonly Finding[]) => (findings.some(isError) ? 'findings' : 'ok');
  const told = feeds.some(({ ageSeconds }) => ageSeconds !== null) || stale.length > 0;
  const worstFirst = (findings: readonly Finding[]): readonly Finding[] => [
    ...findings.filter(isError),
    ...findings.filter((one) => !isError(one)),
  ];
  return {
    ...compared,
    layers: {
      ...compared.layers,
      derived: verdict(derived),
      freshness: told ? verdict(stale) : 'not checked',
    },
    findings: worstFirst([...compared.findings, ...worstFirst(derived).slice(0, limit), ...stale]),
    errors: compared.errors + [...derived, ...stale].filter(isError).length,
    warnings: compared.warnings + [...derived, ...stale].filter((one) => !isError(one)).length,
  };
}
