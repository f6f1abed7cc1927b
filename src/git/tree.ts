import { objectNotFound } from './cat-file.js';
import { runGit } from './native-git.js';
import { folderMode, parseTree } from './object-format.js';
import { type ObjectReader, openObjectReader } from './object-reader.js';
import { pathText } from './path-text.js';
import type { Repository } from './repository.js';
import { artifactsFolder } from './revision.js';

/** One file of a revision's `.moha/maven`. */
export interface ArtifactEntry {
  /** Relative to the repository: `.moha/maven/identity.json`. A path that is no UTF-8 shows its bytes as `\xNN`. */
  readonly path: string;
  readonly oid: string;
  /** `100644`, `100755`, `120000` (symlink) or `160000` (submodule: its oid is no blob of this repository). */
  readonly mode: string;
}

/** Modes of files with content, as git prints them: a link or a submodule is no artifact. `100664` is of very old repositories. */
export const REGULAR_FILE_MODES: ReadonlySet<string> = new Set(['100644', '100755', '100664']);

/**
 * Lists every file below a tree, sorted by the bytes of the path.
 *
 * @param artifactsTree - as {@link resolveRevision} found it.
 * @param folders - names of folders at its top, `snapshots`; only what is below them. Absent = everything.
 * @throws {@link MavenError} OBJECT_NOT_FOUND, GIT_FAILED.
 */
export async function listArtifacts(
  repo: Repository,
  artifactsTree: string,
  folders: readonly string[] = [],
): Promise<readonly ArtifactEntry[]> {
  if (repo.nativeGit) {
    const { stdout } = await runGit(repo, [
      'ls-tree',
      '-r',
      '-z',
      '--full-tree',
      '--end-of-options',
      artifactsTree,
      ...folders,
    ]);
    return stdout.toString('latin1').split('\0').filter(Boolean).map(parseListing);
  }
  const reader = openObjectReader(repo);
  try {
    const entries = await listBelow(repo, reader, artifactsTree, artifactsFolder);
    const isBelow = ({ path }: ArtifactEntry): boolean =>
      folders.some((folder) => path.startsWith(`${artifactsFolder}/${folder}/`));
    return folders.length === 0 ? entries : entries.filter(isBelow);
  } finally {
    await reader.close();
  }
}

/**
 * Lists the files below a tree through an object reader, in git's own order, which is that of whole paths.
 *
 * @param folder - the tree's own path, one character a byte (latin1), as the names below it are put to it.
 */
export async function listBelow(
  repo: Repository,
  reader: ObjectReader,
  tree: string,
  folder: string,
): Promise<readonly ArtifactEntry[]> {
  const object = await reader.read(tree);
  if (object?.type !== 'tree') throw objectNotFound(repo, tree, pathText(folder));
  const entries: ArtifactEntry[] = [];
  for (const { mode, name, oid } of parseTree(object.bytes)) {
    const path = `${folder}/${name.toString('latin1')}`;
    if (mode === folderMode) entries.push(...(await listBelow(repo, reader, oid, path)));
    else entries.push({ path: pathText(path), oid, mode });
  }
  return entries;
}

/** One record of `ls-tree -z`: mode, type, oid, a tab, the path. */
function parseListing(record: string): ArtifactEntry {
  const tab = record.indexOf('\t');
  const [mode = '', , oid = ''] = record.slice(0, tab).split(' ');
  return { path: `${artifactsFolder}/${pathText(record.slice(tab + 1))}`, oid, mode };
}
