import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ErrorCode, MavenError } from '../src/errors.js';
import { type LoopOptions, retryDelaySeconds, roundDelaySeconds, runLoop } from '../src/loop.js';

const START = Date.parse('2026-01-14T10:07:03.250Z');

interface Outcome {
  /** When each round began, seconds since the start. */
  readonly rounds: number[];
  readonly sleeps: number[];
  readonly failures: { readonly code: string; readonly retrySeconds: number }[];
}

/** Runs a loop on a clock that only moves by sleeping and working. */
async function loopThrough(
  rounds: readonly (number | ErrorCode | Error)[],
  options: Partial<LoopOptions> = {},
): Promise<Outcome> {
  const controller = new AbortController();
  let nowMs = START;
  const outcome: Outcome = { rounds: [], sleeps: [], failures: [] };
  await runLoop({
    intervalSeconds: 300,
    aligned: false,
    signal: controller.signal,
    clock: () => new Date(nowMs),
    random: () => 0.5,
    sleep: async (milliseconds) => {
      outcome.sleeps.push(milliseconds / 1000);
      nowMs += milliseconds;
    },
    run: async () => {
      const round = rounds[outcome.rounds.length];
      outcome.rounds.push((nowMs - START) / 1000);
      if (outcome.rounds.length >= rounds.length) controller.abort();
      if (round instanceof Error) throw round;
      if (typeof round === 'string') throw new MavenError(round, 'no', { hint: 'wait' });
      nowMs += (round ?? 0) * 1000;
    },
    onFailure: ({ code }, retrySeconds) => {
      outcome.failures.push({ code, retrySeconds });
    },
    ...options,
  });
  return outcome;
}

describe('runLoop', () => {
  it('runs the first round at once, then one an interval, the work included', async () => {
    expect((await loopThrough([0, 12, 0, 0])).rounds).toEqual([0, 300, 600, 900]);
  });

  it('follows a round that took too long at once, and makes up none', async () => {
    expect((await loopThrough([1000, 0, 0])).rounds).toEqual([0, 1000, 1300]);
  });

  it('waits between 95 and 105 % of the interval', async () => {
    const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    await fc.assert(
      fc.asyncProperty(random, fc.integer({ min: 1, max: 86_400 }), async (value, intervalSeconds) => {
        const { sleeps } = await loopThrough([0, 0], { random: () => value, intervalSeconds });
        expect(sleeps).toHaveLength(1);
        expect(sleeps[0]).toBeGreaterThanOrEqual(intervalSeconds * 0.95);
        expect(sleeps[0]).toBeLessThanOrEqual(intervalSeconds * 1.05);
      }),
      { numRuns: 200 },
    );
  });

  it('tries again soon after a failure, then less and less often, up to a quarter of an hour', async () => {
    const down = Array.from({ length: 10 }, () => 'UPSTREAM_UNREACHABLE' as const);
    const { sleeps, failures } = await loopThrough([...down, 0]);
    expect(sleeps).toEqual([15, 30, 60, 120, 240, 480, 900, 900, 900, 900]);
    expect(failures.map(({ retrySeconds }) => retrySeconds)).toEqual(sleeps);
  });

  it('is patient again after a round that worked', async () => {
    const { sleeps } = await loopThrough(['UPSTREAM_FAILED', 'UPSTREAM_AUTH', 0, 'UPSTREAM_FAILED', 0]);
    expect(sleeps).toEqual([15, 30, 300, 15]);
  });

  it('does not give up after any number of failures', () => {
    for (const failures of [1, 2, 50, 2000, 1e9]) {
      for (const random of [0, 0.5, 0.999_999]) {
        const delay = retryDelaySeconds(failures, random);
        expect(delay).toBeGreaterThanOrEqual(12);
        expect(delay).toBeLessThanOrEqual(1080);
      }
    }
  });

  it.each<ErrorCode>([
    'ARTIFACTS_NOT_FOUND',
    'CONFIG_INVALID',
    'REPOSITORY_NOT_FOUND',
    'REPOSITORY_UNSUPPORTED',
    'UPSTREAM_WRITABLE',
    'USAGE',
  ])('ends with %s, which no waiting mends', async (code) => {
    await expect(loopThrough([0, code, 0])).rejects.toMatchObject({ code });
  });

  it.each<ErrorCode>(['JOB_RUNNING', 'LOCK_TIMEOUT', 'COMMIT_CONFLICT', 'UPSTREAM_SCHEMA', 'GIT_FAILED'])(
    'outlives %s',
    async (code) => {
      const { rounds, failures } = await loopThrough([0, code, 0]);
      expect([rounds.length, failures.map((failure) => failure.code)]).toEqual([3, [code]]);
    },
  );

  it('ends with a fault of our own', async () => {
    await expect(loopThrough([new TypeError('x is undefined'), 0])).rejects.toThrow('x is undefined');
  });

  it('ends after the round in which it was asked to, without a wait, also when that failed', async () => {
    expect(await loopThrough([5])).toEqual({ rounds: [0], sleeps: [], failures: [] });
    expect(await loopThrough(['UPSTREAM_FAILED'])).toMatchObject({ rounds: [0], sleeps: [] });
  });

  it('does not begin when it was asked to end before', async () => {
    expect((await loopThrough([0], { signal: AbortSignal.abort() })).rounds).toEqual([]);
  });

  it('wakes from a real sleep when it is asked to end', async () => {
    const controller = new AbortController();
    let rounds = 0;
    await runLoop({
      intervalSeconds: 86_400,
      aligned: false,
      signal: controller.signal,
      clock: () => new Date(),
      run: async () => {
        rounds += 1;
        setTimeout(() => controller.abort(), 10);
      },
      onFailure: () => undefined,
    });
    expect(rounds).toBe(1);
  });
});

describe('roundDelaySeconds', () => {
  const HOUR = 3_600;
  const aligned = { intervalSeconds: HOUR, aligned: true };

  it('begins aligned rounds in the next full slot, never before it', () => {
    const moments = fc.integer({ min: START, max: START + 10 * 86_400_000 });
    const intervals = fc.constantFrom(1, 60, 300, 3600, 86_400);
    const randoms = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(moments, intervals, randoms, (nowMs, intervalSeconds, random) => {
        const delay = roundDelaySeconds({ intervalSeconds, aligned: true }, nowMs - 5000, nowMs, random);
        const nextMs = nowMs + delay * 1000;
        const slot = Math.floor(nowMs / 1000 / intervalSeconds);
        expect(Math.floor((nextMs + 0.01) / 1000 / intervalSeconds)).toBe(slot + 1);
        expect(delay).toBeLessThanOrEqual(intervalSeconds + Math.min(5, intervalSeconds * 0.05));
      }),
    );
  });

  it('takes the slot after the one in which a long round ended', () => {
    const [begun, ended] = ['2026-01-14T10:00:01Z', '2026-01-14T11:10:00Z'].map((time) => Date.parse(time));
    expect(roundDelaySeconds(aligned, begun ?? 0, ended ?? 0, 0)).toBe(50 * 60);
  });

  it('never waits longer than an interval, though the clock was set back', () => {
    const loop = { intervalSeconds: 300, aligned: false };
    expect(roundDelaySeconds(loop, START, START - 2 * HOUR * 1000, 0.5)).toBe(300);
    expect(roundDelaySeconds(loop, START, START + 2 * HOUR * 1000, 0.5)).toBe(0);
  });
});
