import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../src/cache/memory-store.js';
import { type Cache, openCache } from '../../src/cache/open-cache.js';

let cache: Cache;
const warnings: string[] = [];

beforeEach(async () => {
  warnings.length = 0;
  cache = await openCache(null, { warn: (message) => warnings.push(message), limitWindowSeconds: 1 });
});

afterEach(() => cache.close());

describe('without Redis', () => {
  it('fills once and answers from then on', async () => {
    let fills = 0;
    const fill = async (): Promise<string> => `value ${++fills}`;
    expect(cache.kind).toBe('memory');
    expect(await cache.getOrFill('key', 60, fill)).toBe('value 1');
    expect(await cache.getOrFill('key', 60, fill)).toBe('value 1');
    expect(await cache.getOrFill('other', 60, fill)).toBe('value 2');
    expect(warnings).toEqual([]);
  });

  it('fills anew when the time is over', async () => {
    let fills = 0;
    const fill = async (): Promise<string> => `value ${++fills}`;
    await cache.getOrFill('key', 1, fill);
    await sleep(1_050);
    expect(await cache.getOrFill('key', 1, fill)).toBe('value 2');
  });

  it('runs overlapping fills of one key once', async () => {
    let fills = 0;
    const fill = async (): Promise<string> => {
      await sleep(20);
      return `value ${++fills}`;
    };
    const answers = await Promise.all(Array.from({ length: 50 }, () => cache.getOrFill('key', 60, fill)));
    expect(new Set(answers)).toEqual(new Set(['value 1']));
  });

  it('gives a failed fill to all its waiters, and keeps nothing of it', async () => {
    const fail = async (): Promise<string> => {
      await sleep(20);
      throw new Error('upstream is down');
    };
    const settled = await Promise.allSettled([1, 2, 3].map(() => cache.getOrFill('key', 60, fail)));
    expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(await cache.getOrFill('key', 60, async () => 'up again')).toBe('up again');
  });

  it('keeps an empty text', async () => {
    await cache.getOrFill('key', 60, async () => '');
    expect(await cache.getOrFill('key', 60, async () => 'filled again')).toBe('');
  });

  it.each([0, -1, 0.5, Number.NaN])('refuses %d as a time to live', async (ttlSeconds) => {
    await expect(cache.getOrFill('key', ttlSeconds, async () => '')).rejects.toThrow(RangeError);
  });

  it('is bounded in entries and in size', () => {
    const store = createMemoryStore();
    for (let n = 0; n < 1_500; n++) store.set(`key ${n}`, 'value', 60);
    expect(store.get('key 0')).toBeUndefined();
    expect(store.get('key 1499')).toBe('value');
    const large = 'x'.repeat(5 * 1_048_576);
    for (let n = 0; n < 4; n++) store.set(`large ${n}`, large, 60);
    expect(store.get('large 0')).toBeUndefined();
    expect(store.get('large 3')).toBe(large);
    store.set('too large', 'x'.repeat(17 * 1_048_576), 60);
    expect(store.get('too large')).toBeUndefined();
  });
});

describe('a limit of this process', () => {
  it('waits for its points, in the order of asking', async () => {
    const limiter = cache.limiter('calls', 3);
    const started = performance.now();
    const order: number[] = [];
    await Promise.all(
      [2, 1, 3, 1].map(async (points, index) => {
        await limiter.take(points);
        order.push(index);
      }),
    );
    expect(order).toEqual([0, 1, 2, 3]);
    expect(performance.now() - started).toBeGreaterThan(1_990);
    expect(performance.now() - started).toBeLessThan(2_600);
  });

  it('is one limit for one name', async () => {
    await cache.limiter('calls', 3).take(3);
    const hurry = AbortSignal.timeout(50);
    await expect(cache.limiter('calls', 3).take(1, hurry)).rejects.toMatchObject({ name: 'TimeoutError' });
    await cache.limiter('others', 3).take(3);
  });

  it('lets go when it is told to, also of those who stand in the queue', async () => {
    const limiter = cache.limiter('calls', 1);
    await limiter.take(1);
    const controller = new AbortController();
    const waiting = [limiter.take(1, controller.signal), limiter.take(1, controller.signal)];
    setTimeout(() => controller.abort(new Error('no longer needed')), 20);
    for (const turn of waiting) await expect(turn).rejects.toThrow('no longer needed');
    await limiter.take(1);
  });

  it('tells its waiters when the cache closes', async () => {
    const limiter = cache.limiter('calls', 1);
    await limiter.take(1);
    const turn = limiter.take(1);
    await Promise.all([cache.close(), expect(turn).rejects.toThrow('the cache is closed')]);
  });

  it.each([0, -1, 1.5, 4, Number.NaN])('refuses %d points', async (points) => {
    await expect(cache.limiter('calls', 3).take(points)).rejects.toThrow(RangeError);
  });
});
