import { objectNotFound } from './cat-file.js';
import { runGit } from './native-git.js';
import { folderMode, parseTree, type TreeEntry } from './object-format.js';
import { type ObjectReader, openObjectReader } from './object-reader.js';
import { pathText } from './path-text.js';
import type { Repository } from './repository.js';
import { artifactsFolder } from './revision.js';
import { type ArtifactEntry, listBelow } from './tree.js';

export interface ArtifactChanges {
  /** Added or modified, as they are in the new tree, sorted by path. */
  readonly changed: readonly ArtifactEntry[];
  readonly deleted: readonly string[];
}

/**
 * Compares two trees of `.moha/maven`; the cost follows the number of differences, not the size of the repository.
 *
 * A renamed file is one deleted and one added: rows carry their path.
 *
 * @returns null when the old tree is no longer in the repository, so that nothing can be said but "everything".
 * @throws {@link MavenError} OBJECT_NOT_FOUND when the new tree is missing.
 */
export async function changedArtifacts(
  repo: Repository,
  oldTree: string,
  newTree: string,
): Promise<ArtifactChanges | null> {
  if (oldTree === newTree) return { changed: [], deleted: [] };
  return repo.nativeGit ? compareNatively(repo, oldTree, newTree) : compareTrees(repo, oldTree, newTree);
}

async function compareNatively(
  repo: Repository,
  oldTree: string,
  newTree: string,
): Promise<ArtifactChanges | null> {
  const args = [
    'diff-tree',
    '-r',
    '-z',
    '--raw',
    '--no-renames',
    '--no-ext-diff',
    '--end-of-options',
    oldTree,
    newTree,
  ];
  const { exitCode, stdout } = await runGit(repo, args, { answers: [0, 128] });
  if (exitCode === 128) return explainMissing(repo, oldTree, newTree);
  const fields = stdout.toString('latin1').split('\0');
  const changed: ArtifactEntry[] = [];
  const deleted: string[] = [];
  for (let at = 0; at + 1 < fields.length; at += 2) {
    // ":100644 100644 <old oid> <new oid> M"
    const [, mode = '', , oid = '', status = ''] = (fields[at] ?? '').split(' ');
    const path = `${artifactsFolder}/${pathText(fields[at + 1] ?? '')}`;
    if (status === 'D') deleted.push(path);
    else changed.push({ path, oid, mode });
  }
  return { changed, deleted };
}

async function explainMissing(repo: Repository, oldTree: string, newTree: string): Promise<null> {
  const { stdout } = await runGit(repo, ['cat-file', '--batch-check'], { input: `${oldTree}\n${newTree}\n` });
  const [older, newer] = stdout.toString('latin1').split('\n');
  if (!/ tree [0-9]+$/.test(newer ?? '')) throw objectNotFound(repo, newTree, artifactsFolder);
  if (!/ tree [0-9]+$/.test(older ?? '')) return null;
  // Both are there, but something below them is not: comparing file by file names it.
  await runGit(repo, ['diff-tree', '-r', '--end-of-options', oldTree, newTree]);
  return null;
}

async function compareTrees(
  repo: Repository,
  oldTree: string,
  newTree: string,
): Promise<ArtifactChanges | null> {
  const reader = openObjectReader(repo);
  const changed: ArtifactEntry[] = [];
  const deleted: string[] = [];
  try {
    if ((await reader.read(oldTree))?.type !== 'tree') return null;
    await compareFolder(
      repo,
      reader,
      { older: oldTree, newer: newTree, folder: artifactsFolder },
      changed,
      deleted,
    );
  } finally {
    await reader.close();
  }
  const byPath = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));
  return { changed: changed.sort((a, b) => byPath(a.path, b.path)), deleted: deleted.sort(byPath) };
}

interface FolderPair {
  readonly older: string | null;
  readonly newer: string | null;
  /** One character a byte (latin1). */
  readonly folder: string;
}

/** Goes down only where the two trees differ. */
async function compareFolder(
  repo: Repository,
  reader: ObjectReader,
  pair: FolderPair,
  changed: ArtifactEntry[],
  deleted: string[],
): Promise<void> {
  const older = await entriesOf(repo, reader, pair.older, pair.folder);
  const newer = await entriesOf(repo, reader, pair.newer, pair.folder);
  for (const name of new Set([...older.keys(), ...newer.keys()])) {
    const before = older.get(name);
    const after = newer.get(name);
    if (before?.oid === after?.oid && before?.mode === after?.mode) continue;
    const bytes = `${pair.folder}/${name}`;
    const path = pathText(bytes);
    const folders = { older: folderOid(before), newer: folderOid(after), folder: bytes };
    if (folders.older !== null && folders.newer !== null) {
      await compareFolder(repo, reader, folders, changed, deleted);
      continue;
    }
    if (folders.older !== null) deleted.push(...(await pathsBelow(repo, reader, folders.older, bytes)));
    else if (before !== undefined && (after === undefined || folders.newer !== null)) deleted.push(path);
    if (folders.newer !== null) changed.push(...(await listBelow(repo, reader, folders.newer, bytes)));
    else if (after !== undefined) changed.push({ path, oid: after.oid, mode: after.mode });
  }
}

async function entriesOf(
  repo: Repository,
  reader: ObjectReader,
  tree: string | null,
  folder: string,
): Promise<ReadonlyMap<string, TreeEntry>> {
  if (tree === null) return new Map();
  const object = await reader.read(tree);
  if (object?.type !== 'tree') throw objectNotFound(repo, tree, folder);
  return new Map(parseTree(object.bytes).map((entry) => [entry.name.toString('latin1'), entry]));
}

async function pathsBelow(
  repo: Repository,
  reader: ObjectReader,
  tree: string,
  folder: string,
): Promise<string[]> {
  return (await listBelow(repo, reader, tree, folder)).map((entry) => entry.path);
}

function folderOid(entry: TreeEntry | undefined): string | null {
  return entry?.mode === folderMode ? entry.oid : null;
}
