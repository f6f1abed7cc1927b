import { runGit } from './native-git.js';
import type { Repository } from './repository.js';

/** Tells whether a branch of this clone holds a commit. False without native git, which alone can ask fast. */
export async function isOnLocalBranch(repo: Repository, commit: string): Promise<boolean> {
  if (!repo.nativeGit || !/^[0-9a-f]{40}$/.test(commit)) return false;
  // 129: there is no such commit any more.
  const args = ['for-each-ref', '--count=1', '--contains', commit, 'refs/heads'];
  const { exitCode, stdout } = await runGit(repo, args, { answers: [0, 128, 129] });
  return exitCode === 0 && stdout.length > 0;
}
