import { lostLines } from '../../parsers/lost-lines.js';
import { MavenError } from '../errors.js';
import { pathFault } from './artifact-path.js';
import { objectNotFound } from './cat-file.js';
import { isAppendOnly, type PlannedFile } from './commit-plan.js';
import type { FileState } from './index-edit.js';
import { hashObject } from './loose-object.js';
import { folderMode } from './object-format.js';
import type { ObjectReader } from './object-reader.js';
import type { Repository } from './repository.js';
import { REGULAR_FILE_MODES } from './tree.js';
import type { IncomingFile } from './tree-merge.js';

/**
 * Merges three versions of a file that both sides changed.
 *
 * @param base - empty = there is none.
 * @returns the merged bytes; or why only a person can merge them.
 */
export type MergeFile = (
  path: string,
  base: Buffer,
  ours: Buffer,
  theirs: Buffer,
) => Promise<{ readonly bytes: Buffer } | { readonly why: string }>;

/** A file that a merge changes in our tree. */
export interface MergedFile extends PlannedFile {
  /** Whether its bytes are of neither side, and in no object yet. */
  readonly isNew: boolean;
}

/** A file that cannot be merged here. */
export interface UnmergedFile {
  readonly path: string;
  readonly why: string;
}

export interface MergePlan {
  readonly files: readonly MergedFile[];
  /** Where there are any, nothing may be written. */
  readonly unmerged: readonly UnmergedFile[];
}

/**
 * Decides what becomes of each file that came in: what they alone changed is taken, what both changed is merged.
 *
 * @throws {@link MavenError} OBJECT_NOT_FOUND; COMMIT_UNSAFE where a merge would lose a line of a ledger.
 */
export async function planMerge(
  repo: Repository,
  reader: ObjectReader,
  incoming: readonly IncomingFile[],
  mergeFile: MergeFile,
): Promise<MergePlan> {
  const files: MergedFile[] = [];
  const unmerged: UnmergedFile[] = [];
  const read = async (state: FileState | null): Promise<Buffer> => {
    if (state === null) return Buffer.alloc(0);
    const object = await reader.read(state.oid);
    if (object?.type !== 'blob') throw objectNotFound(repo, state.oid, 'blob');
    return object.bytes;
  };
  for (const file of incoming) {
    const { path, base, ours, theirs } = file;
    const fault = faultOf(file);
    if (fault !== null) {
      unmerged.push({ path, why: fault });
      continue;
    }
    if (isSame(ours, base)) {
      files.push({ path, base: ours, next: theirs, bytes: await read(theirs), isNew: false });
      continue;
    }
    if (ours === null || theirs === null) {
      unmerged.push({ path, why: 'changed on one side, removed on the other' });
      continue;
    }
    const [ourBytes, theirBytes] = [await read(ours), await read(theirs)];
    // One side may have changed no more than who may run it.
    const merged =
      ours.oid === theirs.oid || theirs.oid === base?.oid
        ? { bytes: ourBytes }
        : ours.oid === base?.oid
          ? { bytes: theirBytes }
          : await mergeFile(path, await read(base), ourBytes, theirBytes);
    if ('why' in merged) {
      unmerged.push({ path, why: merged.why });
      continue;
    }
    const { bytes } = merged;
    if (isAppendOnly(path)) assertNothingLost(path, [ourBytes, theirBytes], bytes);
    const mode = ours.mode === base?.mode ? theirs.mode : ours.mode;
    const next = { oid: hashObject('blob', bytes), mode };
    if (!isSame(next, ours)) files.push({ path, base: ours, next, bytes, isNew: next.oid !== theirs.oid });
  }
  return { files, unmerged };
}

/** What only native git can do with it; null = nothing. */
function faultOf({ path, base, ours, theirs, isFolderSomewhere }: IncomingFile): string | null {
  const modes = [base, ours, theirs].map((state) => state?.mode ?? '100644');
  if (isFolderSomewhere) return 'a file on one side, a folder on the other';
  if (modes.some((mode) => mode !== folderMode && !REGULAR_FILE_MODES.has(mode)))
    return 'a link or a submodule';
  const fault = pathFault(path);
  return fault === null ? null : `a name that no file may have here: ${fault}`;
}

function isSame(a: FileState | null, b: FileState | null): boolean {
  return a?.oid === b?.oid && a?.mode === b?.mode;
}

function assertNothingLost(path: string, sides: readonly Buffer[], merged: Buffer): void {
  const text = merged.toString('utf8');
  const lost = sides.flatMap((side) => lostLines(side.toString('utf8'), text));
  if (lost.length === 0) return;
  throw new MavenError('COMMIT_UNSAFE', `the merge of ${path} would lose ${lost.length} lines`, {
    hint: 'merge with native git; this is a fault of the program, please report it',
    data: { path, lines: lost.length },
  });
}
