import { dirname } from 'node:path';
import { MavenError } from '../errors.js';
import type { Disk } from './disk.js';
import type { IndexSnapshot } from './index-snapshot.js';
import type { Journal } from './journal.js';
import { type NativeLocks, ownsLocks } from './native-locks.js';
import { missingObject, type ObjectReader } from './object-reader.js';
import { appendReflogs } from './reflog.js';
import type { Repository } from './repository.js';
import { settleFiles } from './settle.js';
import type { WorkTree } from './work-file.js';

/** Everything a commit needs once its locks are held. */
export interface Publication {
  readonly journal: Journal;
  readonly locks: NativeLocks;
  readonly snapshot: IndexSnapshot | null;
  /** Null in a bare repository. */
  readonly workTree: WorkTree | null;
  readonly reader: ObjectReader;
}

/**
 * Makes a written commit the branch's, in the one order that loses nothing: working files, index, reflog, branch.
 *
 * The branch comes last. Were it first, a person who deletes the lock of a crashed process and commits would revert this
 * commit in silence with an index that does not know it. The rename of the branch's lock, once its folder is synced, is
 * the moment from which the commit is durable.
 *
 * Everything before that is done again by recovery when it was cut short.
 *
 * @returns paths that somebody had edited or staged, left as they are.
 */
export async function publish(
  disk: Disk,
  repo: Repository,
  publication: Publication,
): Promise<readonly string[]> {
  const { journal, locks, snapshot, workTree, reader } = publication;
  const kept =
    workTree === null ? [] : await settleFiles(disk, repo, journal, snapshot, workTree, () => 'next');
  await disk.sync(appendReflogs(disk, repo, journal));
  disk.step('reflog-written');
  const missing = await missingObject(disk, repo, reader, journal.objects);
  if (missing !== null) throw pruned(missing);
  if (!ownsLocks(disk, locks.all)) throw locksLost(locks);
  disk.rename(locks.ref.path, locks.refFile);
  await disk.sync([dirname(locks.refFile)]);
  disk.step('ref-moved');
  return kept;
}

function locksLost(locks: NativeLocks): MavenError {
  const paths = locks.all.map((lock) => lock.path);
  return new MavenError('COMMIT_CONFLICT', `somebody removed a lock while it was held: ${paths.join(', ')}`, {
    hint: 'try again; remove lock files only when no git and no maven-git runs',
    data: { paths },
  });
}

function pruned(oid: string): MavenError {
  return new MavenError('COMMIT_CONFLICT', `object ${oid} of the new commit was removed before it was used`, {
    hint: 'try again; git gc --prune=now and git prune must not run beside other commands',
    data: { oid },
  });
}
