import type { Context } from './context.js';
import { MavenError } from './errors.js';
import type { MergeOutcome } from './git/remote.js';
import { type RemoteBranch, shortName } from './git/remote-branch.js';

export interface ExchangeOptions {
  readonly remote?: string | undefined;
  /** Name of the branch at the remote. */
  readonly branch?: string | undefined;
  readonly timeoutSeconds: number;
}

export interface PullReport extends MergeOutcome {
  readonly remote: string;
  /** Short name. */
  readonly branch: string;
  /** Ledger files of which lines are gone that stood here: somebody has removed or changed them. */
  readonly lost: readonly LostLines[];
}

export interface LostLines {
  readonly path: string;
  /** Where the first of them stood, from 1. */
  readonly line: number;
  readonly lines: number;
}

export interface PushReport {
  readonly outcome: 'pushed' | 'up to date';
  readonly remote: string;
  readonly branch: string;
  readonly commit: string;
  /** The merges that had to come first; null = none. */
  readonly pulled: PullReport | null;
}

/** Each means that somebody else pushed in between. */
const MOST_PUSHES = 6;

/**
 * Fetches the remote's branch and merges it.
 *
 * The merge is made while no job of ours can commit, so nothing of a loop is in between.
 *
 * @throws {@link MavenError} REMOTE_*, COMMIT_UNSAFE, MERGE_CONFLICT, CONFIG_INVALID, REF_INVALID.
 */
export async function pullBranch(context: Context, options: ExchangeOptions): Promise<PullReport> {
  const from = await remoteBranch(context, options);
  const pulled = await fetchAndMerge(context, from, options);
  if (pulled !== null) return pulled;
  throw new MavenError('REMOTE_FAILED', `${from.remote} has no branch ${shortName(from.branch)} yet`, {
    hint: 'maven-git push makes it',
    data: { ...from },
  });
}

/**
 * Pushes the branch; when the remote has moved on, merges what it has and pushes again. Never forces.
 *
 * @throws {@link MavenError} REMOTE_REJECTED also when others were faster each time; otherwise as {@link pullBranch}.
 */
export async function pushOwnBranch(context: Context, options: ExchangeOptions): Promise<PushReport> {
  const { pushBranch } = await exchangeOf(context);
  const { branchCommit } = await import('./git/read-head.js');
  const to = await remoteBranch(context, options);
  const timeoutMs = options.timeoutSeconds * 1000;
  let pulled: PullReport | null = null;
  for (let attempt = 1; attempt <= MOST_PUSHES; attempt++) {
    const commit = branchCommit(context.repository, to.local);
    if (commit === null) throw nothingToPush();
    const outcome = await pushBranch(context.repository, to, timeoutMs);
    if (outcome !== 'rejected') {
      return { outcome, remote: to.remote, branch: shortName(to.branch), commit, pulled };
    }
    context.logger.info(`${to.remote} has moved on: merging what it has`);
    const merged = await fetchAndMerge(context, to, options);
    pulled = together(pulled, merged);
  }
  throw new MavenError(
    'REMOTE_REJECTED',
    `others pushed to ${to.remote} first, ${MOST_PUSHES} times in a row`,
    {
      hint: 'try again when fewer push at once; what was merged here stands',
      data: { remote: to.remote, attempts: MOST_PUSHES },
    },
  );
}

async function remoteBranch(context: Context, options: ExchangeOptions): Promise<RemoteBranch> {
  const { repository } = context;
  if (repository.workTree === null) {
    throw new MavenError('REPOSITORY_UNSUPPORTED', `${repository.gitDir} has no working tree to merge in`, {
      hint: 'pull and push in a clone of it',
    });
  }
  const { findRemoteBranch } = await import('./git/remote-branch.js');
  return findRemoteBranch(repository, options);
}

/** Native git knows every kind of remote and the person's credential helpers; without it, HTTP is spoken here. */
async function exchangeOf({ repository }: Context) {
  const { fetchBranch, pushBranch } = repository.nativeGit
    ? await import('./git/remote.js')
    : await import('./git/http-exchange.js');
  return { fetchBranch, pushBranch };
}

/** @returns null = the remote has no such branch. */
async function fetchAndMerge(
  context: Context,
  from: RemoteBranch,
  options: ExchangeOptions,
): Promise<PullReport | null> {
  const { fetchBranch } = await exchangeOf(context);
  const { repository } = context;
  const timeoutMs = options.timeoutSeconds * 1000;
  const theirs = await fetchBranch(repository, from, timeoutMs);
  if (theirs === null) return null;
  await teachMerging(context);
  const outcome =
    (await mergeAlone(context, theirs, from)) ?? (await mergeNatively(context, theirs, from, timeoutMs));
  const lost = await lostLinesOf(context, outcome);
  return { ...outcome, remote: from.remote, branch: shortName(from.branch), lost };
}

/** A merge takes what only the other side has changed, as git does; that a ledger lost something must be said all the same. */
async function lostLinesOf(
  { repository }: Context,
  { before, after }: MergeOutcome,
): Promise<readonly LostLines[]> {
  if (before === after) return [];
  const { resolveRevision } = await import('./git/revision.js');
  const { lostLedgerLines } = await import('./projection/ledger-history.js');
  const [old, now] = [await resolveRevision(repository, before), await resolveRevision(repository, after)];
  const found = await lostLedgerLines(repository, old?.artifactsTree ?? null, now?.artifactsTree ?? null);
  return found.map(({ path, lost }) => ({ path, line: lost[0]?.number ?? 1, lines: lost.length }));
}

async function mergeNatively(
  context: Context,
  theirs: string,
  from: RemoteBranch,
  timeoutMs: number,
): Promise<MergeOutcome> {
  const { mergeFetched } = await import('./git/remote.js');
  const { withRepositoryLock } = await import('./git/repository-lock.js');
  const { repository } = context;
  const { author } = await context.job();
  return withRepositoryLock(repository, lockOf(context), () =>
    mergeFetched(repository, theirs, from, author, timeoutMs),
  );
}

/** The next merge may be a person's, by native git. */
async function teachMerging({ repository }: Context): Promise<void> {
  if (!repository.nativeGit) return;
  const { configureMergeDriver } = await import('./git/merge-driver.js');
  await configureMergeDriver(repository);
}

/** @returns null = only native git can, and there is one. */
async function mergeAlone(
  context: Context,
  theirs: string,
  from: RemoteBranch,
): Promise<MergeOutcome | null> {
  const { mergeCommit } = await import('./git/merge-commit.js');
  const { mergeBytes } = await import('./merge-artifact.js');
  const { author } = await context.job();
  const merged = await mergeCommit(context.repository, {
    ...lockOf(context),
    author,
    now: context.clock(),
    job: 'pull',
    theirs,
    onto: from.local,
    from: `${shortName(from.branch)} of ${from.remote}`,
    mergeFile: mergeBytes,
    orNative: context.repository.nativeGit,
  });
  if (merged === null) return null;
  const { keptDirty, ...outcome } = merged;
  if (keptDirty.length > 0)
    context.logger.warning(`edited during the merge, and left as they are: ${keptDirty.join(', ')}`);
  return outcome;
}

function lockOf({ config, logger }: Context) {
  return {
    purpose: 'pull',
    timeoutMs: config.lockTimeoutMs,
    onWait: (owner: { readonly pid: number }) =>
      logger.warning(`waiting for process ${owner.pid}, which commits`),
  };
}

/** Two merges in a row, told as one. */
function together(first: PullReport | null, then: PullReport | null): PullReport | null {
  if (then === null || then.outcome === 'up to date') return first;
  if (first === null) return then;
  const lost = [...first.lost, ...then.lost];
  return { ...then, before: first.before, commits: first.commits + then.commits, lost };
}

function nothingToPush(): MavenError {
  return new MavenError('ARTIFACTS_NOT_FOUND', 'the repository has no commit yet', {
    hint: 'run maven-git init to make .moha/maven and its first commit',
  });
}
