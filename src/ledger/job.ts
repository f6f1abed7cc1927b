import { ARTIFACTS_ROOT } from '../../parsers/artifact.js';
import { runsPath } from '../../parsers/paths.js';
import { formatRun } from '../../parsers/runs.js';
import type { Config } from '../config.js';
import { MavenError } from '../errors.js';
import type { Author } from '../git/author.js';
import { type ArtifactCommit, type CommitBase, commitArtifacts } from '../git/commit.js';
import type { Repository } from '../git/repository.js';
import { nowText } from './input.js';

const LINE_END = 0x0a;

/** What every job needs: where it writes, in whose name, and what time it is. */
export interface JobDependencies {
  readonly repository: Repository;
  readonly config: Pick<Config, 'lockTimeoutMs'>;
  readonly author: Author;
  readonly clock: () => Date;
  /** Says what takes long, such as waiting for another process. */
  readonly notice: (message: string) => void;
  /** The run this is part of, when it is one of a kind that is written down; see {@link withRun}. */
  readonly run?: JobRunStart;
}

/** A run of a job that asks an upstream or counts anew, from its beginning. */
export interface JobRunStart {
  readonly job: string;
  readonly startedAt: Date;
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
    const result = await build(base);
    return result === null ? null : withRun(dependencies, base, result);
  });
}

/** Adds the line that tells of the run to what it commits, in the same commit: one without the other is never true. */
async function withRun(
  { run, clock }: JobDependencies,
  base: CommitBase,
  result: JobResult,
): Promise<JobResult> {
  if (run === undefined) return result;
  const path = runsPath(nowText(clock));
  const before = (await base.read(path)) ?? Buffer.alloc(0);
  const line = lineOfRun({ ...run, records: result.records, summary: result.subject }, clock, before);
  // A file that somebody left without its final line end must not glue two records into one.
  const end = before.length === 0 || before.at(-1) === LINE_END ? '' : '\n';
  const day = Buffer.concat([before, Buffer.from(end + line)]);
  return { ...result, files: new Map([...result.files, [path, day]]) };
}

/** Two commits of a job in one millisecond, which is all the clock tells, are told apart by the microsecond. */
function lineOfRun(
  run: JobRunStart & { readonly records: number; readonly summary: string },
  clock: () => Date,
  before: Buffer,
): string {
  const now = nowText(clock);
  const startedAt = nowText(() => run.startedAt);
  for (let microsecond = 0; ; microsecond++) {
    const recordedAt = now.replace('000+', `${String(microsecond).padStart(3, '0')}+`);
    const { job, records, summary } = run;
    const line = formatRun({ job, startedAt, recordedAt, records, summary });
    if (!before.includes(line.slice(0, line.indexOf(',"records"')))) return line;
  }
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
  // Nearly every memory has this file; only without it all of its folders are looked through.
  if ((await base.read(`${ARTIFACTS_ROOT}/identity.json`)) !== null) return;
  if ((await base.list(`${ARTIFACTS_ROOT}/`)).length > 0) return;
  throw new MavenError('ARTIFACTS_NOT_FOUND', 'this repository has no .moha/maven folder on this branch', {
    hint: 'run maven-git init first, or check --repo and the branch',
  });
}
