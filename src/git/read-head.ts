import { type CommitBase, openCommitTree } from './commit-base.js';
import { nodeDisk } from './disk.js';
import { openObjectReader } from './object-reader.js';
import { readHead, readRef } from './refs.js';
import type { Repository } from './repository.js';

/**
 * Lets `work` read the artifacts of HEAD as a commit's `build` would, without a lock: for plans that are only shown.
 *
 * @throws {@link MavenError} REF_INVALID, OBJECT_NOT_FOUND.
 */
export async function withHeadTree<T>(repo: Repository, work: (base: CommitBase) => Promise<T>): Promise<T> {
  return withTreeOf(repo, readHead(nodeDisk, repo).commit, work);
}

/** The same for any commit; null = before the first one. */
export async function withTreeOf<T>(
  repo: Repository,
  commit: string | null,
  work: (base: CommitBase) => Promise<T>,
): Promise<T> {
  const reader = openObjectReader(repo);
  try {
    return await work(await openCommitTree(repo, reader, commit));
  } finally {
    await reader.close();
  }
}

/** Tells the commit of a branch at this moment, by its full name; null before the first one. */
export function branchCommit(repo: Repository, ref: string): string | null {
  return readRef(nodeDisk, repo, ref);
}

/** Tells the commit of HEAD at this moment; null before the first one. Inside `build`, it is the parent. */
export function headCommit(repo: Repository): string | null {
  return readHead(nodeDisk, repo).commit;
}
