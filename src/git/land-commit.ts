import { randomBytes } from 'node:crypto';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { MavenError } from '../errors.js';
import type { ArtifactCommit, LandingOptions } from './commit.js';
import type { CommitTree } from './commit-base.js';
import { giveUp, unlock, withdraw } from './commit-ending.js';
import type { PlannedFile } from './commit-plan.js';
import { assertNoConversion } from './conversion.js';
import type { Disk } from './disk.js';
import { entriesNamed, nameInTheWay } from './index-file.js';
import { type IndexSnapshot, readIndex } from './index-snapshot.js';
import { type Journal, mavenDir, saveJournal, temporaryDir, workTemporary } from './journal.js';
import { createToken, locksOf, type NativeLock, type NativeLocks, takeLocks } from './native-locks.js';
import type { ObjectReader } from './object-reader.js';
import { type ObjectWriter, openObjectWriter } from './object-writer.js';
import { publish } from './publish.js';
import { openWorkTree } from './recover.js';
import { type Head, readHead } from './refs.js';
import type { Repository } from './repository.js';
import { assertNoOperation } from './safety.js';
import { assertWorkPath, permissions } from './work-file.js';

export interface AttemptOptions extends LandingOptions {
  /** Longest wait for native git's locks. */
  readonly waitMs: number;
  /** The lock that is held already, see {@link reserve}; null when none is. */
  readonly reservation: NativeLock | null;
}

/** A commit that is to become the branch's, made of what HEAD was read as. */
export interface Landing {
  readonly head: Head;
  readonly base: CommitTree;
  /** What it changes in working tree and index. */
  readonly files: readonly PlannedFile[];
  /** Null in a bare repository, and where there is no index file. */
  readonly index: IndexSnapshot | null;
  /** For the reflog: `commit: subject`. */
  readonly action: string;
  /** Makes the objects that are not there yet. @returns the commit. */
  write(writer: ObjectWriter): Promise<string>;
}

/**
 * Puts a commit on the branch of HEAD: journal, locks, working files, index, reflog, branch.
 *
 * @returns `moved` when HEAD is no longer what the commit was made of; then nothing has happened.
 */
export async function landCommit(
  disk: Disk,
  repo: Repository,
  options: AttemptOptions,
  reader: ObjectReader,
  landing: Landing,
): Promise<ArtifactCommit | 'moved'> {
  await assertPlaces(disk, repo, landing);
  const prepared = await prepareOrForget(disk, repo, options, landing);
  return commitPrepared(disk, repo, options, reader, prepared, landing.index);
}

/** The index that an attempt starts from. */
export function indexOf(disk: Disk, repo: Repository): IndexSnapshot | null {
  return repo.workTree === null ? null : readIndex(disk, repo.gitDir);
}

interface Prepared {
  readonly head: Head;
  readonly journal: Journal;
  readonly locks: NativeLocks;
}

/**
 * Reads HEAD; a branch without commits is believed only when it stays so. While `git branch -m` renames a branch, its
 * old name is gone for a moment, and a commit there would start a second history.
 */
export async function readSettledHead(disk: Disk, repo: Repository): Promise<Head> {
  const head = readHead(disk, repo);
  if (head.commit !== null || disk.lstat(join(repo.gitDir, 'logs', 'HEAD')) === null) return head;
  await sleep(200);
  return readHead(disk, repo);
}

async function assertPlaces(disk: Disk, repo: Repository, { base, files, index }: Landing): Promise<void> {
  const paths = files.map((file) => file.path);
  for (const path of paths) {
    if (repo.workTree !== null) assertWorkPath(disk, repo.workTree, path);
    if (index !== null) assertIndexPlace(index, path);
  }
  await assertNoConversion(disk, repo, paths, (path) => base.readAnyFile(path));
}

function assertIndexPlace({ index }: IndexSnapshot, path: string): void {
  const obstacle = nameInTheWay(index, path);
  const unmerged = entriesNamed(index, path).some((entry) => entry.stage !== 0);
  if (obstacle === null && !unmerged) return;
  const what = unmerged
    ? `${path} has an unresolved merge conflict`
    : `${obstacle} is staged where ${path} must be`;
  throw new MavenError('COMMIT_UNSAFE', what, {
    hint: 'resolve it (git status shows it), then try again',
    data: { path, obstacle, unmerged },
  });
}

/** A journal that was saved although its sync failed must not be completed later: the caller is told of an error. */
async function prepareOrForget(...args: Parameters<typeof prepare>): Promise<Prepared> {
  const [disk, repo] = args;
  try {
    return await prepare(...args);
  } catch (error) {
    await withdraw(disk, repo, []);
    throw error;
  }
}

/** Makes everything durable that can be made before anybody is locked out. */
async function prepare(
  disk: Disk,
  repo: Repository,
  options: AttemptOptions,
  { head, files, action, write }: Landing,
): Promise<Prepared> {
  const id = randomBytes(8).toString('hex');
  const writer = await openObjectWriter(repo);
  const commit = await write(writer);
  const objects = await writer.store(disk, temporaryDir(repo), id);
  disk.step('objects-written');
  const sameDisk = isOnDiskOf(repo);
  const journal: Journal = {
    version: 1,
    id,
    gitDir: repo.gitDir,
    workTree: repo.workTree,
    ref: head.ref,
    parent: head.commit,
    commit,
    objects,
    reservation: options.reservation?.token ?? null,
    reflog: reflogText(options, action),
    files: files.map(({ path, base: state, next }, number) => {
      const file = join(repo.workTree ?? repo.gitDir, path);
      return { path, base: state, next, temporary: workTemporary(repo, id, number, file, sameDisk) };
    }),
  };
  const locks = locksOf(repo, journal);
  const token = createToken(disk, locks);
  const copies = repo.workTree !== null && sameDisk ? writeCopies(disk, journal, files) : [];
  // The folder too: after a power loss the token's name is the proof that a lock is ours.
  await disk.sync([token, ...copies, temporaryDir(repo)]);
  await saveJournal(disk, repo, journal);
  disk.step('journal-written');
  return { head, journal, locks };
}

/** Whether a file of our own folder can be renamed into the working tree: linked worktrees may be on another disk. */
function isOnDiskOf(repo: Repository): boolean {
  return repo.workTree === null || statSync(repo.workTree).dev === statSync(mavenDir(repo)).dev;
}

function writeCopies(disk: Disk, journal: Journal, files: readonly PlannedFile[]): readonly string[] {
  return journal.files.flatMap(({ temporary, next }, number) => {
    if (next === null) return [];
    disk.createFile(temporary, files[number]?.bytes ?? Buffer.alloc(0), permissions(next));
    return [temporary];
  });
}

function reflogText({ author, now }: LandingOptions, action: string): string {
  return `${author.name} <${author.email}> ${secondsOf(now)} +0000\t${action}`;
}

/** A time as git keeps it. */
export function secondsOf(time: Date): number {
  return Math.floor(time.getTime() / 1000);
}

async function commitPrepared(
  disk: Disk,
  repo: Repository,
  options: AttemptOptions,
  reader: ObjectReader,
  { head, journal, locks }: Prepared,
  early: IndexSnapshot | null,
): Promise<ArtifactCommit | 'moved'> {
  let snapshot: IndexSnapshot | null;
  try {
    await takeLocks(disk, locks.all, options.waitMs);
    disk.step('locked');
    snapshot = repo.workTree === null ? null : readIndex(disk, repo.gitDir, early);
    const now = readHead(disk, repo);
    assertNoOperation(disk, repo.gitDir);
    if (now.ref !== head.ref || now.commit !== head.commit) {
      await withdraw(disk, repo, locks.all);
      return 'moved';
    }
  } catch (error) {
    await withdraw(disk, repo, locks.all);
    throw error;
  }
  let keptDirty: readonly string[];
  try {
    const workTree = await openWorkTree(disk, repo, reader);
    keptDirty = await publish(disk, repo, { journal, locks, snapshot, workTree, reader });
  } catch (error) {
    throw await giveUp(disk, repo, journal, locks, error);
  }
  await unlock(disk, repo, journal, locks);
  const paths = journal.files.map((file) => file.path);
  return { commit: journal.commit, parent: journal.parent, paths, keptDirty };
}
