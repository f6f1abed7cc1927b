import { join } from 'node:path';
import type { Context } from './context.js';
import { MavenError } from './errors.js';
import { type JobRun, jobFolder, writeLoop, writeRun } from './heartbeat.js';
import { acquireProcessLock, type LockOwner, type ProcessLock } from './process-lock.js';
import { publish } from './publish.js';

export interface JobOptions {
  /** As people know it: `sync trades`. */
  readonly name: string;
  /** Wait for another process that does the same; otherwise fail at once. */
  readonly wait: boolean;
  /** Tell the session log when the job fails, and when it works again. */
  readonly logFailures: boolean;
}

/**
 * Makes this process the only one that runs a job in a loop on this repository, until it lets go or ends.
 *
 * Apart from the lock of each round: between rounds, and after them, a person may run the job once.
 *
 * @throws {@link MavenError} JOB_RUNNING naming the process that does it already.
 */
export async function claimLoop(
  context: Context,
  name: string,
  intervalSeconds: number,
): Promise<ProcessLock> {
  const { repository, clock } = context;
  const options = { name: `${name} --loop`, wait: false };
  const lock = await takeJobLock(context, join(jobFolder(repository, name), 'loop'), options);
  writeLoop(repository, name, { since: clock().toISOString(), intervalSeconds });
  return {
    release: async () => {
      writeLoop(repository, name, null);
      await lock.release();
    },
  };
}

/**
 * Runs a job that asks an upstream: one at a time in a repository, its failures known to the session log.
 *
 * @throws {@link MavenError} JOB_RUNNING naming the process that does the same; what the job throws.
 */
export async function runJob<T extends { readonly commit: unknown }>(
  context: Context,
  options: JobOptions,
  work: () => Promise<T>,
): Promise<T> {
  const { repository, clock } = context;
  const folder = jobFolder(repository, options.name);
  const lock = await takeJobLock(context, join(folder, 'lock'), options);
  const startedAt = clock().toISOString();
  const ended = (outcome: Pick<JobRun, 'outcome' | 'code' | 'committed'>): void => {
    try {
      writeRun(repository, options.name, { startedAt, endedAt: clock().toISOString(), ...outcome });
    } catch (error) {
      // What the run committed stands, whether or not it could be noted here.
      if (!(error instanceof MavenError)) throw error;
      context.logger.warning(`${error.message}; ${error.hint}`);
    }
  };
  try {
    const result = await work();
    ended({ outcome: 'ok', code: null, committed: result.commit !== null });
    if (options.logFailures) await tell(context, folder, options.name, null);
    return result;
  } catch (error) {
    const code = error instanceof MavenError ? error.code : 'FAULT';
    ended({ outcome: 'failed', code, committed: false });
    if (options.logFailures) await tell(context, folder, options.name, error);
    throw error;
  } finally {
    await lock.release();
  }
}

async function takeJobLock(
  context: Context,
  folder: string,
  options: Pick<JobOptions, 'name' | 'wait'>,
): Promise<ProcessLock> {
  try {
    return await acquireProcessLock(folder, {
      timeoutMs: options.wait ? context.config.lockTimeoutMs : 0,
      purpose: options.name,
      onWait: (owner: LockOwner) =>
        context.logger.warning(`waiting for process ${owner.pid}, which runs ${options.name} already`),
    });
  } catch (error) {
    if (!(error instanceof MavenError) || error.code !== 'LOCK_TIMEOUT') throw error;
    throw new MavenError('JOB_RUNNING', `${options.name} runs already on this repository: ${error.message}`, {
      hint: 'let it go on, or end it first; one at a time is enough',
      data: error.data,
      cause: error,
    });
  }
}

/** The job's own outcome counts, not whether it could be written down. */
async function tell(context: Context, folder: string, job: string, error: unknown): Promise<void> {
  try {
    const { recordFailure, recordRecovery } = await import('./ledger/job-failures.js');
    const dependencies = await context.job();
    const recorded =
      error === null
        ? await recordRecovery(dependencies, folder, job)
        : await recordFailure(dependencies, folder, job, error);
    if (recorded !== null && recorded.commit !== null) await publish(context);
  } catch (fault) {
    const reason = fault instanceof Error ? fault.message : String(fault);
    context.logger.warning(`the session log could not be told: ${reason}`);
  }
}
