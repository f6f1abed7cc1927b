import { MavenError } from '../errors.js';
import type { Disk } from './disk.js';
import { abandonJournal, type Journal, removeJournal, removeTemporaryFiles } from './journal.js';
import { type NativeLock, type NativeLocks, releaseDurably, releaseLocks } from './native-locks.js';
import { resume } from './recover.js';
import type { Repository } from './repository.js';

/** The three ways a commit ends: it landed, nobody saw it, or it has to be taken back. */

/** Unlocks after a commit that landed; what one failing call leaves, a second try removes. */
export async function unlock(
  disk: Disk,
  repo: Repository,
  journal: Journal,
  locks: NativeLocks,
): Promise<void> {
  try {
    await forget(disk, repo, locks.all);
  } catch {
    try {
      await forget(disk, repo, locks.all);
    } catch (error) {
      throw landedAnyway(journal, error);
    }
  }
}

/** Forgets a commit of which nobody has seen anything yet; never throws, the reason for it is the error to show. */
export async function withdraw(disk: Disk, repo: Repository, locks: readonly NativeLock[]): Promise<void> {
  try {
    await forget(disk, repo, locks);
  } catch {
    try {
      abandonJournal(disk, repo);
    } catch {
      // The disk refuses everything. The next recovery finds the journal, if it was written at all.
    }
    releaseQuietly(disk, locks);
  }
}

/** Unlocks where there is a worse error to report already. */
function releaseQuietly(disk: Disk, locks: readonly NativeLock[]): void {
  try {
    releaseLocks(disk, locks);
  } catch {
    // They stay until the next recovery, which can prove that they are ours.
  }
}

/** Unlocks, and forgets the journal: in this order, so that neither crash nor power loss leaves a lock without a journal. */
async function forget(disk: Disk, repo: Repository, locks: readonly NativeLock[]): Promise<void> {
  await releaseDurably(disk, locks);
  disk.step('unlocked');
  removeJournal(disk, repo);
  disk.step('journal-removed');
  removeTemporaryFiles(disk, repo);
}

/**
 * Takes back a commit whose publication failed, so that an error means "not committed". What cannot be taken back now
 * (the disk is full, or gone) is left to the next recovery, which knows from the journal that it was given up.
 *
 * @returns the error to throw.
 */
export async function giveUp(
  disk: Disk,
  repo: Repository,
  journal: Journal,
  locks: NativeLocks,
  failure: unknown,
): Promise<unknown> {
  try {
    abandonJournal(disk, repo);
    const fate = await resume(disk, repo, { journal, abandoned: true }, 0);
    removeTemporaryFiles(disk, repo);
    return fate === 'undone' ? failure : landedAnyway(journal, failure);
  } catch (error) {
    releaseQuietly(disk, locks.all);
    return new MavenError(
      'GIT_FAILED',
      `a commit failed (${String(failure)}) and could not be taken back yet`,
      {
        hint: 'mend the disk; the next commit takes it back before it does anything else',
        data: { second: String(error) },
        cause: failure,
      },
    );
  }
}

function landedAnyway(journal: Journal, cause: unknown): MavenError {
  return new MavenError(
    'GIT_FAILED',
    `commit ${journal.commit} is on the branch, but the disk did not confirm it`,
    {
      hint: 'check the disk, then look with git log whether the commit is there before trying again',
      data: { commit: journal.commit },
      cause,
    },
  );
}
