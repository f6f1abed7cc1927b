import { readTime } from '../../../parsers/time.js';
import { MavenError } from '../../errors.js';
import { commitAtTime } from '../../git/commit-at-time.js';
import { readCommitDetails } from '../../git/commit-details.js';
import { shallowCommits } from '../../git/commit-walk.js';
import type { Repository } from '../../git/repository.js';
import type { Revision } from '../../git/revision.js';
import { targetRevision } from '../target-revision.js';
import { readQuestionTime } from './question-time.js';

/** Which commit a question is asked of. */
export interface AskedRevision {
  /** Null = HEAD, whatever it is when the answer is given. */
  readonly revision: Revision | null;
}

export const AT_HEAD: AskedRevision = { revision: null };

/** As of when a question is asked. */
export interface AskedMoment extends AskedRevision {
  /** Canonical time to which ages are counted: now, the time asked, or when the commit was made. */
  readonly askedAt: string;
}

/**
 * Reads `--at`: a time stands for what was committed by then, anything else for a revision as git names it.
 *
 * @param at - a time with its zone, a day (UTC), `7d`, `24h`, `30m` before now; or a commit, a branch, a tag, `HEAD~3`.
 *   undefined = HEAD, now.
 * @throws {@link MavenError} REVISION_NOT_FOUND; ARTIFACTS_NOT_FOUND when the repository has no commit.
 */
export async function askedMoment(
  repository: Repository,
  at: string | undefined,
  now: Date,
): Promise<AskedMoment> {
  const present = `${now.toISOString().slice(0, -1)}000+00:00`;
  if (at === undefined) return { revision: null, askedAt: present };
  if (isQuestionTime(at)) {
    const time = readQuestionTime({ name: 'at', text: at, edge: 'end', now, hint: HINT });
    return { revision: await revisionAt(repository, time), askedAt: time < present ? time : present };
  }
  const revision = await targetRevision(repository, at).catch(neitherTimeNorCommit);
  const details = await readCommitDetails(repository, [revision.commit]);
  return { revision, askedAt: details.get(revision.commit)?.committedAt ?? present };
}

const HINT =
  'name a time (2026-01-14T14:24:08Z, 2026-01-14, 7d), or a commit, branch or tag that git log --all shows';

function neitherTimeNorCommit(error: unknown): never {
  if (!(error instanceof MavenError) || error.code !== 'REVISION_NOT_FOUND') throw error;
  throw new MavenError(error.code, `no time, and ${error.message}`, { hint: HINT, data: error.data });
}

/**
 * Tells whether a text is a time rather than the name of a commit. A tag that looks like a time is named in full:
 * `refs/tags/2026-01-14`.
 */
export function isQuestionTime(text: string): boolean {
  // A longer span of days could be an abbreviated commit: `1234d`.
  if (/^\d{1,6}[mh]$|^\d{1,3}d$|^\d{4}-\d{2}-\d{2}$/.test(text)) return true;
  return /^\d{4}-\d{2}-\d{2}[T ]/.test(text) && readTime(text) !== null;
}

async function revisionAt(repository: Repository, time: string): Promise<Revision> {
  const head = await targetRevision(repository);
  const commit = await commitAtTime(repository, head.commit, time);
  if (commit !== null) return targetRevision(repository, commit);
  const cut = shallowCommits(repository).size > 0;
  throw new MavenError(
    'REVISION_NOT_FOUND',
    cut
      ? `this shallow clone has no commit at or before ${time}`
      : `nothing was committed at or before ${time} on the line of ${head.branch ?? 'HEAD'}`,
    {
      hint: cut
        ? 'run git fetch --unshallow'
        : 'ask for a later time; git log --reverse shows the first commit',
      data: { time, head: head.commit },
    },
  );
}
