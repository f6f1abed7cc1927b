import { MavenError } from '../errors.js';
import { assertArtifactPath } from './artifact-path.js';
import type { CommitTree } from './commit-base.js';
import type { FileState } from './index-edit.js';
import { hashObject } from './loose-object.js';
import { folderMode } from './object-format.js';
import type { ObjectWriter } from './object-writer.js';
import { artifactsFolder } from './revision.js';
import { findInTree, spliceTree, type TreeEdit } from './tree-splice.js';

/** What to commit. Files not named stay as they are. */
export interface CommitContent {
  readonly files: ReadonlyMap<string, Buffer | string>;
  readonly subject: string;
  readonly body?: string | undefined;
  readonly records: number;
}

/** One file that a commit changes. */
export interface PlannedFile {
  readonly path: string;
  /** Null when the parent has none. */
  readonly base: FileState | null;
  /** Null = the commit removes it. */
  readonly next: FileState | null;
  /** Of `next`. */
  readonly bytes: Buffer;
}

/**
 * Compares new content with the parent commit.
 *
 * @returns the files that differ, by path; empty when there is nothing to commit.
 * @throws {@link MavenError} INPUT_INVALID for a path that is no artifact's; COMMIT_UNSAFE when a ledger would lose lines
 *   it has.
 */
export async function planFiles(base: CommitTree, content: CommitContent): Promise<readonly PlannedFile[]> {
  const planned: PlannedFile[] = [];
  for (const [path, text] of [...content.files].sort(([a], [b]) => (a < b ? -1 : 1))) {
    assertArtifactPath(path);
    const bytes = typeof text === 'string' ? Buffer.from(text) : text;
    const state = await base.stateOf(path);
    const oid = hashObject('blob', bytes);
    if (state?.oid === oid) continue;
    if (state !== null && isAppendOnly(path)) assertAppended(path, await base.readBlob(state.oid), bytes);
    planned.push({ path, base: state, next: { oid, mode: state?.mode ?? '100644' }, bytes });
  }
  return planned;
}

/** Writes the blobs of files. */
export async function writePlannedBlobs(writer: ObjectWriter, files: readonly PlannedFile[]): Promise<void> {
  await writer.writeBlobs(
    files.flatMap(({ next, bytes }) => (next === null ? [] : [{ oid: next.oid, bytes }])),
  );
}

/**
 * Writes the trees above files, from the parent's tree: never from the index, which holds what a person staged.
 *
 * @returns the new root tree.
 */
export async function writePlannedTree(
  base: CommitTree,
  writer: ObjectWriter,
  files: readonly PlannedFile[],
): Promise<string> {
  const root = await writeFolder(base, writer, base.rootTree, groupByFolder(files));
  return root ?? writer.writeTree(Buffer.alloc(0));
}

interface Folder {
  readonly files: Map<string, FileState | null>;
  readonly folders: Map<string, Folder>;
}

function groupByFolder(files: readonly PlannedFile[]): Folder {
  const root = newFolder();
  for (const { path, next } of files) {
    const parts = path.split('/');
    const name = parts.pop() ?? '';
    let folder = root;
    for (const part of parts) {
      if (folder.files.has(part)) throw bothKinds(path);
      const below = folder.folders.get(part) ?? newFolder();
      folder.folders.set(part, below);
      folder = below;
    }
    if (folder.folders.has(name)) throw bothKinds(path);
    folder.files.set(name, next);
  }
  return root;
}

function newFolder(): Folder {
  return { files: new Map(), folders: new Map() };
}

/** @returns null for a folder that is left without any file: git knows none such. */
async function writeFolder(
  base: CommitTree,
  writer: ObjectWriter,
  oldTree: string | null,
  folder: Folder,
): Promise<string | null> {
  const old = oldTree === null ? Buffer.alloc(0) : await base.readTree(oldTree);
  const edits: TreeEdit[] = [...folder.files].map(([name, state]) => ({ name, folder: false, state }));
  for (const [name, below] of folder.folders) {
    // What is there is a folder or nothing: the plan has looked at every path.
    const oid = await writeFolder(base, writer, findInTree(old, name)?.oid ?? null, below);
    edits.push({ name, folder: true, state: oid === null ? null : { mode: folderMode, oid } });
  }
  const tree = spliceTree(old, edits);
  return tree.length === 0 ? null : writer.writeTree(tree);
}

/** The ledgers: a line once committed stays. */
export function isAppendOnly(path: string): boolean {
  return path.endsWith('.jsonl') && /^(trades|flows)\//.test(path.slice(artifactsFolder.length + 1));
}

function assertAppended(path: string, base: Buffer, next: Buffer): void {
  if (next.subarray(0, base.length).equals(base)) return;
  throw new MavenError('COMMIT_UNSAFE', `${path} would lose or change lines that are committed`, {
    hint: 'append a revision instead; this is a fault of the program, please report it',
    data: { path, committedBytes: base.length, newBytes: next.length },
  });
}

function bothKinds(path: string): MavenError {
  return new MavenError('INPUT_INVALID', `${path} is named both as a file and as a folder`, {
    hint: 'give the two artifacts different names',
    data: { path },
  });
}
