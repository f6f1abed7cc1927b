export type { FsClient } from 'isomorphic-git';

/** The part of isomorphic-git that this program uses. */
export type IsomorphicGit = typeof import('isomorphic-git')['default'];

/** The part of isomorphic-git that speaks with remotes. */
export type RemoteHttp = Pick<typeof import('isomorphic-git/managers'), 'GitRemoteHTTP'>;

/** Loads it; see {@link loadIsomorphicGit}. */
export async function loadRemoteHttp(): Promise<RemoteHttp> {
  return import('isomorphic-git/managers');
}

/**
 * Loads isomorphic-git. The only place that does: it takes 100 ms, so nothing may import it just by being imported.
 */
export async function loadIsomorphicGit(): Promise<IsomorphicGit> {
  const { default: git } = await import('isomorphic-git');
  return git;
}

/** Begins to load it, for whoever waits for something else before a commit. A failure is told to who needs it. */
export function preloadIsomorphicGit(): void {
  loadIsomorphicGit().catch(() => undefined);
}
