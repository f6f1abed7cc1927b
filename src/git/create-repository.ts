import fs from 'node:fs';
import { loadIsomorphicGit } from './isomorphic.js';

/** Makes an empty repository in a folder, on branch `main`. */
export async function createRepository(folder: string): Promise<void> {
  const git = await loadIsomorphicGit();
  await git.init({ fs, dir: folder, defaultBranch: 'main' });
}
