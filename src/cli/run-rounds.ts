import { type Context, claimLoop, type Logger, runLoop } from '../index.js';
import { untilSignal } from './until-signal.js';

export interface Rounds {
  /** The job, as people know it: `sync trades`. */
  readonly job: string;
  readonly logger: Logger;
  readonly intervalSeconds: number;
  /** Begin each round at a multiple of the interval, by the clock. */
  readonly aligned: boolean;
  /** One round. Somebody may do the same by hand meanwhile: that is waited for. */
  readonly run: () => Promise<void>;
}

/**
 * Runs a job again and again until the process is asked to end: the only loop of its kind on this repository.
 *
 * @returns the exit code.
 * @throws {@link MavenError} JOB_RUNNING, and what no later round could mend.
 */
export async function runRounds(context: Context, rounds: Rounds): Promise<number> {
  const { job, logger, intervalSeconds, aligned } = rounds;
  const signal = untilSignal();
  const claim = await claimLoop(context, job, intervalSeconds);
  try {
    await runLoop({
      intervalSeconds,
      aligned,
      signal,
      clock: context.clock,
      run: async () => {
        try {
          await rounds.run();
        } finally {
          // Also after a failure: the wait for the next try may be long, and others need the embedded database.
          await context.release();
        }
      },
      onFailure: (error, seconds) =>
        logger.error(`${error.message}; ${error.hint}; next try in ${Math.round(seconds)} s`),
    });
  } finally {
    await claim.release();
  }
  logger.info('ended as asked; what was committed stands');
  return 0;
}
