import { dirname, join } from 'node:path';
import { MavenError } from '../errors.js';
import { type CommitTree, openCommitTree } from './commit-base.js';
import { convertsLineEnds } from './conversion.js';
import { type Disk, syncFolders } from './disk.js';
import type { FileState } from './index-edit.js';
import { type IndexSnapshot, readIndex } from './index-snapshot.js';
import {
  type FoundJournal,
  type Journal,
  loadJournal,
  removeJournal,
  removeTemporaryFiles,
} from './journal.js';
import {
  createToken,
  locksOf,
  type NativeLock,
  type NativeLocks,
  releaseDurably,
  takeLocks,
} from './native-locks.js';
import { missingObject, type ObjectReader, openObjectReader } from './object-reader.js';
import { publish } from './publish.js';
import { readHead, readRef } from './refs.js';
import type { Repository } from './repository.js';
import { releaseReservations } from './reservation.js';
import { isAncestor } from './revision.js';
import { operationInProgress } from './safety.js';
import { type Direction, settleFiles } from './settle.js';
import type { WorkTree } from './work-file.js';

/** `completed`: the commit is on its branch now. `undone`: it is not, and nothing of it is left in sight. */
export type Recovery = 'nothing' | 'completed' | 'undone';

/**
 * Ends what a process that was killed in a commit had begun. The caller holds the process lock.
 *
 * Forward where that is still right: the branch is where it was, no rebase or merge has begun. Otherwise back: working
 * files and index entries that still are ours return to what HEAD says. Never acknowledged, the commit may do either.
 * Locks that are provably ours are removed, others never.
 *
 * @throws {@link MavenError} LOCK_TIMEOUT when another git holds its locks; the next call tries again.
 */
export async function recover(disk: Disk, repo: Repository, waitMs: number): Promise<Recovery> {
  const found = loadJournal(disk, repo);
  const recovery = found === null ? 'nothing' : await resume(disk, repo, found, waitMs);
  if (found === null) removeJournal(disk, repo);
  await releaseReservations(disk, repo);
  removeTemporaryFiles(disk, repo);
  return recovery;
}

/** Completes or undoes the commit of a journal, and removes the journal. */
export async function resume(
  disk: Disk,
  repo: Repository,
  found: FoundJournal,
  waitMs: number,
): Promise<'completed' | 'undone'> {
  const { journal } = found;
  const place: Repository = { ...repo, gitDir: journal.gitDir, workTree: journal.workTree };
  const locks = locksOf(repo, journal);
  const reader = openObjectReader(repo, disk);
  try {
    const fate = await resumeLocked(disk, place, reader, found, locks, waitMs);
    await releaseDurably(disk, locks.all);
    removeWorkTemporaries(disk, journal);
    removeJournal(disk, repo);
    return fate;
  } finally {
    await reader.close();
  }
}

/** What is to become of a commit that was cut short. */
type Fate = 'complete' | 'finish' | 'undo';

async function resumeLocked(
  disk: Disk,
  place: Repository,
  reader: ObjectReader,
  found: FoundJournal,
  locks: NativeLocks,
  waitMs: number,
): Promise<'completed' | 'undone'> {
  const { journal } = found;
  // A linked worktree that was removed since: only its branch's lock may be left.
  if (disk.lstat(join(place.gitDir, 'HEAD')) === null) return 'undone';
  const wanted = await decide(disk, place, reader, found);
  const needed = wanted === 'complete' ? locks.all : indexLock(locks, journal);
  await disk.sync([createToken(disk, locks)]);
  await takeLocks(disk, needed, waitMs);
  // Somebody may have committed while we waited.
  const fate = await decide(disk, place, reader, found);
  const snapshot = readIndexIfUsable(disk, journal);
  const workTree = await openWorkTree(disk, place, reader);
  if (fate === 'complete' && wanted === 'complete') {
    await publish(disk, place, { journal, locks, snapshot: snapshot ?? null, workTree, reader });
    return 'completed';
  }
  if (workTree !== null && snapshot !== undefined) {
    const directions = await directionsTo(disk, place, reader, journal);
    await settleFiles(
      disk,
      place,
      journal,
      snapshot,
      workTree,
      (file) => directions.get(file.path) ?? 'leave',
    );
  }
  if (fate !== 'finish') return 'undone';
  // Whoever moved the branch may have died before this.
  await syncFolders(disk, [dirname(locks.refFile)]);
  return 'completed';
}

async function decide(
  disk: Disk,
  place: Repository,
  reader: ObjectReader,
  { journal, abandoned }: FoundJournal,
): Promise<Fate> {
  const head = readHead(disk, place);
  const current = journal.ref === null ? head.commit : readRef(disk, place, journal.ref);
  if (current === journal.commit) return 'finish';
  if (current !== null && (await isAncestor(place, journal.commit, current))) return 'finish';
  const mayComplete =
    !abandoned &&
    current === journal.parent &&
    head.ref === journal.ref &&
    operationInProgress(disk, place.gitDir) === null &&
    (await missingObject(disk, place, reader, journal.objects)) === null;
  return mayComplete ? 'complete' : 'undo';
}

/** What HEAD says of each file: only between our two states is there anything to do. */
async function directionsTo(
  disk: Disk,
  place: Repository,
  reader: ObjectReader,
  journal: Journal,
): Promise<ReadonlyMap<string, Direction>> {
  const tree = await openCommitTree(place, reader, readHead(disk, place).commit);
  const directions = new Map<string, Direction>();
  for (const { path, base, next } of journal.files) {
    const state = await stateOrObstacle(tree, path);
    if (state === 'obstacle') continue;
    if (isSame(state, next)) directions.set(path, 'next');
    else if (isSame(state, base)) directions.set(path, 'base');
  }
  return directions;
}

async function stateOrObstacle(tree: CommitTree, path: string): Promise<FileState | null | 'obstacle'> {
  try {
    return await tree.stateOf(path);
  } catch (error) {
    if (error instanceof MavenError && error.code === 'COMMIT_UNSAFE') return 'obstacle';
    throw error;
  }
}

function isSame(a: FileState | null, b: FileState | null): boolean {
  return a === null || b === null ? a === b : a.oid === b.oid && a.mode === b.mode;
}

function indexLock(locks: NativeLocks, journal: Journal): readonly NativeLock[] {
  return journal.workTree === null ? [] : locks.all.slice(0, 1);
}

/** Undefined for an index that became unreadable to us: then files and index are left as they are. */
function readIndexIfUsable(disk: Disk, journal: Journal): IndexSnapshot | null | undefined {
  try {
    return readIndex(disk, journal.gitDir);
  } catch (error) {
    if (error instanceof MavenError) return undefined;
    throw error;
  }
}

/** The working tree of a repository as commits use it; null when there is none. */
export async function openWorkTree(
  disk: Disk,
  place: Repository,
  reader: ObjectReader,
): Promise<WorkTree | null> {
  if (place.workTree === null) return null;
  return {
    dir: place.workTree,
    async contentOf(oid) {
      const object = await reader.read(oid);
      if (object === null)
        throw new MavenError('OBJECT_NOT_FOUND', `object ${oid} is missing`, { hint: 'run git fsck' });
      return object.bytes;
    },
    convertsLineEnds: (path) => convertsLineEnds(disk, place, path),
  };
}

/** Files beside their destination, where our own folder is on another disk. */
function removeWorkTemporaries(disk: Disk, journal: Journal): void {
  for (const { temporary } of journal.files) {
    disk.unlink(temporary);
    disk.unlink(`${temporary}.undo`);
  }
}
