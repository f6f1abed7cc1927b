import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { codeOf, MavenError } from '../errors.js';
import { type Disk, makeFolders, syncFolders } from './disk.js';
import { type Journal, temporaryDir } from './journal.js';
import { refFile } from './refs.js';
import type { Repository } from './repository.js';

/** A lock file as native git knows it, and our own file that it is a link to: the proof that it is ours. */
export interface NativeLock {
  readonly path: string;
  readonly token: string;
}

/** The locks of one commit. All are links to one file, which holds the new commit; the first may be a reserved one. */
export interface NativeLocks {
  readonly all: readonly NativeLock[];
  /** The lock whose rename moves the branch (or the detached HEAD): publishing and unlocking in one. */
  readonly ref: NativeLock;
  readonly refFile: string;
  readonly token: string;
  readonly content: string;
}

/** Longest wait for a native git, which itself does not wait for us: it refuses. */
const longestWaitMs = 10_000;

/**
 * Names the locks that native git takes for a commit, in its order: index, branch, HEAD.
 */
export function locksOf(repo: Repository, journal: Journal): NativeLocks {
  const place = { gitDir: journal.gitDir, commonDir: repo.commonDir };
  const head = join(journal.gitDir, 'HEAD');
  const moving = journal.ref === null ? head : refFile(place, journal.ref);
  const token = join(temporaryDir(repo), `${journal.id}.lock`);
  const lock = (file: string): NativeLock => ({ path: `${file}.lock`, token });
  const index = journal.workTree === null ? [] : [lock(join(journal.gitDir, 'index'))];
  const ref = lock(moving);
  const all = [...index, ref, ...(journal.ref === null ? [] : [lock(head)])].map((native) =>
    journal.reservation !== null && native.path === reservedPath(journal)
      ? { ...native, token: journal.reservation }
      : native,
  );
  return { all, ref, refFile: moving, token, content: `${journal.commit}\n` };
}

/** The lock that keeps every other git from committing, in a working tree or to a branch of a bare repository. */
export function reservedPath({ gitDir, workTree }: Pick<Journal, 'gitDir' | 'workTree'>): string {
  return join(gitDir, workTree === null ? 'HEAD.lock' : 'index.lock');
}

/** Writes the file that the locks will be links to, and returns it, to be synced. */
export function createToken(disk: Disk, locks: NativeLocks): string {
  // A reservation that is gone was given back; its lock is taken like the others then, by a file of the same name.
  for (const token of new Set(locks.all.map((lock) => lock.token))) {
    if (disk.lstat(token) === null) disk.createFile(token, Buffer.from(locks.content));
  }
  return locks.token;
}

/**
 * Takes all locks or none, waiting a bounded time for a native git that holds one.
 *
 * @throws {@link MavenError} LOCK_TIMEOUT naming the file and since when it is there; it is never removed by us, because
 *   nothing tells a forgotten lock from one whose owner sits in an editor.
 */
export async function takeLocks(disk: Disk, locks: readonly NativeLock[], waitMs: number): Promise<void> {
  const started = performance.now();
  for (;;) {
    const held = locks.find((lock) => !tryLock(disk, lock));
    if (held === undefined) return;
    releaseLocks(disk, locks);
    if (performance.now() - started >= Math.min(waitMs, longestWaitMs)) throw timeout(disk, held.path);
    await sleep(2 + Math.random() * 15);
  }
}

/** Removes those locks that are ours, in reverse; others stay. */
export function releaseLocks(disk: Disk, locks: readonly NativeLock[]): void {
  for (const lock of locks.toReversed()) if (isHeld(disk, lock)) disk.unlink(lock.path);
}

/** Removes our locks so that not even a power loss brings them back. */
export async function releaseDurably(disk: Disk, locks: readonly NativeLock[]): Promise<void> {
  releaseLocks(disk, locks);
  await syncFolders(
    disk,
    locks.map((lock) => dirname(lock.path)),
  );
}

/** Same inode: no other process can have made it. */
function isHeld(disk: Disk, lock: NativeLock): boolean {
  const ours = disk.lstat(lock.token);
  const found = disk.lstat(lock.path);
  return ours !== null && found !== null && ours.ino === found.ino && ours.dev === found.dev;
}

function tryLock(disk: Disk, lock: NativeLock): boolean {
  if (isHeld(disk, lock)) return true;
  makeFolders(disk, dirname(lock.path));
  try {
    disk.link(lock.token, lock.path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    if (['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EXDEV'].includes(codeOf(error) ?? '')) {
      throw new MavenError(
        'REPOSITORY_UNSUPPORTED',
        `cannot make the hard link ${lock.path} (${codeOf(error)})`,
        {
          hint: 'keep the repository on one file system that has hard links',
          data: { path: lock.path },
          cause: error,
        },
      );
    }
    throw error;
  }
}

function timeout(disk: Disk, path: string): MavenError {
  const since = disk.lstat(path)?.mtime.toISOString() ?? 'just now';
  return new MavenError('LOCK_TIMEOUT', `another git process holds ${path} since ${since}, pid unknown`, {
    hint: `wait for it; if no git runs, remove ${path}`,
    data: { path, since },
  });
}

/** Whether all locks are still the ones we took. */
export function ownsLocks(disk: Disk, locks: readonly NativeLock[]): boolean {
  return locks.every((lock) => isHeld(disk, lock));
}
