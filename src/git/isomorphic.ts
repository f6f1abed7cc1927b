export type { FsClient } from 'isomorphic-git';

/** The part of isomorphic-git that this program uses. */
export type IsomorphicGit = typeof import('isomorphic-git')['default'];

/**
 * Loads isomorphic-git. The only place that does: it takes 100 ms, so nothing may import it just by being imported.
 */
export async function loadIsomorphicGit(): Promise<IsomorphicGit> {
  const { default: git } = await import('isomorphic-git');
  return git;
}
