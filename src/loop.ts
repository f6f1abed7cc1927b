import { setTimeout as wait } from 'node:timers/promises';
import { MavenError } from './errors.js';

export interface LoopOptions {
  readonly intervalSeconds: number;
  /** Begin each round at a multiple of the interval, by the clock: `snapshot` at the full hour. */
  readonly aligned: boolean;
  /** Ends the loop; a round that has begun is finished first. */
  readonly signal: AbortSignal;
  readonly clock: () => Date;
  /** From 0 up to 1. */
  readonly random?: () => number;
  readonly sleep?: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  /** One round. */
  readonly run: () => Promise<void>;
  readonly onFailure: (error: MavenError, retrySeconds: number) => void;
}

/** What waiting does not mend: the loop ends with the error. */
const FINAL: ReadonlySet<string> = new Set([
  'ARTIFACTS_NOT_FOUND',
  'CONFIG_INVALID',
  'REPOSITORY_NOT_FOUND',
  'REPOSITORY_UNSUPPORTED',
  'UPSTREAM_WRITABLE',
  'USAGE',
]);

const FIRST_RETRY_SECONDS = 15;
const LONGEST_RETRY_SECONDS = 900;
const JITTER = 0.05;
const RETRY_JITTER = 0.2;

/**
 * Runs a job again and again: the first round at once, then one an interval, with some jitter so that many machines do
 * not call at the same moment. After a failure it tries again soon, then less and less often.
 *
 * @throws {@link MavenError} what no later round could mend, and any error that is not an operation's.
 */
export async function runLoop(options: LoopOptions): Promise<void> {
  const { signal, clock, random = Math.random, sleep = sleepUnlessEnded } = options;
  for (let failures = 0; !signal.aborted; ) {
    const startedMs = clock().getTime();
    let delaySeconds: number;
    try {
      await options.run();
      failures = 0;
      delaySeconds = roundDelaySeconds(options, startedMs, clock().getTime(), random());
    } catch (error) {
      if (!(error instanceof MavenError) || FINAL.has(error.code)) throw error;
      failures += 1;
      delaySeconds = retryDelaySeconds(failures, random());
      options.onFailure(error, delaySeconds);
    }
    if (!signal.aborted) await sleep(delaySeconds * 1000, signal);
  }
}

/** Seconds to wait after a failed round; doubling, with jitter. */
export function retryDelaySeconds(failures: number, random: number): number {
  const delay = Math.min(LONGEST_RETRY_SECONDS, FIRST_RETRY_SECONDS * 2 ** (failures - 1));
  return delay * (1 - RETRY_JITTER + 2 * RETRY_JITTER * random);
}

/**
 * Seconds until the next round is due. A round that took longer than the interval is followed at once, none is made up.
 * Never more than an interval, though the clock was set back meanwhile.
 */
export function roundDelaySeconds(
  options: Pick<LoopOptions, 'intervalSeconds' | 'aligned'>,
  startedMs: number,
  nowMs: number,
  random: number,
): number {
  const { intervalSeconds, aligned } = options;
  if (aligned) {
    const next = (Math.floor(nowMs / 1000 / intervalSeconds) + 1) * intervalSeconds;
    // Never before the full slot, or the round would belong to the one that has just been served.
    return next - nowMs / 1000 + random * Math.min(5, intervalSeconds * JITTER);
  }
  const wholeSeconds = intervalSeconds * (1 - JITTER + 2 * JITTER * random);
  return Math.min(wholeSeconds, Math.max(0, wholeSeconds - (nowMs - startedMs) / 1000));
}

async function sleepUnlessEnded(milliseconds: number, signal: AbortSignal): Promise<void> {
  await wait(milliseconds, undefined, { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}
