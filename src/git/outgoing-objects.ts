import { objectNotFound } from './cat-file.js';
import { reaches } from './commit-walk.js';
import type { GitObject, ObjectType } from './loose-object.js';
import { kinshipOf } from './merge-base.js';
import { folderMode, parseCommit, parseTree, submoduleMode } from './object-format.js';
import { type ObjectReader, openObjectReader } from './object-reader.js';
import type { Repository } from './repository.js';

/**
 * Reads the objects that a remote lacks to have a commit: of each commit that it does not reach what differs from its parents,
 * so that the cost follows what was done, not what is there.
 *
 * @param known - commits that the remote has; those that are not here are passed over.
 * @throws {@link MavenError} OBJECT_NOT_FOUND.
 */
export async function outgoingObjects(
  repo: Repository,
  commit: string,
  known: readonly string[],
): Promise<readonly GitObject[]> {
  const objects: GitObject[] = [];
  await visitNewObjects(repo, commit, known, new Set(), (object) => objects.push(object));
  return objects;
}

/**
 * Makes sure that everything is here that a commit from a remote adds to what was known.
 *
 * @param fetched - names of the objects that came with it: their bytes have been seen already.
 * @throws {@link MavenError} OBJECT_NOT_FOUND.
 */
export async function assertAllThere(
  repo: Repository,
  commit: string,
  known: readonly string[],
  fetched: ReadonlySet<string>,
): Promise<void> {
  await visitNewObjects(repo, commit, known, fetched, () => {});
}

/** @param unread - blobs that need not be read: they are not shown to `see`. */
async function visitNewObjects(
  repo: Repository,
  commit: string,
  known: readonly string[],
  unread: ReadonlySet<string>,
  see: (object: GitObject) => void,
): Promise<void> {
  const reader = openObjectReader(repo);
  try {
    const here: string[] = [];
    for (const oid of known) if ((await reader.read(oid))?.type === 'commit') here.push(oid);
    const { theirsOnly } = await kinshipOf(repo, here, commit);
    const walk = { repo, reader, seen: new Set<string>(), unread, see };
    for (const oid of theirsOnly) await visitCommit(walk, oid);
  } finally {
    await reader.close();
  }
}

/** Whether a commit that may not be here at all is in the history of another one. */
export async function isInHistory(repo: Repository, commit: string, of: string): Promise<boolean> {
  const reader = openObjectReader(repo);
  try {
    if ((await reader.read(commit)) === null) return false;
  } finally {
    await reader.close();
  }
  return reaches(repo, of, commit);
}

interface Walk {
  readonly repo: Repository;
  readonly reader: ObjectReader;
  readonly seen: Set<string>;
  readonly unread: ReadonlySet<string>;
  readonly see: (object: GitObject) => void;
}

async function visitCommit({ repo, reader, seen, unread, see }: Walk, oid: string): Promise<void> {
  const read = async (name: string, type: ObjectType): Promise<GitObject> => {
    const object = await reader.read(name);
    if (object?.type !== type) throw objectNotFound(repo, name, type);
    return object;
  };
  const visit = async (name: string, type: ObjectType): Promise<GitObject> => {
    const object = await read(name, type);
    seen.add(name);
    see(object);
    return object;
  };
  const { tree, parents } = parseCommit((await visit(oid, 'commit')).bytes);
  const before: string[] = [];
  for (const parent of parents) {
    // A shallow clone names parents that it does not have.
    const object = await reader.read(parent);
    if (object?.type === 'commit') before.push(parseCommit(object.bytes).tree);
  }
  const visitTree = async (name: string, others: readonly string[]): Promise<void> => {
    if (seen.has(name) || others.includes(name)) return;
    const { bytes } = await visit(name, 'tree');
    const siblings = await Promise.all(
      others.map(async (other) => byName(parseTree((await read(other, 'tree')).bytes))),
    );
    for (const entry of parseTree(bytes)) {
      const key = entry.name.toString('latin1');
      const same = siblings.flatMap((entries) => entries.get(key) ?? []);
      if (entry.mode === submoduleMode || seen.has(entry.oid)) continue;
      if (same.some((sibling) => sibling.oid === entry.oid)) continue;
      if (entry.mode === folderMode) {
        const folders = same.filter(({ mode }) => mode === folderMode).map((sibling) => sibling.oid);
        await visitTree(entry.oid, folders);
      } else if (!unread.has(entry.oid)) await visit(entry.oid, 'blob');
    }
  };
  await visitTree(tree, before);
}

function byName(entries: ReturnType<typeof parseTree>): ReadonlyMap<string, (typeof entries)[number]> {
  return new Map(entries.map((entry) => [entry.name.toString('latin1'), entry]));
}
