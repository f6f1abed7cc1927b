import { readCommitDetails } from './commit-details.js';
import { commitsBetween } from './commit-walk.js';
import { runGit } from './native-git.js';
import type { Repository } from './repository.js';

/**
 * Tells when the first commit was made that one commit reaches and another does not.
 *
 * @param fromExclusive - commit id, as `toInclusive`.
 * @returns canonical time, to the second; null = there is no such commit, or its time is out of years 1 to 9999.
 * @throws {@link MavenError} GIT_FAILED when one of the two is not in the repository.
 */
export async function oldestCommitTime(
  repo: Repository,
  fromExclusive: string,
  toInclusive: string,
): Promise<string | null> {
  const commits = repo.nativeGit
    ? await listedCommits(repo, fromExclusive, toInclusive)
    : await commitsBetween(repo, fromExclusive, toInclusive);
  const times = [...(await readCommitDetails(repo, commits)).values()].flatMap(
    ({ committedAt }) => committedAt ?? [],
  );
  return times.reduce<string | null>((first, time) => (first === null || time < first ? time : first), null);
}

/** Only the last one listed is of interest: git lists the newest first. */
async function listedCommits(
  repo: Repository,
  fromExclusive: string,
  toInclusive: string,
): Promise<readonly string[]> {
  const args = ['rev-list', '--date-order', '--end-of-options', toInclusive, `^${fromExclusive}`];
  const { stdout } = await runGit(repo, args);
  return stdout.toString('latin1').trim().split('\n').filter(Boolean).slice(-1);
}
