import { setTimeout as sleep } from 'node:timers/promises';
import { createPointWindow } from './point-window.js';
import type { RedisLink } from './redis-link.js';

/** A limit that is waited for, never an error. */
export interface RateLimiter {
  /**
   * Waits until the points are allowed, in the order of asking.
   *
   * @param points - a whole number from 1 to the limit.
   * @throws the reason of `signal` when that ends the wait; an `Error` when the cache was closed meanwhile; never for
   *   the sake of Redis.
   */
  take(points: number, signal?: AbortSignal): Promise<void>;
}

export interface RateLimiterOptions {
  readonly name: string;
  /** Points in any stretch of the window. */
  readonly points: number;
  readonly windowSeconds: number;
  /** Null = this process alone. */
  readonly link: RedisLink | null;
  readonly closed: AbortSignal;
}

/** Waiting processes wake up some milliseconds apart. */
const SPREAD_MS = 20;

/**
 * Makes a limiter: by Redis for all processes, by a window of this process while Redis is away.
 *
 * The own window also notes what Redis granted, so that a process that loses Redis does not start over with all points.
 */
export function createRateLimiter(options: RateLimiterOptions): RateLimiter {
  const { name, points: limit, windowSeconds, link, closed } = options;
  const own = createPointWindow(limit, windowSeconds * 1000, () => performance.now());
  let tail: Promise<unknown> = Promise.resolve();

  const tryOnce = async (points: number): Promise<number> => {
    const shared = link === null ? null : await link.take({ name, points, limit, windowSeconds });
    if (shared === null) return own.take(points);
    if (shared.waitMs === 0) own.note(points);
    return shared.waitMs;
  };

  const waitFor = async (points: number, signal: AbortSignal): Promise<void> => {
    for (;;) {
      signal.throwIfAborted();
      const waitMs = await tryOnce(points);
      if (waitMs === 0) return;
      await sleep(waitMs + Math.random() * SPREAD_MS, undefined, { signal });
    }
  };

  return {
    take: (points, signal) => {
      if (!Number.isSafeInteger(points) || points < 1 || points > limit) {
        return Promise.reject(new RangeError(`points: expected 1 to ${limit}, got ${points}`));
      }
      const ended = signal === undefined ? closed : AbortSignal.any([signal, closed]);
      const turn = tail.then(() => waitFor(points, ended));
      tail = turn.catch(() => undefined);
      return unlessAborted(turn, ended);
    },
  };
}

/** Rejects as soon as the signal says so, although the turn has not come yet; with the reason, not with a wrapper. */
function unlessAborted(turn: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    turn
      .then(resolve, (error: unknown) => reject(signal.aborted ? signal.reason : error))
      .finally(() => signal.removeEventListener('abort', onAbort));
  });
}
