import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type StandIn, startStandIn } from '../../../src/sources/hyperliquid/stand-in/start-stand-in.js';
import { compiled, type Ended, ended } from '../../git/support/children.js';
import { describeWithRedis, startRedis, type TestRedis } from '../../support/redis-server.js';
import { SCRIPT } from './support/exchange.js';

const WINDOW_SECONDS = 2;
const REQUESTS = 100;
const PROCESSES = 4;
/** A request may arrive a little later than it was allowed, and one of each process much later. */
const JITTER_MS = 200;
const LATE = PROCESSES;

let redis: TestRedis;
let standIn: StandIn;

beforeEach(async () => {
  redis = await startRedis();
  standIn = await startStandIn({ script: SCRIPT, clock: () => new Date() });
});

afterEach(async () => {
  await standIn.close();
  await redis.stop();
});

function start(seconds: number): Promise<Ended>[] {
  const script = compiled('sources/hyperliquid/support/asking-process.js');
  const args = [script, standIn.url, redis.url, String(WINDOW_SECONDS), String(seconds)];
  return Array.from({ length: PROCESSES }, () => ended(spawn(process.execPath, args)));
}

function densest(): number {
  const times = standIn.requests.map(({ atMs }) => atMs);
  const stretch = WINDOW_SECONDS * 1000 - JITTER_MS;
  return Math.max(...times.map((end) => times.filter((at) => at > end - stretch && at <= end).length));
}

describeWithRedis('four processes that ask at once', () => {
  it('stay under the limit together', async () => {
    const results = await Promise.all(start(5));
    expect(results.map(({ code, stderr }) => ({ code, stderr }))).toEqual(
      results.map(() => ({ code: 0, stderr: '' })),
    );
    expect(densest()).toBeLessThanOrEqual(REQUESTS + LATE);
    expect(standIn.requests.length).toBeGreaterThanOrEqual(2 * REQUESTS);
  }, 60_000);

  it('get all their answers although Redis is killed, and keep to a limit each', async () => {
    const running = start(4);
    await sleep(1_500);
    await redis.kill();
    const results = await Promise.all(running);
    for (const { code, stdout, stderr } of results) {
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toMatch(/^answered [1-9]\d*$/m);
    }
    expect(densest()).toBeLessThanOrEqual(REQUESTS * PROCESSES + LATE);
  }, 60_000);
});
