import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openCache } from '../../src/cache/open-cache.js';
import { compiled, type Ended, ended } from '../git/support/children.js';
import { describeWithRedis, startRedis, type TestRedis } from '../support/redis-server.js';

const WINDOW_SECONDS = 2;
const POINTS = 30;
const PROCESSES = 4;
/** Between the grant and the line that tells of it a process may be kept waiting: a little, or, one grant each, longer. */
const JITTER_MS = 150;
const LATE = PROCESSES;

let redis: TestRedis;

beforeEach(async () => {
  redis = await startRedis();
});

afterEach(() => redis.stop());

function start(url: string, seconds: number): Promise<Ended>[] {
  const script = compiled('cache/support/limited-process.js');
  const args = [script, url, String(POINTS), String(WINDOW_SECONDS), String(seconds)];
  return Array.from({ length: PROCESSES }, () => ended(spawn(process.execPath, args)));
}

function grants(output: string): number[] {
  return [...output.matchAll(/^(\d{13})$/gm)].map(([text]) => Number(text)).sort((a, b) => a - b);
}

/** Most grants in any stretch that is surely within a window. */
function densest(times: readonly number[]): number {
  const stretch = WINDOW_SECONDS * 1000 - JITTER_MS;
  return Math.max(0, ...times.map((end) => times.filter((at) => at > end - stretch && at <= end).length));
}

describeWithRedis('four processes at once', () => {
  it('stay together under the limit of one, and use it up', async () => {
    const results = await Promise.all(start(redis.url, 5));
    const times = results.flatMap(({ stdout }) => grants(stdout)).sort((a, b) => a - b);
    expect(results.map(({ code, stderr }) => ({ code, stderr }))).toEqual(
      results.map(() => ({ code: 0, stderr: '' })),
    );
    expect(densest(times)).toBeLessThanOrEqual(POINTS + LATE);
    expect(times.length).toBeGreaterThan(2 * POINTS - 1);
  }, 60_000);

  it('go on when Redis is killed: each with a limit of its own, none fails', async () => {
    const running = start(redis.url, 5);
    await sleep(1_500);
    await redis.kill();
    const results = await Promise.all(running);
    for (const { code, stdout, stderr } of results) {
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(densest(grants(stdout))).toBeLessThanOrEqual(POINTS + 1);
      expect(stdout.match(/^warn: /gm) ?? []).toHaveLength(1);
    }
  }, 60_000);

  it('keep a limit each without Redis', async () => {
    const results = await Promise.all(start('none', 3));
    for (const { stdout } of results) {
      expect(densest(grants(stdout))).toBeLessThanOrEqual(POINTS + 1);
      expect(grants(stdout).length).toBeGreaterThanOrEqual(POINTS);
    }
  }, 60_000);
});

describeWithRedis('a shared limit', () => {
  it('waits no longer than it must, counts weights, and frees points one by one', async () => {
    const cache = await openCache({ url: redis.url }, { warn: () => undefined, limitWindowSeconds: 1 });
    const limiter = cache.limiter('weights', 100);
    const started = performance.now();
    await limiter.take(60);
    await sleep(500);
    await limiter.take(40);
    await limiter.take(60);
    expect(performance.now() - started).toBeGreaterThan(990);
    expect(performance.now() - started).toBeLessThan(1_300);
    await limiter.take(40);
    expect(performance.now() - started).toBeGreaterThan(1_490);
    expect(performance.now() - started).toBeLessThan(1_900);
    await cache.close();
  });
});
