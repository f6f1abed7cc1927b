import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Cache, openCache } from '../../src/cache/open-cache.js';
import { describeWithRedis, freePort, startRedis, type TestRedis } from '../support/redis-server.js';

let redis: TestRedis;
const open: Cache[] = [];
const warnings: string[] = [];

async function openOn(url: string, limitWindowSeconds = 1): Promise<Cache> {
  const cache = await openCache({ url }, { warn: (message) => warnings.push(message), limitWindowSeconds });
  open.push(cache);
  return cache;
}

beforeEach(async () => {
  warnings.length = 0;
  redis = await startRedis();
});

afterEach(async () => {
  await Promise.all(open.splice(0).map((cache) => cache.close()));
  await redis.stop();
});

/** Milliseconds of a piece of work. */
async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

/** Asks until Redis has taken over again, as a program that goes on working does. */
async function untilShared(cache: Cache, other: Cache): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const key = `probe ${attempt}`;
    const mine = await cache.getOrFill(key, 60, async () => 'mine');
    await sleep(100);
    if ((await other.getOrFill(key, 60, async () => 'not shared')) === mine) return;
  }
  throw new Error('Redis was not taken up again');
}

describeWithRedis('with Redis', () => {
  it('shares what one process filled with all others', async () => {
    const [one, two] = [await openOn(redis.url), await openOn(redis.url)];
    expect(one.kind).toBe('redis');
    await one.getOrFill('key', 60, async () => 'of the first');
    await sleep(50);
    expect(await two.getOrFill('key', 60, async () => 'of the second')).toBe('of the first');
    expect(warnings).toEqual([]);
  });

  it('forgets when the time is over', async () => {
    const cache = await openOn(redis.url);
    await cache.getOrFill('key', 1, async () => 'first');
    await sleep(1_100);
    expect(await cache.getOrFill('key', 1, async () => 'second')).toBe('second');
  });

  it('has written what it filled when it is closed', async () => {
    const one = await openOn(redis.url);
    await one.getOrFill('key', 60, async () => 'kept');
    await one.close();
    expect(await (await openOn(redis.url)).getOrFill('key', 60, async () => 'lost')).toBe('kept');
  });

  it('does not connect before it is used', async () => {
    let connections = 0;
    const server = createServer((socket) => {
      connections += 1;
      socket.destroy();
    });
    const port = await freePort();
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    const cache = await openOn(`redis://127.0.0.1:${port}`);
    await sleep(100);
    expect(connections).toBe(0);
    expect(await cache.getOrFill('key', 60, async () => 'value')).toBe('value');
    expect(connections).toBeGreaterThan(0);
    server.close();
  });
});

describeWithRedis('with Redis away', () => {
  it('from the start: one warning, no delay, kept in the process', async () => {
    const cache = await openOn(`redis://127.0.0.1:${await freePort()}`);
    let fills = 0;
    const fill = async (): Promise<string> => `value ${++fills}`;
    expect(await timed(() => cache.getOrFill('key', 60, fill))).toBeLessThan(600);
    const again = await timed(async () => {
      for (let n = 0; n < 100; n++) expect(await cache.getOrFill('key', 60, fill)).toBe('value 1');
    });
    expect(again).toBeLessThan(100);
    await cache.limiter('calls', 5).take(5);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(/^Redis at 127\.0\.0\.1:\d+ is away \(ECONNREFUSED\)/);
  });

  it('killed and started again: nothing fails, and it is taken up again', async () => {
    const [one, two] = [await openOn(redis.url), await openOn(redis.url)];
    await one.getOrFill('key', 60, async () => 'shared');
    await redis.kill();
    expect(await one.getOrFill('key', 60, async () => 'own')).toBe('own');
    expect(await one.getOrFill('key', 60, async () => 'own again')).toBe('own');
    await redis.restart();
    await untilShared(one, two);
    expect(
      warnings.filter((message) => message.includes('ECONN') || message.includes('lost')).length,
    ).toBeGreaterThan(0);
    expect(warnings.length).toBeLessThanOrEqual(2);
  });

  it('frozen: half a second once, then none, and it is taken up again', async () => {
    const [one, two] = [await openOn(redis.url), await openOn(redis.url)];
    await one.getOrFill('warm', 60, async () => 'up');
    await two.getOrFill('warm', 60, async () => 'up');
    redis.freeze();
    const first = await timed(() => one.getOrFill('key', 60, async () => 'own'));
    expect(first).toBeGreaterThan(400);
    expect(first).toBeLessThan(800);
    const following = await timed(async () => {
      for (let n = 0; n < 200; n++) {
        await one.getOrFill(`key ${n}`, 60, async () => 'own');
        await sleep(10);
      }
    });
    expect(following).toBeLessThan(3_500);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain('no answer');
    redis.thaw();
    await untilShared(one, two);
  }, 30_000);

  it('frozen from the start, with the connection accepted: half a second', async () => {
    redis.freeze();
    const cache = await openOn(redis.url);
    expect(await timed(() => cache.getOrFill('key', 60, async () => 'own'))).toBeLessThan(800);
    expect(await timed(() => cache.close())).toBeLessThan(600);
    redis.thaw();
  });

  it('closes at once while it is frozen or gone', async () => {
    const cache = await openOn(redis.url);
    await cache.getOrFill('key', 60, async () => 'up');
    redis.freeze();
    void cache.getOrFill('other', 60, async () => 'own');
    expect(await timed(() => cache.close())).toBeLessThan(600);
    redis.thaw();
    const late = await openOn(redis.url);
    await redis.kill();
    expect(await timed(() => late.close())).toBeLessThan(100);
  });
});

describeWithRedis('a password', () => {
  it('is used, and never shown', async () => {
    const locked = await startRedis({ password: 'correct-horse' });
    try {
      const [one, two] = [await openOn(locked.url), await openOn(locked.url)];
      await one.getOrFill('key', 60, async () => 'shared');
      await sleep(50);
      expect(await two.getOrFill('key', 60, async () => 'own')).toBe('shared');
      const wrong = await openOn(locked.url.replace('correct-horse', 'battery-staple'));
      expect(await wrong.getOrFill('key', 60, async () => 'own')).toBe('own');
      expect(warnings.length).toBeGreaterThan(0);
      expect(warnings.join('\n')).not.toMatch(/correct-horse|battery-staple/);
      expect(warnings.join('\n')).toMatch(/WRONGPASS|NOAUTH/);
    } finally {
      await locked.stop();
    }
  });
});
