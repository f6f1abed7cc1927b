import { objectNotFound } from './cat-file.js';
import { shallowCommits } from './commit-walk.js';
import { runGit } from './native-git.js';
import { folderMode, parseCommit } from './object-format.js';
import { type ObjectReader, openObjectReader } from './object-reader.js';
import type { Repository } from './repository.js';
import { findInTree } from './tree-splice.js';

/** A commit whose version of a file is that of none of its parents: it made this version. */
export interface FileVersion {
  readonly commit: string;
  /** Blob; null = the commit deleted the file. */
  readonly oid: string | null;
  /** Blob in the first parent that has the file; null = none has. */
  readonly before: string | null;
}

/**
 * Lists the versions of one file in the history of a commit, every parent of a merge followed.
 *
 * A merge that took the version of one of its parents made none. In a shallow clone the oldest commits stand for all that
 * came before them.
 *
 * @param path - repository-relative, letters as git has them, without line ends.
 * @returns oldest first: parents before children, beyond that by commit time.
 */
export async function fileHistory(
  repo: Repository,
  commit: string,
  path: string,
): Promise<readonly FileVersion[]> {
  const history = repo.nativeGit
    ? await nativeHistory(repo, commit, path)
    : await walkedHistory(repo, commit, path);
  return history.flatMap(({ commit, oid, parents }) => {
    const made = parents.length === 0 ? oid !== null : parents.every((parent) => parent !== oid);
    return made ? [{ commit, oid, before: parents.find((parent) => parent !== null) ?? null }] : [];
  });
}

/** A commit, its version of the file, and the versions of its parents. */
interface VersionedCommit {
  readonly commit: string;
  readonly oid: string | null;
  readonly parents: readonly (string | null)[];
}

/**
 * Git lists the commits that changed the file, each with the nearest of such commits before it; versions are the same in
 * between. A side of a merge on which the file never was has no such commit: whether a merge deleted the file only its
 * own parents say. Plumbing, so that no configuration of `git log` has a say.
 */
async function nativeHistory(
  repo: Repository,
  commit: string,
  path: string,
): Promise<readonly VersionedCommit[]> {
  const options = ['--full-history', '--parents', '--date-order', '--reverse'];
  const pathspec = `:(top,literal)${path}`;
  const args = ['rev-list', ...options, '--end-of-options', commit, '--', pathspec];
  const listed = await listCommits(repo, args);
  const versions = await versionsIn(repo, [...listed.keys(), ...[...listed.values()].flat()], path);
  const deleting = [...listed.keys()].filter((commit) => !versions.has(commit));
  const parentsOf = new Map([...listed, ...(await ownParents(repo, deleting))]);
  const unread = deleting.flatMap((commit) => parentsOf.get(commit) ?? []);
  const all = new Map([...versions, ...(await versionsIn(repo, unread, path))]);
  return [...listed.keys()].map((commit) => ({
    commit,
    oid: all.get(commit) ?? null,
    parents: (parentsOf.get(commit) ?? []).map((parent) => all.get(parent) ?? null),
  }));
}

async function ownParents(repo: Repository, commits: readonly string[]): Promise<CommitParents> {
  if (commits.length === 0) return new Map();
  const args = ['rev-list', '--no-walk=unsorted', '--parents', '--stdin'];
  return await listCommits(repo, args, `${commits.join('\n')}\n`);
}

/** Parents by commit, in the order git listed the commits. */
type CommitParents = ReadonlyMap<string, readonly string[]>;

async function listCommits(repo: Repository, args: readonly string[], input = ''): Promise<CommitParents> {
  const { stdout } = await runGit(repo, args, { input });
  const lines = stdout.toString('latin1').split('\n').filter(Boolean);
  return new Map(
    lines.map((line) => {
      const [commit = '', ...parents] = line.split(' ');
      return [commit, parents];
    }),
  );
}

/** The blob of a file in each of many commits, by one child. */
async function versionsIn(
  repo: Repository,
  named: readonly string[],
  path: string,
): Promise<ReadonlyMap<string, string>> {
  const commits = [...new Set(named)];
  if (commits.length === 0) return new Map();
  const input = `${commits.map((commit) => `${commit}:${path}`).join('\n')}\n`;
  const { stdout } = await runGit(repo, ['cat-file', '--batch-check'], { input });
  const answers = stdout.toString('latin1').split('\n');
  const versions = new Map<string, string>();
  for (const [index, commit] of commits.entries()) {
    const oid = /^([0-9a-f]{40}) blob /.exec(answers[index] ?? '')?.[1];
    if (oid !== undefined) versions.set(commit, oid);
  }
  return versions;
}

/** The same without native git: reads every commit. */
async function walkedHistory(
  repo: Repository,
  start: string,
  path: string,
): Promise<readonly VersionedCommit[]> {
  const reader = openObjectReader(repo);
  try {
    const commits = await readCommits(repo, reader, start);
    const known = new Map<string, string | null>();
    const versions = new Map<string, string | null>();
    for (const [oid, { tree }] of commits)
      versions.set(oid, await findBlob(reader, tree, path.split('/'), known));
    return oldestFirst(commits, start).map((commit) => ({
      commit,
      oid: versions.get(commit) ?? null,
      parents: (commits.get(commit)?.parents ?? []).map((parent) => versions.get(parent) ?? null),
    }));
  } finally {
    await reader.close();
  }
}

interface WalkedCommit {
  readonly tree: string;
  readonly parents: readonly string[];
  /** Seconds since 1970. */
  readonly committedAt: number;
}

async function readCommits(
  repo: Repository,
  reader: ObjectReader,
  start: string,
): Promise<ReadonlyMap<string, WalkedCommit>> {
  const shallow = shallowCommits(repo);
  const commits = new Map<string, WalkedCommit>();
  const waiting = [start];
  for (let oid = waiting.pop(); oid !== undefined; oid = waiting.pop()) {
    if (commits.has(oid)) continue;
    const object = await reader.read(oid);
    if (object?.type !== 'commit') throw objectNotFound(repo, oid, 'commit');
    const header = parseCommit(object.bytes);
    const parents = shallow.has(oid) ? [] : header.parents;
    const seconds = /^committer .*> (\d+) [+-]\d+$/m.exec(object.bytes.toString('latin1'))?.[1];
    commits.set(oid, { tree: header.tree, parents, committedAt: Number(seconds ?? 0) });
    waiting.push(...parents);
  }
  return commits;
}

/** Parents before children; among those that are free, the one with the earliest commit time. */
function oldestFirst(commits: ReadonlyMap<string, WalkedCommit>, start: string): readonly string[] {
  const children = new Map<string, number>();
  for (const { parents } of commits.values())
    for (const parent of parents) children.set(parent, (children.get(parent) ?? 0) + 1);
  const timeOf = (oid: string): number => commits.get(oid)?.committedAt ?? 0;
  const newestFirst: string[] = [];
  // Sorted by time, the newest last: history is nearly linear, so there are few at any moment.
  const free = [start];
  for (let oid = free.pop(); oid !== undefined; oid = free.pop()) {
    newestFirst.push(oid);
    for (const parent of commits.get(oid)?.parents ?? []) {
      const left = (children.get(parent) ?? 1) - 1;
      children.set(parent, left);
      if (left > 0) continue;
      const place = free.findIndex((other) => timeOf(other) > timeOf(parent));
      free.splice(place === -1 ? free.length : place, 0, parent);
    }
  }
  return newestFirst.reverse();
}

/** @param known - answers by tree and rest of the path: most commits share most trees. */
async function findBlob(
  reader: ObjectReader,
  tree: string,
  parts: readonly string[],
  known: Map<string, string | null>,
): Promise<string | null> {
  const [name = '', ...rest] = parts;
  const key = `${tree} ${rest.length}`;
  const earlier = known.get(key);
  if (earlier !== undefined) return earlier;
  const object = await reader.read(tree);
  const entry = object?.type === 'tree' ? findInTree(object.bytes, name) : null;
  const isFolder = entry?.mode === folderMode;
  let found: string | null = null;
  if (entry !== null && rest.length > 0 && isFolder) found = await findBlob(reader, entry.oid, rest, known);
  else if (entry !== null && rest.length === 0 && !isFolder) found = entry.oid;
  known.set(key, found);
  return found;
}
