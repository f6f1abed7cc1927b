import { randomBytes } from 'node:crypto';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { MavenError } from '../errors.js';
import type { ArtifactCommit, CommitOptions } from './commit.js';
import { type CommitTree, openCommitTree } from './commit-base.js';
import { giveUp, unlock, withdraw } from './commit-ending.js';
import { formatCommitMessage } from './commit-message.js';
import { type CommitContent, type PlannedFile, planFiles, writePlannedTree } from './commit-plan.js';
import { assertNoConversion } from './conversion.js';
import type { Disk } from './disk.js';
import { entriesNamed, nameInTheWay } from './index-file.js';
import { type IndexSnapshot, readIndex } from './index-snapshot.js';
import { type Journal, mavenDir, saveJournal, temporaryDir, workTemporary } from './journal.js';
import { createToken, locksOf, type NativeLock, type NativeLocks, takeLocks } from './native-locks.js';
import { type ObjectReader, openObjectReader } from './object-reader.js';
import { openObjectWriter } from './object-writer.js';
import { publish } from './publish.js';
import { openWorkTree } from './recover.js';
import { type Head, readHead } from './refs.js';
import type { Repository } from './repository.js';
import { assertNoOperation } from './safety.js';
import { assertWorkPath, permissions } from './work-file.js';

export interface AttemptOptions extends CommitOptions {
  /** Longest wait for native git's locks. */
  readonly waitMs: number;
  /** The lock that is held already, see {@link reserve}; null when none is. */
  readonly reservation: NativeLock | null;
}

/** Carries an error of the caller's `build` past our own handling. */
export class BuildFailed extends Error {}

/**
 * Tries one commit on the HEAD of this moment. The caller holds the process lock and has recovered.
 *
 * @returns the commit; null when there is nothing to commit; `moved` when HEAD moved meanwhile.
 */
export async function attemptCommit(
  disk: Disk,
  repo: Repository,
  options: AttemptOptions,
): Promise<ArtifactCommit | null | 'moved'> {
  const head = await readSettledHead(disk, repo);
  assertNoOperation(disk, repo.gitDir);
  const reader = openObjectReader(repo, disk);
  try {
    const base = await openCommitTree(repo, reader, head.commit);
    const content = await build(options, base);
    if (content === null) return null;
    const files = await planFiles(base, content);
    if (files.length === 0) return null;
    disk.step('built');
    const index = repo.workTree === null ? null : readIndex(disk, repo.gitDir);
    await assertPlaces(disk, repo, base, files, index);
    const prepared = await prepareOrForget(disk, repo, options, head, base, content, files);
    return await commitPrepared(disk, repo, options, reader, prepared, index);
  } finally {
    await reader.close();
  }
}

interface Prepared {
  readonly head: Head;
  readonly journal: Journal;
  readonly locks: NativeLocks;
}

async function build(options: CommitOptions, base: CommitTree): Promise<CommitContent | null> {
  try {
    return await options.build(base);
  } catch (error) {
    throw new BuildFailed('build failed', { cause: error });
  }
}

/**
 * Reads HEAD; a branch without commits is believed only when it stays so. While `git branch -m` renames a branch, its
 * old name is gone for a moment, and a commit there would start a second history.
 */
async function readSettledHead(disk: Disk, repo: Repository): Promise<Head> {
  const head = readHead(disk, repo);
  if (head.commit !== null || disk.lstat(join(repo.gitDir, 'logs', 'HEAD')) === null) return head;
  await sleep(200);
  return readHead(disk, repo);
}

async function assertPlaces(
  disk: Disk,
  repo: Repository,
  base: CommitTree,
  files: readonly PlannedFile[],
  snapshot: IndexSnapshot | null,
): Promise<void> {
  const paths = files.map((file) => file.path);
  for (const path of paths) {
    if (repo.workTree !== null) assertWorkPath(disk, repo.workTree, path);
    if (snapshot !== null) assertIndexPlace(snapshot, path);
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
  head: Head,
  base: CommitTree,
  content: CommitContent,
  files: readonly PlannedFile[],
): Promise<Prepared> {
  const id = randomBytes(8).toString('hex');
  const writer = await openObjectWriter(repo);
  const tree = await writePlannedTree(base, writer, files);
  const message = formatCommitMessage({ ...content, job: options.job });
  const timestampSeconds = Math.floor(options.now.getTime() / 1000);
  const { author } = options;
  const commit = await writer.writeCommit({ tree, parent: head.commit, message, author, timestampSeconds });
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
    reflog: reflogText(options, message, head.commit, timestampSeconds),
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
  return journal.files.map(({ temporary, next }, number) => {
    disk.createFile(temporary, files[number]?.bytes ?? Buffer.alloc(0), permissions(next));
    return temporary;
  });
}

function reflogText(
  { author }: CommitOptions,
  message: string,
  parent: string | null,
  timestampSeconds: number,
): string {
  const verb = parent === null ? 'commit (initial)' : 'commit';
  return `${author.name} <${author.email}> ${timestampSeconds} +0000\t${verb}: ${message.split('\n', 1)[0] ?? ''}`;
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
