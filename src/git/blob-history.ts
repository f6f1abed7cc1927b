import { loadIsomorphicGit } from './isomorphic.js';
import { runGit } from './native-git.js';
import { pathText } from './path-text.js';
import type { Repository } from './repository.js';
import { resolveRevision } from './revision.js';
import { listArtifacts } from './tree.js';

/** One file as a commit changed it against one of its parents. */
export interface BlobChange {
  readonly commit: string;
  readonly path: string;
  readonly oldOid: string;
  /** Null when the commit deleted the file. */
  readonly newOid: string | null;
}

/**
 * Lists every change and deletion of files below the given folders, in all of a commit's history that this
 * repository holds; a merge is compared with each of its parents. Files that were added have no past and are left out.
 *
 * @param folders - repository-relative, such as `.moha/maven/trades`.
 * @param since - only what is not in this commit's history; null = all of it.
 */
export async function blobHistory(
  repo: Repository,
  commit: string,
  folders: readonly string[],
  since: string | null = null,
): Promise<readonly BlobChange[]> {
  if (since === commit) return [];
  return repo.nativeGit
    ? nativeHistory(repo, commit, folders, since)
    : walkedHistory(repo, commit, folders, since);
}

async function nativeHistory(
  repo: Repository,
  commit: string,
  folders: readonly string[],
  since: string | null,
): Promise<readonly BlobChange[]> {
  const options = [
    '--full-history',
    '--no-renames',
    '--no-abbrev',
    '--no-show-signature',
    '--diff-filter=MDT',
  ];
  const { stdout } = await runGit(repo, [
    'log',
    '-z',
    '-m',
    '--raw',
    '--format=%H',
    ...options,
    '--end-of-options',
    commit,
    ...(since === null ? [] : [`^${since}`]),
    '--',
    ...folders,
  ]);
  const changes: BlobChange[] = [];
  const tokens = stdout.toString('latin1').split('\0');
  let current = '';
  for (let i = 0; i < tokens.length; i++) {
    const token = (tokens[i] ?? '').trimStart();
    if (/^[0-9a-f]{40}$/.test(token)) {
      current = token;
    } else if (token.startsWith(':')) {
      const [, newMode, oldOid = '', newOid = ''] = token.slice(1).split(' ');
      i += 1;
      changes.push({
        commit: current,
        path: pathText(tokens[i] ?? ''),
        oldOid,
        newOid: newMode === '000000' ? null : newOid,
      });
    }
  }
  return changes;
}

async function walkedHistory(
  repo: Repository,
  commit: string,
  folders: readonly string[],
  since: string | null,
): Promise<readonly BlobChange[]> {
  const git = await loadIsomorphicGit();
  const fs = await import('node:fs');
  const cache = {};
  const logOf = (ref: string) => git.log({ fs, gitdir: repo.commonDir, ref, cache });
  const past = new Set(since === null ? [] : (await logOf(since)).map(({ oid }) => oid));
  const known = new Map<string, ReadonlyMap<string, string>>();
  const filesOf = async (oid: string): Promise<ReadonlyMap<string, string>> => {
    const tree = (await resolveRevision(repo, oid))?.artifactsTree ?? null;
    if (tree === null) return new Map();
    const files = known.get(tree) ?? (await filesBelow(repo, tree, folders));
    known.set(tree, files);
    return files;
  };
  const changes: BlobChange[] = [];
  for (const entry of await logOf(commit)) {
    if (past.has(entry.oid)) continue;
    const now = await filesOf(entry.oid);
    for (const parent of entry.commit.parent) {
      for (const [path, oldOid] of await filesOf(parent)) {
        const newOid = now.get(path) ?? null;
        if (newOid !== oldOid) changes.push({ commit: entry.oid, path, oldOid, newOid });
      }
    }
  }
  return changes;
}

async function filesBelow(
  repo: Repository,
  tree: string,
  folders: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const entries = await listArtifacts(repo, tree);
  const below = entries.filter(({ path }) => folders.some((folder) => path.startsWith(`${folder}/`)));
  return new Map(below.map(({ path, oid }) => [path, oid]));
}
