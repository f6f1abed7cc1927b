import { join } from 'node:path';
import { codeOf, MavenError } from '../errors.js';
import { acquireProcessLock, type LockOwner, type ProcessLock } from '../process-lock.js';
import { type Author, assertAuthor } from './author.js';
import { attemptCommit, BuildFailed } from './commit-attempt.js';
import type { CommitBase } from './commit-base.js';
import type { CommitContent } from './commit-plan.js';
import { crashingDisk, readCrashPlan } from './crash-plan.js';
import { type Disk, makeFolders, nodeDisk } from './disk.js';
import { describeFailure } from './failure.js';
import { hasJournal, mavenDir, temporaryDir } from './journal.js';
import type { AttemptOptions } from './land-commit.js';
import { type Recovery, recover } from './recover.js';
import { readHead } from './refs.js';
import type { Repository } from './repository.js';
import { reserve, unreserve } from './reservation.js';

export type { CommitBase } from './commit-base.js';
export type { CommitContent } from './commit-plan.js';

/** What every commit needs, whatever it is made of. */
export interface LandingOptions {
  readonly author: Author;
  /** Time of the commit. */
  readonly now: Date;
  /** Goes into the trailer `Maven-Job`. */
  readonly job: string;
  /** Shown to whoever waits for the lock. */
  readonly purpose: string;
  /** Longest wait for other processes, in all; default 30 s. */
  readonly timeoutMs?: number | undefined;
  readonly onWait?: ((owner: LockOwner) => void) | undefined;
}

export interface CommitOptions extends LandingOptions {
  /**
   * Yields the new content from the parent's, under the lock. Called again when HEAD moved in between, so it must
   * depend on nothing but its argument. Null, or no difference from the parent: no commit.
   */
  build(base: CommitBase): Promise<CommitContent | null>;
}

/** A commit that is durable: on disk, and on the branch. */
export interface ArtifactCommit {
  readonly commit: string;
  readonly parent: string | null;
  readonly paths: readonly string[];
  /**
   * Paths a person had edited or staged meanwhile: committed, but their working file or staged entry was left alone. Say
   * so: their next commit of such a path would take this one's change back.
   */
  readonly keptDirty: readonly string[];
}

const defaultTimeoutMs = 30_000;
/** Each attempt means that somebody else did commit in between. */
const mostAttempts = 20;
/** After so many, native git's first lock is taken before the commit is built: it would win the race for ever. */
const openAttempts = 2;

/**
 * Commits artifacts: safe among processes, beside native git, and against being killed at any moment.
 *
 * The order of things (numbers as in the design's recipe):
 *
 * 1. one process at a time (`maven/lock` in the common folder); a dead one is succeeded, what it began is ended;
 * 2. objects, from the parent's tree and nothing else, made durable; then a journal of what is about to happen;
 * 3. native git's own locks, for milliseconds; HEAD must still be the parent, otherwise all of it again;
 * 4. working files, index, reflog, and last the branch: the commit point. See {@link publish};
 * 5. unlock, forget the journal, and only then return.
 *
 * What it leaves alone: everything staged, every unsaved edit, hooks (none run), commit signing (none). It keeps no ref of
 * its own: the reflog already keeps commits from being collected, and such a ref would keep what somebody means to purge.
 *
 * @returns null when there was nothing to commit: an empty commit is never made.
 * @throws {@link MavenError} COMMIT_UNSAFE or REPOSITORY_UNSUPPORTED naming why it would be wrong here; LOCK_TIMEOUT naming
 *   who holds what; COMMIT_CONFLICT when HEAD moved every time; REF_INVALID; GIT_FAILED. After an error the commit is not
 *   on the branch, unless the disk failed in the very last call (`data.commit` then names it).
 */
export async function commitArtifacts(
  repo: Repository,
  options: CommitOptions,
): Promise<ArtifactCommit | null> {
  return commitOnDisk(crashingDisk(nodeDisk, readCrashPlan()), repo, options);
}

/** The same on a given disk, and with another patience, for tests that make it fail. */
export async function commitOnDisk(
  disk: Disk,
  repo: Repository,
  options: CommitOptions,
  reserveAfter = openAttempts,
): Promise<ArtifactCommit | null> {
  return landOnDisk(
    disk,
    repo,
    options,
    (how) => attemptCommit(disk, repo, { ...options, ...how }),
    reserveAfter,
  );
}

/** One try; `moved` = HEAD moved meanwhile, and nothing has happened. */
type Attempt<T> = (how: Pick<AttemptOptions, 'waitMs' | 'reservation'>) => Promise<T | 'moved'>;

/**
 * Tries until it is done, as the only process of ours that commits to the repository, what a killed one had begun ended.
 *
 * @throws {@link MavenError} as {@link commitArtifacts}.
 */
export async function landOnDisk<T>(
  disk: Disk,
  repo: Repository,
  options: LandingOptions,
  attempt: Attempt<T>,
  reserveAfter = openAttempts,
): Promise<T> {
  assertAuthor(options.author, 'the caller');
  assertTime(options.now);
  const deadline = performance.now() + (options.timeoutMs ?? defaultTimeoutMs);
  try {
    return await withProcessLock(disk, repo, options, deadline, async () => {
      await recover(disk, repo, remaining(deadline));
      disk.step('recovered');
      return attemptUntilDone(disk, repo, attempt, deadline, reserveAfter);
    });
  } catch (error) {
    if (error instanceof BuildFailed) throw error.cause;
    throw describeFailure(error, `cannot commit to ${repo.workTree ?? repo.gitDir}`);
  }
}

/**
 * Ends what a killed process had begun in a repository, when there is anything: for commands that only read.
 *
 * Costs three looks at the disk when there is nothing.
 *
 * @returns `nothing` as well when the commit that was seen was another process's, and alive.
 */
export async function recoverRepository(repo: Repository, timeoutMs = defaultTimeoutMs): Promise<Recovery> {
  const disk = nodeDisk;
  if (!hasJournal(repo)) return 'nothing';
  const deadline = performance.now() + timeoutMs;
  try {
    return await withProcessLock(disk, repo, { purpose: 'recovery' }, deadline, () =>
      recover(disk, repo, remaining(deadline)),
    );
  } catch (error) {
    throw describeFailure(error, `cannot recover ${repo.workTree ?? repo.gitDir}`);
  }
}

/** Git keeps whole seconds since 1970 and nothing earlier. */
function assertTime(now: Date): void {
  if (now.getTime() >= 0) return;
  throw new MavenError('INPUT_INVALID', `the time of a commit is ${String(now)}, expected one since 1970`, {
    hint: 'check the clock of this machine',
  });
}

async function attemptUntilDone<T>(
  disk: Disk,
  repo: Repository,
  attempt: Attempt<T>,
  deadline: number,
  reserveAfter: number,
): Promise<T> {
  for (let number = 1; number <= mostAttempts; number++) {
    const waitMs = remaining(deadline);
    const outcome =
      number <= reserveAfter
        ? await attempt({ waitMs, reservation: null })
        : await attemptReserved(disk, repo, attempt, waitMs);
    if (outcome !== 'moved') return outcome;
  }
  throw new MavenError('COMMIT_CONFLICT', `HEAD moved during each of ${mostAttempts} attempts to commit`, {
    hint: 'try again when fewer programs commit to this branch',
    data: { attempts: mostAttempts },
  });
}

async function attemptReserved<T>(
  disk: Disk,
  repo: Repository,
  attempt: Attempt<T>,
  waitMs: number,
): Promise<T | 'moved'> {
  const reservation = await reserve(disk, repo, readHead(disk, repo).ref, waitMs);
  try {
    return await attempt({ waitMs, reservation });
  } finally {
    if (reservation !== null) await unreserve(disk, reservation);
  }
}

async function withProcessLock<T>(
  disk: Disk,
  repo: Repository,
  options: Pick<LandingOptions, 'purpose' | 'onWait'>,
  deadline: number,
  body: () => Promise<T>,
): Promise<T> {
  const lock = await takeProcessLock(repo, options, deadline);
  try {
    disk.step('lock-taken');
    await disk.sync(makeFolders(disk, temporaryDir(repo)));
    return await body();
  } finally {
    await lock.release();
  }
}

async function takeProcessLock(
  repo: Repository,
  options: Pick<LandingOptions, 'purpose' | 'onWait'>,
  deadline: number,
): Promise<ProcessLock> {
  try {
    const { purpose, onWait } = options;
    return await acquireProcessLock(join(mavenDir(repo), 'lock'), {
      timeoutMs: remaining(deadline),
      purpose,
      onWait,
    });
  } catch (error) {
    // Says "read-only repository" where that is the reason.
    const cause = error instanceof MavenError && codeOf(error) === 'FILE_UNREADABLE' ? error.cause : error;
    throw describeFailure(cause, `cannot commit to ${repo.workTree ?? repo.gitDir}`);
  }
}

function remaining(deadline: number): number {
  return Math.max(0, deadline - performance.now());
}
