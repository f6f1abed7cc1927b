import { join } from 'node:path';
import { acquireProcessLock, type LockOwner } from '../process-lock.js';
import { makeFolders, nodeDisk } from './disk.js';
import { mavenDir, temporaryDir } from './journal.js';
import { recover } from './recover.js';
import type { Repository } from './repository.js';

export interface RepositoryLockOptions {
  /** Shown to whoever waits. */
  readonly purpose: string;
  readonly timeoutMs: number;
  readonly onWait?: ((owner: LockOwner) => void) | undefined;
}

/**
 * Does something while no other process of ours commits to a repository: it is the lock that every commit takes. What a
 * killed one had begun is ended before.
 *
 * @throws {@link MavenError} LOCK_TIMEOUT naming who holds it; FILE_UNREADABLE; what `work` throws.
 */
export async function withRepositoryLock<T>(
  repo: Repository,
  options: RepositoryLockOptions,
  work: () => Promise<T>,
): Promise<T> {
  const lock = await acquireProcessLock(join(mavenDir(repo), 'lock'), options);
  try {
    await nodeDisk.sync(makeFolders(nodeDisk, temporaryDir(repo)));
    await recover(nodeDisk, repo, options.timeoutMs);
    return await work();
  } finally {
    await lock.release();
  }
}
