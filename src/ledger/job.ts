import { ARTIFACTS_ROOT } from '../../parsers/artifact.js';
import type { Config } from '../config.js';
import { MavenError } from '../errors.js';
import type { Author } from '../git/author.js';
import { type ArtifactCommit, type CommitBase, commitArtifacts } from '../git/commit.js';
import type { Repository } from '../git/repository.js';

/** What every job needs: where it writes, in whose name, and what time it is. */
export interface JobDependencies {
  readonly repository: Repository;
  readonly config: Pick<Config, 'lockTimeoutMs'>;
  readonly author: Author;
  readonly clock: () => Date;
  /** Says what takes long, such as waiting for another process. */
  readonly notice: (message: string) => void;
}

/** The files that a job wants committed, and what to say of them. */
export interface JobResult {
  readonly files: ReadonlyMap<string, string | Buffer>;
  readonly subject: string;
  /** More than fits the subject. */
  readonly body?: string;
  /** Records written, for the commit's trailer. */
  readonly records: number;
}

/**
 * Commits what a job makes of the tree it stands on.
 *
 * @param job - its name in the commit's trailer, such as `record decision`.
 * @param build - called with the parent's tree under the lock, again when HEAD moved; null = nothing to do.
 * @returns null when nothing was to be committed.
 * @throws {@link MavenError} ARTIFACTS_NOT_FOUND when there is no `.moha/maven` yet, COMMIT_*, LOCK_TIMEOUT.
 */
export async function commitJob(
  dependencies: JobDependencies,
  job: string,
  build: (base: CommitBase) => Promise<JobResult | null>,
): Promise<ArtifactCommit | null> {
  return commitAs(dependencies, job, async (base) => {
    await requireArtifacts(base);
    return build(base);
  });
}

/** The same where there may be no `.moha/maven` yet: only `init` begins one. */
export async function commitAs(
  dependencies: JobDependencies,
  job: string,
  build: (base: CommitBase) => Promise<JobResult | null>,
): Promise<ArtifactCommit | null> {
  const { repository, author, config } = dependencies;
  return commitArtifacts(repository, {
    author,
    now: dependencies.clock(),
    job,
    purpose: job,
    timeoutMs: config.lockTimeoutMs,
    onWait: (owner) =>
      dependencies.notice(`waiting for process ${owner.pid} (${owner.purpose}) to finish its commit`),
    build,
  });
}

/** @throws {@link MavenError} ARTIFACTS_NOT_FOUND: only `init` begins a memory. */
export async function requireArtifacts(base: CommitBase): Promise<void> {
  if ((await base.list(`${ARTIFACTS_ROOT}/`)).length > 0) return;
  throw new MavenError('ARTIFACTS_NOT_FOUND', 'this repository has no .moha/maven folder on this branch', {
    hint: 'run maven-git init first, or check --repo and the branch',
  });
}
