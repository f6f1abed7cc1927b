import { readCommitDetails } from '../../git/commit-details.js';
import { shallowCommits } from '../../git/commit-walk.js';
import type { Repository } from '../../git/repository.js';

/** A commit that brought something. Author and subject are as they were written: not safe to print. */
export interface HistoryCommit {
  readonly commit: string;
  readonly author: string;
  readonly mail: string;
  /** Canonical times; null = not a time of years 1 to 9999. */
  readonly authored_at: string | null;
  readonly committed_at: string | null;
  readonly subject: string;
  /** The clone is shallow and ends here: it may have been this commit or any before it. */
  readonly or_before: boolean;
}

/** Reads what is told of commits. @returns by id. */
export async function historyCommits(
  repository: Repository,
  commits: Iterable<string>,
): Promise<ReadonlyMap<string, HistoryCommit>> {
  const shallow = shallowCommits(repository);
  const details = await readCommitDetails(repository, commits);
  return new Map(
    Array.from(details, ([commit, { author, mail, authoredAt, committedAt, subject }]) => [
      commit,
      {
        commit,
        author,
        mail,
        authored_at: authoredAt,
        committed_at: committedAt,
        subject,
        or_before: shallow.has(commit),
      },
    ]),
  );
}
