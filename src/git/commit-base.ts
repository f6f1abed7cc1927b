import { MavenError } from '../errors.js';
import { assertArtifactPath } from './artifact-path.js';
import { objectNotFound } from './cat-file.js';
import { describeFailure } from './failure.js';
import type { FileState } from './index-edit.js';
import type { GitObject } from './loose-object.js';
import { folderMode, parseCommit, submoduleMode, symlinkMode } from './object-format.js';
import type { ObjectReader } from './object-reader.js';
import type { Repository } from './repository.js';
import { artifactsFolder } from './revision.js';
import { listBelow } from './tree.js';
import { type FoundEntry, findInTree, indexTree } from './tree-splice.js';

/** An index costs as much as some looks: a single commit is quicker without. */
const looksBeforeIndex = 8;

/** The parent commit's artifacts, as `build` sees them. Never the working tree, never the index. */
export interface CommitBase {
  /** Bytes of a file below `.moha/maven`, null when the parent has none. */
  read(path: string): Promise<Buffer | null>;
  /** Paths of the files below a folder (`.moha/maven/decisions`), sorted, recursive; empty when there is none. */
  list(prefix: string): Promise<readonly string[]>;
}

/** A commit's files, read from its tree and nowhere else. */
export interface CommitTree extends CommitBase {
  /** Root tree; null before the first commit. */
  readonly rootTree: string | null;
  /**
   * State of a file.
   *
   * @throws {@link MavenError} COMMIT_UNSAFE when the path leads through a file, a symlink or a submodule, or is none
   *   but a plain file itself.
   */
  stateOf(path: string): Promise<FileState | null>;
  /** Bytes of a tree object. */
  readTree(oid: string): Promise<Buffer>;
  readBlob(oid: string): Promise<Buffer>;
  /** Bytes of any file of the commit; null when there is no such file. */
  readAnyFile(path: string): Promise<Buffer | null>;
}

/** Opens the tree of a commit; null stands for the time before the first one. */
export async function openCommitTree(
  repo: Repository,
  reader: ObjectReader,
  commit: string | null,
): Promise<CommitTree> {
  const read = async (oid: string, type: GitObject['type']): Promise<Buffer> => {
    const object = await reader.read(oid).catch((error: unknown) => {
      throw describeFailure(error, `cannot read object ${oid}`);
    });
    if (object?.type !== type) throw objectNotFound(repo, oid, type);
    return object.bytes;
  };
  const rootTree = commit === null ? null : parseCommit(await read(commit, 'commit')).tree;
  // The same few folders are asked for again and again.
  const trees = new Map<string, Buffer>();
  const readTree = async (oid: string): Promise<Buffer> => {
    const known = trees.get(oid) ?? (await read(oid, 'tree'));
    trees.set(oid, known);
    return known;
  };
  const looks = new Map<string, number>();
  const indexes = new Map<string, ReturnType<typeof indexTree>>();
  const entryOf = async (oid: string, name: string): Promise<FoundEntry | null> => {
    const indexed = indexes.get(oid);
    if (indexed !== undefined) return indexed(name);
    const tree = await readTree(oid);
    const times = (looks.get(oid) ?? 0) + 1;
    looks.set(oid, times);
    if (times <= looksBeforeIndex) return findInTree(tree, name);
    const index = indexTree(tree);
    indexes.set(oid, index);
    return index(name);
  };
  const find = async (path: string): Promise<FoundEntry | null> => {
    let found: FoundEntry | null = rootTree === null ? null : { mode: folderMode, oid: rootTree };
    const parts = path.split('/');
    for (const [depth, part] of parts.entries()) {
      if (found === null) return null;
      if (found.mode !== folderMode) throw inTheWay(parts.slice(0, depth).join('/'), found.mode);
      found = await entryOf(found.oid, part);
    }
    return found;
  };
  const stateOf = async (path: string): Promise<FileState | null> => {
    const found = await find(path);
    if (found !== null && !isPlainFile(found.mode)) throw inTheWay(path, found.mode);
    return found;
  };
  return {
    rootTree,
    stateOf,
    readTree,
    readBlob: (oid) => read(oid, 'blob'),
    async readAnyFile(path) {
      const found = await find(path);
      return found !== null && isPlainFile(found.mode) ? read(found.oid, 'blob') : null;
    },
    async read(path) {
      assertArtifactPath(path);
      const state = await stateOf(path);
      return state === null ? null : read(state.oid, 'blob');
    },
    async list(prefix) {
      const folder = prefix.replace(/\/+$/, '');
      if (folder !== artifactsFolder) assertArtifactPath(folder);
      const found = await find(folder);
      if (found?.mode !== folderMode) return [];
      const entries = await listBelow(repo, reader, found.oid, Buffer.from(folder).toString('latin1'));
      // A name with a backslash, or shown by its bytes, could not be read back.
      return entries
        .filter((entry) => isPlainFile(entry.mode) && !entry.path.includes('\\'))
        .map((entry) => entry.path);
    },
  };
}

/** Modes of files with content: `100644`, `100755`, and `100664` of very old repositories. */
function isPlainFile(mode: string): boolean {
  return mode.startsWith('100');
}

const kinds: ReadonlyMap<string, string> = new Map([
  [submoduleMode, 'a submodule'],
  [symlinkMode, 'a symbolic link'],
  [folderMode, 'a folder'],
]);

/** The error for something in a commit that stands where an artifact or its folder must be. */
function inTheWay(path: string, mode: string): MavenError {
  const kind = kinds.get(mode) ?? 'a file';
  return new MavenError('COMMIT_UNSAFE', `${path} is ${kind} in this repository`, {
    hint: `move it away; ${artifactsFolder} must be a plain folder of plain files in the repository itself`,
    data: { path, mode },
  });
}
