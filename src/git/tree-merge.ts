import { objectNotFound } from './cat-file.js';
import type { FileState } from './index-edit.js';
import { folderMode, parseTree, type TreeEntry } from './object-format.js';
import type { ObjectReader } from './object-reader.js';
import { pathText } from './path-text.js';
import type { Repository } from './repository.js';

/** Root trees; null = there is none. */
export interface ThreeTrees {
  readonly base: string | null;
  readonly ours: string | null;
  readonly theirs: string | null;
}

/** A file that they changed, and that is not theirs already; null = not there. */
export interface IncomingFile {
  readonly path: string;
  readonly base: FileState | null;
  readonly ours: FileState | null;
  readonly theirs: FileState | null;
  /** Whether one of the three has a folder where another has a file. */
  readonly isFolderSomewhere: boolean;
}

/**
 * Lists what the second of two commits changed since their common ancestor and the first has not, by path.
 *
 * The cost follows the number of differences: folders that are equal are not opened.
 *
 * @throws {@link MavenError} OBJECT_NOT_FOUND.
 */
export async function incomingFiles(
  repo: Repository,
  reader: ObjectReader,
  trees: ThreeTrees,
): Promise<readonly IncomingFile[]> {
  const files: IncomingFile[] = [];
  const open = async (oid: string | null, folder: string): Promise<ReadonlyMap<string, TreeEntry>> => {
    if (oid === null) return new Map();
    const object = await reader.read(oid);
    if (object?.type !== 'tree') throw objectNotFound(repo, oid, pathText(folder));
    return new Map(parseTree(object.bytes).map((entry) => [entry.name.toString('latin1'), entry]));
  };
  /** @param prefix - one character a byte (latin1), with its slash. */
  const compare = async ({ base, ours, theirs }: ThreeTrees, prefix: string): Promise<void> => {
    const [before, our, their] = [
      await open(base, prefix),
      await open(ours, prefix),
      await open(theirs, prefix),
    ];
    for (const name of new Set([...before.keys(), ...our.keys(), ...their.keys()])) {
      const versions = [before.get(name), our.get(name), their.get(name)] as const;
      const [b, o, t] = versions;
      if (isSame(t, b) || isSame(t, o)) continue;
      const path = `${prefix}${name}`;
      const there = versions.filter((entry) => entry !== undefined);
      const folders = there.filter(({ mode }) => mode === folderMode).length;
      if (folders === there.length) {
        await compare({ base: b?.oid ?? null, ours: o?.oid ?? null, theirs: t?.oid ?? null }, `${path}/`);
      } else {
        const isFolderSomewhere = folders > 0;
        files.push({
          path: pathText(path),
          base: stateOf(b),
          ours: stateOf(o),
          theirs: stateOf(t),
          isFolderSomewhere,
        });
      }
    }
  };
  await compare(trees, '');
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

function isSame(a: TreeEntry | undefined, b: TreeEntry | undefined): boolean {
  return a?.oid === b?.oid && a?.mode === b?.mode;
}

function stateOf(entry: TreeEntry | undefined): FileState | null {
  return entry === undefined ? null : { oid: entry.oid, mode: entry.mode };
}
