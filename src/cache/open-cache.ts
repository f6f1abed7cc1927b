import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RedisConnection } from '../config.js';
import { createMemoryStore, type MemoryStore } from './memory-store.js';
import { createRateLimiter, type RateLimiter } from './rate-limiter.js';
import { openRedisLink, type RedisLink } from './redis-link.js';
import { createSingleFlight } from './single-flight.js';

/** Answers that may be some seconds old, and limits that hold for all processes: in Redis, or in this process. */
export interface Cache {
  /** Where it lives by configuration; `redis` also while Redis is away. */
  readonly kind: 'redis' | 'memory';
  /**
   * Answers what is kept under a key, or fills it.
   *
   * Fills of one key that overlap in this process run once. A fill that fails reaches everybody who waits for it and
   * is not kept.
   *
   * @param key - any text; stands under `maven:v1:value:` in Redis.
   * @param ttlSeconds - whole seconds from 1.
   * @param fill - makes the value; text only.
   * @throws what `fill` throws; never for the sake of Redis.
   */
  getOrFill(key: string, ttlSeconds: number, fill: () => Promise<string>): Promise<string>;
  /** The limit of a name: `pointsPerMinute` in any minute, for all processes that share a Redis. */
  limiter(name: string, pointsPerMinute: number): RateLimiter;
  /** Lets go of everything; waiters of a limiter are told so. Takes half a second at most, twice is fine. */
  close(): Promise<void>;
}

export interface CacheOptions {
  /** Told when Redis is away: a sentence without a password, once an outage. */
  readonly warn: (message: string) => void;
  /** What a limiter takes for a minute, in whole seconds; other than 60 in tests only. */
  readonly limitWindowSeconds?: number;
}

/** All keys of this program; the number changes with the meaning of what is kept. */
export const KEY_PREFIX = 'maven:v1';

const LIMIT_WINDOW_SECONDS = 60;
const CLOSE_PATIENCE_MS = 400;

/**
 * Opens the cache. Nothing connects before the first use.
 *
 * @param redis - null = no Redis is configured: everything stays in this process.
 */
export async function openCache(redis: RedisConnection | null, options: CacheOptions): Promise<Cache> {
  const link = redis === null ? null : await openRedisLink(redis, options.warn);
  const memory = createMemoryStore();
  const singleFlight = createSingleFlight();
  const writes = new Set<Promise<unknown>>();
  const closing = new AbortController();
  // Everybody who waits for a limit listens; that is no leak.
  setMaxListeners(0, closing.signal);
  const limiters = new Map<string, RateLimiter>();
  const windowSeconds = options.limitWindowSeconds ?? LIMIT_WINDOW_SECONDS;

  const limiter = (name: string, points: number): RateLimiter => {
    const id = `${name}:${points}`;
    const known = limiters.get(id);
    if (known !== undefined) return known;
    const made = createRateLimiter({ name, points, windowSeconds, link, closed: closing.signal });
    limiters.set(id, made);
    return made;
  };

  return {
    kind: link === null ? 'memory' : 'redis',
    getOrFill: (key, ttlSeconds, fill) =>
      singleFlight(key, () => readOrFill({ link, memory, writes }, key, ttlSeconds, fill)),
    limiter,
    close: async () => {
      closing.abort(new Error('the cache is closed'));
      // A command that ends at once would otherwise take its answers with it.
      await Promise.race([Promise.allSettled(writes), sleep(CLOSE_PATIENCE_MS, undefined, { ref: false })]);
      link?.close();
    },
  };
}

interface Stores {
  readonly link: RedisLink | null;
  readonly memory: MemoryStore;
  /** Writes to Redis that nobody waits for. */
  readonly writes: Set<Promise<unknown>>;
}

async function readOrFill(
  { link, memory, writes }: Stores,
  key: string,
  ttlSeconds: number,
  fill: () => Promise<string>,
): Promise<string> {
  if (!Number.isSafeInteger(ttlSeconds) || ttlSeconds < 1) {
    throw new RangeError(`ttlSeconds: expected a whole number from 1, got ${ttlSeconds}`);
  }
  const redisKey = `${KEY_PREFIX}:value:${key}`;
  const shared = link === null ? null : await link.attempt((client) => client.get(redisKey));
  // While Redis answers, it alone is asked: what this process kept in an outage may be older.
  const found = shared === null ? memory.get(key) : (shared.value ?? undefined);
  if (found !== undefined) return found;
  const value = await fill();
  if (link === null || shared === null) {
    memory.set(key, value, ttlSeconds);
    return value;
  }
  const write = link.attempt((client) => client.set(redisKey, value, 'EX', ttlSeconds));
  const settled = write.then((done) => {
    if (done === null) memory.set(key, value, ttlSeconds);
    writes.delete(settled);
  });
  writes.add(settled);
  return value;
}
