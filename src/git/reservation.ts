import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Disk } from './disk.js';
import { reservationSuffix, temporaryDir } from './journal.js';
import { type NativeLock, releaseDurably, reservedPath, takeLocks } from './native-locks.js';
import type { Repository } from './repository.js';

/**
 * Takes native git's first lock before a commit is even built, so that no other git can move HEAD meanwhile.
 *
 * Only for when HEAD has moved again and again: a person's git is refused for as long as the commit takes. The token
 * holds the lock's path, so that whoever comes after a crash can remove the lock without a journal.
 *
 * @returns null where there is nothing that would keep others out (a bare repository with a detached HEAD).
 * @throws {@link MavenError} LOCK_TIMEOUT, see {@link takeLocks}.
 */
export async function reserve(
  disk: Disk,
  repo: Repository,
  ref: string | null,
  waitMs: number,
): Promise<NativeLock | null> {
  if (repo.workTree === null && ref === null) return null;
  const path = reservedPath(repo);
  const token = join(temporaryDir(repo), `${randomBytes(8).toString('hex')}${reservationSuffix}`);
  disk.createFile(token, Buffer.from(`${path}\n`));
  await disk.sync([token, temporaryDir(repo)]);
  const lock = { path, token };
  try {
    await takeLocks(disk, [lock], waitMs);
  } catch (error) {
    disk.unlink(token);
    throw error;
  }
  disk.step('reserved');
  return lock;
}

/**
 * Gives a reserved lock back, if the commit has not done so already. Never throws: what became of the commit is what the
 * caller must hear of.
 */
export async function unreserve(disk: Disk, lock: NativeLock): Promise<void> {
  try {
    await giveBack(disk, lock);
  } catch {
    try {
      await giveBack(disk, lock);
    } catch {
      // The disk refuses twice. The next commit finds the token and gives it back.
    }
  }
}

async function giveBack(disk: Disk, lock: NativeLock): Promise<void> {
  await releaseDurably(disk, [lock]);
  disk.unlink(lock.token);
}

/** Gives back what processes that were killed had reserved. The caller holds the process lock. */
export async function releaseReservations(disk: Disk, repo: Repository): Promise<void> {
  for (const name of disk.readFolder(temporaryDir(repo)) ?? []) {
    if (!name.endsWith(reservationSuffix)) continue;
    const token = join(temporaryDir(repo), name);
    const path = disk.readFile(token)?.toString('utf8').trimEnd() ?? '';
    // Torn by a power loss before it was synced: nothing was linked to it yet.
    if (!path.endsWith('.lock')) disk.unlink(token);
    else await giveBack(disk, { path, token });
  }
}
