import { runGit } from './native-git.js';
import type { Repository } from './repository.js';

/** The name that `.moha/maven/.gitattributes` gives ledgers and the session log. */
const DRIVER = 'merge.maven-records';

/**
 * Tells this clone how to merge records. Git's configuration is never cloned, so every clone needs it once; without it
 * git merges by line and stops at a conflict, which loses nothing.
 *
 * @returns false when there is no native git, hence nobody who would read it.
 */
export async function configureMergeDriver(repo: Repository): Promise<boolean> {
  if (!repo.nativeGit) return false;
  await runGit(repo, ['config', '--local', `${DRIVER}.name`, 'union of records (maven-git)']);
  await runGit(repo, ['config', '--local', `${DRIVER}.driver`, 'maven-git merge-driver %O %A %B %P']);
  return true;
}
