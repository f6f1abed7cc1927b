import { join } from 'node:path';
import type { Context } from './context.js';
import { MavenError } from './errors.js';
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
export async function claimLoop(context: Context, name: string): Promise<ProcessLock> {
  const options = { name: `${name} --loop`, wait: false };
  return takeJobLock(context, join(jobFolder(context, name), 'loop'), options);
}

/**
 * Runs a job that asks an upstream: one at a time in a repository, its failures known to the session log.
 *
 * @throws {@link MavenError} JOB_RUNNING naming the process that does the same; what the job throws.
 */
export async function runJob<T>(context: Context, options: JobOptions, work: () => Promise<T>): Promise<T> {
  const folder = jobFolder(context, options.name);
  const lock = await takeJobLock(context, join(folder, 'lock'), options);
  try {
    const result = await work();
    if (options.logFailures) await tell(context, folder, options.name, null);
    return result;
  } catch (error) {
    if (options.logFailures) await tell(context, folder, options.name, error);
    throw error;
  } finally {
    await lock.release();
  }
}

function jobFolder({ repository }: Context, name: string): string {
  return join(repository.commonDir, 'maven', 'jobs', name.replaceAll(' ', '-'));
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
