import type { BigIntStats } from 'node:fs';
import { join } from 'node:path';
import type { Disk } from './disk.js';
import { editIndex, type FileState } from './index-edit.js';
import { entriesNamed } from './index-file.js';
import { type IndexSnapshot, indexFile, noIndex, racyCheck } from './index-snapshot.js';
import { type Journal, type JournalFile, temporaryDir } from './journal.js';
import type { Repository } from './repository.js';
import { moveWorkFile, type WorkTree } from './work-file.js';

/** Which of its two states a file of the journal is to have: the new one, the parent's, or whatever it has. */
export type Direction = 'next' | 'base' | 'leave';

interface Move {
  readonly path: string;
  readonly from: FileState | null;
  readonly to: FileState | null;
  readonly temporary: string;
}

/**
 * Brings working files and index to the state a commit needs, or back: where they are in the other of its two states,
 * and nowhere else. Doing it twice does nothing, so a crash in the middle is mended by doing it again.
 *
 * The caller holds `index.lock`.
 *
 * @param snapshot - the index, read under that lock; null when there is no index file.
 * @returns paths that somebody had edited or staged, left as they are.
 */
export async function settleFiles(
  disk: Disk,
  repo: Repository,
  journal: Journal,
  snapshot: IndexSnapshot | null,
  tree: WorkTree,
  directionOf: (file: JournalFile) => Direction,
): Promise<readonly string[]> {
  // A clone made with --no-checkout: nothing is there, and an index of our files alone would say all others are deleted.
  if (snapshot === null && journal.parent !== null) return [];
  const before = snapshot ?? noIndex;
  const moves = journal.files.flatMap((file) => toMove(file, directionOf(file)));
  const kept = new Set<string>();
  const stats = new Map<string, BigIntStats | null>();
  const folders = new Set<string>();
  for (const move of moves) {
    if (isLeftOut(disk, tree.dir, before, move.path)) continue;
    const result = await moveWorkFile(disk, tree, move);
    for (const folder of result.folders) folders.add(folder);
    if (result.moved) stats.set(move.path, result.stat);
    else kept.add(move.path);
  }
  disk.step('files-written');
  const edits = moves.map(({ path, from, to }) => ({ path, from, to, stat: stats.get(path) ?? null }));
  const edited = editIndex(before.index, edits, racyCheck(disk, tree.dir, before));
  for (const path of edited.kept) kept.add(path);
  await replaceIndex(disk, repo, journal, before, edited.bytes, [...folders]);
  disk.step('index-written');
  return [...kept].sort();
}

function toMove(file: JournalFile, direction: Direction): readonly Move[] {
  const { path, base, next, temporary } = file;
  if (direction === 'leave') return [];
  return [
    direction === 'next'
      ? { path, from: base, to: next, temporary }
      : { path, from: next, to: base, temporary: `${temporary}.undo` },
  ];
}

/** A sparse checkout left the file out on purpose: it is neither written nor missing. */
function isLeftOut(disk: Disk, workTree: string, snapshot: IndexSnapshot, path: string): boolean {
  const entry = entriesNamed(snapshot.index, path)[0];
  return entry?.skipWorktree === true && disk.lstat(join(workTree, path)) === null;
}

async function replaceIndex(
  disk: Disk,
  repo: Repository,
  journal: Journal,
  before: IndexSnapshot,
  bytes: Buffer | null,
  folders: readonly string[],
): Promise<void> {
  if (bytes === null) {
    await disk.sync(folders);
    return;
  }
  const temporary = join(temporaryDir(repo), `${journal.id}.index`);
  disk.unlink(temporary);
  disk.createFile(temporary, bytes, before.mode);
  await disk.sync([...folders, temporary]);
  disk.rename(temporary, indexFile(journal.gitDir));
  // Before the branch may move: an old index under a new branch would revert the commit with the next `git commit`.
  await disk.sync([journal.gitDir]);
}
