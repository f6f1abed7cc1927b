import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Disk, nodeDisk } from './disk.js';
import type { FileState } from './index-edit.js';
import type { Repository } from './repository.js';

/**
 * What a commit is about to do, written down before it touches anything that a person sees.
 *
 * Whoever takes the lock after a crash finds it and completes the commit, or undoes what was done of it.
 */
export interface Journal {
  readonly version: 1;
  /** Names this attempt's temporary files. */
  readonly id: string;
  readonly gitDir: string;
  readonly workTree: string | null;
  /** The branch that moves; null when HEAD is detached and moves itself. */
  readonly ref: string | null;
  readonly parent: string | null;
  readonly commit: string;
  /** The reflog's line without its two object names: author, time, a tab, what was done. */
  readonly reflog: string;
  readonly files: readonly JournalFile[];
  /** Every object that was made for it. Until the branch moves nothing keeps them from being pruned. */
  readonly objects: readonly string[];
  /** File that proves the first lock to be ours, when it was taken before the others; null otherwise. */
  readonly reservation: string | null;
}

export interface JournalFile {
  readonly path: string;
  readonly base: FileState | null;
  /** Null = the commit removes it. */
  readonly next: FileState | null;
  /** Where the new content waits for its place in the working tree, or will. */
  readonly temporary: string;
}

/** A journal and what is to become of it. */
export interface FoundJournal {
  readonly journal: Journal;
  /** Its commit failed with an error, which the caller was told: it must not be completed behind their back. */
  readonly abandoned: boolean;
}

type Folders = Pick<Repository, 'commonDir'>;

/** How the files of reservations end. */
export const reservationSuffix = '.reserve';

/** Folder of our own inside the repository's. */
export function mavenDir(repo: Folders): string {
  return join(repo.commonDir, 'maven');
}

/** Folder of files that mean nothing without a journal. */
export function temporaryDir(repo: Folders): string {
  return join(mavenDir(repo), 'tmp');
}

/** Makes the journal durable. */
export async function saveJournal(disk: Disk, repo: Folders, journal: Journal): Promise<void> {
  const temporary = join(temporaryDir(repo), `${journal.id}.journal`);
  disk.createFile(temporary, Buffer.from(`${JSON.stringify(journal)}\n`));
  await disk.sync([temporary]);
  disk.rename(temporary, journalFile(repo));
  await disk.sync([mavenDir(repo)]);
}

/** Marks a commit as given up; needs no space on the disk. */
export function abandonJournal(disk: Disk, repo: Folders): void {
  disk.rename(journalFile(repo), abandonedFile(repo));
}

/**
 * Finds what an earlier process left.
 *
 * @returns null when there is nothing, or only a file torn by a power loss before it was complete.
 */
export function loadJournal(disk: Disk, repo: Folders): FoundJournal | null {
  for (const [file, abandoned] of [
    [journalFile(repo), false],
    [abandonedFile(repo), true],
  ] as const) {
    const text = disk.readFile(file)?.toString('utf8');
    const journal = text === undefined ? null : parseJournal(text);
    if (journal !== null) return { journal, abandoned };
  }
  return null;
}

/** Tells, by three looks at the disk, whether a commit was begun and not ended, by a process that lives or was killed. */
export function hasJournal(repo: Folders): boolean {
  if (existsSync(journalFile(repo)) || existsSync(abandonedFile(repo))) return true;
  return (nodeDisk.readFolder(temporaryDir(repo)) ?? []).some((name) => name.endsWith(reservationSuffix));
}

/** Removes the journal, then everything temporary: in this order a crash leaves only rubbish. */
export function removeJournal(disk: Disk, repo: Folders): void {
  disk.unlink(journalFile(repo));
  disk.unlink(abandonedFile(repo));
}

/**
 * Removes files that no journal speaks of; only to be called with the lock held and without a journal. Reservations stay:
 * they are the proof that a lock is ours, and go with it.
 */
export function removeTemporaryFiles(disk: Disk, repo: Folders): void {
  const folder = temporaryDir(repo);
  for (const name of disk.readFolder(folder) ?? []) {
    if (!name.endsWith(reservationSuffix)) disk.unlink(join(folder, name));
  }
}

function journalFile(repo: Folders): string {
  return join(mavenDir(repo), 'journal.json');
}

function abandonedFile(repo: Folders): string {
  return join(mavenDir(repo), 'journal-abandoned.json');
}

function parseJournal(text: string): Journal | null {
  try {
    const value: unknown = JSON.parse(text);
    return isJournal(value) ? value : null;
  } catch {
    // It is renamed into place when complete, so this is not ours or torn by a power loss; nothing it led to is durable.
    return null;
  }
}

function isJournal(value: unknown): value is Journal {
  return (
    typeof value === 'object' &&
    value !== null &&
    'version' in value &&
    value.version === 1 &&
    'files' in value
  );
}

/** Where a file's new content waits: beside it when our own folder is on another disk, from where it cannot be renamed. */
export function workTemporary(
  repo: Repository,
  id: string,
  number: number,
  file: string,
  sameDisk: boolean,
): string {
  return sameDisk
    ? join(temporaryDir(repo), `${id}.file.${number}`)
    : join(dirname(file), `.maven-${id}-${number}.tmp`);
}
