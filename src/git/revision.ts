import { MavenError } from '../errors.js';
import { objectNotFound } from './cat-file.js';
import { countBetween, reaches } from './commit-walk.js';
import { nodeDisk } from './disk.js';
import { runGit } from './native-git.js';
import { folderMode, parseCommit } from './object-format.js';
import { type ObjectReader, openLooseReader, openObjectReader } from './object-reader.js';
import { readHead } from './refs.js';
import type { Repository } from './repository.js';
import { resolveWithoutGit } from './revision-name.js';
import { findInTree } from './tree-splice.js';

/** A commit and what the projection needs of it. */
export interface Revision {
  readonly commit: string;
  /** Tree object of `.moha/maven`; null when the commit has none. */
  readonly artifactsTree: string | null;
  /** Short name of the branch HEAD is on (`main`); null when HEAD is detached. */
  readonly branch: string | null;
}

/** Folder of the artifacts in a commit, as git writes paths. */
export const artifactsFolder = '.moha/maven';

/**
 * Finds a commit by any name git knows it by.
 *
 * HEAD is followed in the files themselves: a commit made lately costs no child and about a millisecond. A packed
 * HEAD, or another name, costs one child.
 *
 * @returns null only for `HEAD` on a branch without commits.
 * @throws {@link MavenError} REVISION_NOT_FOUND; REF_INVALID when HEAD or its branch is torn.
 */
export async function resolveRevision(repo: Repository, revision = 'HEAD'): Promise<Revision | null> {
  const head = readHead(nodeDisk, repo);
  const branch = head.ref === null ? null : head.ref.replace(/^refs\/heads\//, '');
  if (revision === 'HEAD' || revision === '@') {
    if (head.commit === null) return null;
    return { commit: head.commit, artifactsTree: await readArtifactsTree(repo, head.commit), branch };
  }
  assertRevisionName(revision);
  if (repo.nativeGit) return { ...(await resolveNatively(repo, revision)), branch };
  const commit = await resolveWithoutGit(repo, revision);
  if (commit === null) throw revisionNotFound(revision);
  return { commit, artifactsTree: await readArtifactsTree(repo, commit), branch };
}

/**
 * Tells whether one commit is another's ancestor, or the same.
 *
 * @returns false as well when the ancestor is no longer in the repository (rebased away and collected).
 * @throws {@link MavenError} REVISION_NOT_FOUND or OBJECT_NOT_FOUND when the descendant is not there.
 */
export async function isAncestor(repo: Repository, ancestor: string, descendant: string): Promise<boolean> {
  if (ancestor === descendant) return true;
  if (!repo.nativeGit) return reaches(repo, descendant, ancestor);
  assertRevisionName(ancestor);
  assertRevisionName(descendant);
  const args = ['merge-base', '--is-ancestor', '--end-of-options', ancestor, descendant];
  const { exitCode } = await runGit(repo, args, { answers: [0, 1, 128] });
  if (exitCode !== 128) return exitCode === 0;
  // One of the two is missing. Without the descendant there is no answer at all.
  await resolveNatively(repo, descendant);
  return false;
}

/** Counts the commits reachable from one commit and not from another. */
export async function countCommits(
  repo: Repository,
  fromExclusive: string,
  toInclusive: string,
): Promise<number> {
  if (fromExclusive === toInclusive) return 0;
  if (!repo.nativeGit) return countBetween(repo, fromExclusive, toInclusive);
  assertRevisionName(fromExclusive);
  assertRevisionName(toInclusive);
  const args = ['rev-list', '--count', '--end-of-options', toInclusive, `^${fromExclusive}`];
  const { stdout } = await runGit(repo, args);
  return Number(stdout.toString('latin1').trim());
}

async function readArtifactsTree(repo: Repository, commit: string): Promise<string | null> {
  const loose = openLooseReader(repo);
  const found = await findArtifactsTree(loose.read, commit);
  if (found !== undefined) return found;
  if (repo.nativeGit) return (await resolveNatively(repo, commit)).artifactsTree;
  const reader = openObjectReader(repo);
  try {
    const packed = await findArtifactsTree(reader.read, commit);
    if (packed === undefined) throw objectNotFound(repo, commit, 'commit, or a tree of it');
    return packed;
  } finally {
    await reader.close();
  }
}

/** Undefined when an object on the way is not to be had from this reader. */
async function findArtifactsTree(
  read: ObjectReader['read'],
  commit: string,
): Promise<string | null | undefined> {
  const object = await read(commit);
  if (object?.type !== 'commit') return undefined;
  let tree = parseCommit(object.bytes).tree;
  for (const part of artifactsFolder.split('/')) {
    const folder = await read(tree);
    if (folder?.type !== 'tree') return undefined;
    const entry = findInTree(folder.bytes, part);
    if (entry?.mode !== folderMode) return null;
    tree = entry.oid;
  }
  return tree;
}

/** One child answers both questions: which commit, and which tree in it. */
async function resolveNatively(
  repo: Repository,
  revision: string,
): Promise<Pick<Revision, 'commit' | 'artifactsTree'>> {
  const questions = [`${revision}^{commit}`, `${revision}^{commit}:${artifactsFolder}`];
  const { stdout } = await runGit(repo, ['cat-file', '--batch-check'], {
    input: `${questions.join('\n')}\n`,
  });
  const [commit, tree] = stdout.toString('utf8').split('\n');
  const commitOid = /^([0-9a-f]{40}) commit /.exec(commit ?? '')?.[1];
  if (commitOid === undefined) throw revisionNotFound(revision);
  return { commit: commitOid, artifactsTree: /^([0-9a-f]{40}) tree /.exec(tree ?? '')?.[1] ?? null };
}

/** Refuses what is no name of a commit but an option, a path, or more than one line of input for git. */
function assertRevisionName(revision: string): void {
  if (revision === '' || revision.length > 1000 || /^[-:^]|[\u0000-\u001f\u007f]/.test(revision)) {
    throw revisionNotFound(revision);
  }
}

function revisionNotFound(revision: string): MavenError {
  return new MavenError('REVISION_NOT_FOUND', `no commit named ${JSON.stringify(revision.slice(0, 200))}`, {
    hint: 'name a commit, branch or tag that git log --all shows',
    data: { revision: revision.slice(0, 200) },
  });
}
