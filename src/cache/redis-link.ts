import type { Redis, RedisOptions } from 'ioredis';
import type { RateLimiterRedis } from 'rate-limiter-flexible';
import type { RedisConnection } from '../config.js';
import { codeOf } from '../errors.js';
import { SLIDING_WINDOW_SCRIPT } from './sliding-window-script.js';

/** Redis, as long as it answers. */
export interface RedisLink {
  /**
   * Asks Redis.
   *
   * @returns null = Redis is away. That takes half a second at most, and only for calls that are under way when it
   *   goes: from then on calls are answered at once, until a probe in the background finds it again.
   */
  attempt<T>(work: (client: Redis) => Promise<T>): Promise<{ readonly value: T } | null>;
  /** Takes points of a shared limit. @returns null = Redis is away; `waitMs` 0 = taken. */
  take(request: SharedTake): Promise<{ readonly waitMs: number } | null>;
  close(): void;
}

export interface SharedTake {
  readonly name: string;
  readonly points: number;
  readonly limit: number;
  readonly windowSeconds: number;
}

const COMMAND_TIMEOUT_MS = 500;
/** How long nobody asks after Redis has failed. */
const COOL_DOWN_MS = 1_000;
/** A Redis that comes and goes must not fill the log. */
const WARN_AGAIN_MS = 600_000;

const OPTIONS = {
  lazyConnect: true,
  connectTimeout: 1_000,
  commandTimeout: COMMAND_TIMEOUT_MS,
  maxRetriesPerRequest: 1,
  retryStrategy: (times: number) => Math.min(100 * times, 1_000),
  // A frozen server never answers the farewell; without this the process would wait for it.
  disconnectTimeout: 100,
  // An increment whose answer was lost must not be sent again behind our back.
  autoResendUnfulfilledCommands: false,
} satisfies RedisOptions;

/**
 * Prepares a connection to Redis; nothing connects before the first call.
 *
 * ioredis' own settings keep a first call to a dead server waiting for more than a minute, hence the options, measured:
 * dead 3 ms, frozen 500 ms.
 */
export async function openRedisLink(
  connection: RedisConnection,
  warn: (message: string) => void,
): Promise<RedisLink> {
  const [{ Redis: Client }, limits] = await Promise.all([import('ioredis'), import('rate-limiter-flexible')]);
  const client =
    'url' in connection ? new Client(connection.url, OPTIONS) : new Client({ ...connection, ...OPTIONS });
  const health = trackHealth(client, placeOf(connection), warn);
  const limiters = new Map<string, RateLimiterRedis>();

  const attempt: RedisLink['attempt'] = async (work) => {
    if (!health.mayAsk()) return null;
    try {
      return { value: await withinTime(work(client)) };
    } catch (error) {
      health.failed(error);
      return null;
    }
  };

  const limiterOf = ({ name, limit, windowSeconds }: SharedTake): RateLimiterRedis => {
    const id = `${name}:${limit}:${windowSeconds}`;
    const known = limiters.get(id);
    if (known !== undefined) return known;
    const made = new limits.RateLimiterRedis({
      storeClient: client,
      keyPrefix: 'maven:v1:limit',
      points: limit,
      duration: windowSeconds,
      customIncrTtlLuaScript: SLIDING_WINDOW_SCRIPT,
    });
    limiters.set(id, made);
    return made;
  };

  return {
    attempt,
    take: async (request) => {
      const taken = await attempt(() =>
        limiterOf(request)
          .consume(request.name, request.points)
          .then(
            () => 0,
            (refusal: unknown) => {
              // The library rejects with its result when there are too few points, with an Error when Redis fails.
              if (refusal instanceof limits.RateLimiterRes) return Math.max(1, refusal.msBeforeNext);
              throw refusal;
            },
          ),
      );
      return taken === null ? null : { waitMs: taken.value };
    },
    close: () => client.disconnect(),
  };
}

interface Health {
  /** Tells whether Redis is worth asking now; may send a probe. */
  mayAsk(): boolean;
  failed(error: unknown): void;
}

function trackHealth(client: Redis, place: string, warn: (message: string) => void): Health {
  let away = false;
  let probing = false;
  let probeAt = 0;
  let warnAt = 0;

  const failed = (error: unknown): void => {
    away = true;
    probeAt = performance.now() + COOL_DOWN_MS;
    if (performance.now() < warnAt) return;
    warnAt = performance.now() + WARN_AGAIN_MS;
    warn(
      `Redis at ${place} is away (${faultOf(error)}): cache and rate limits stay in this process until it is back`,
    );
  };
  const probe = async (): Promise<void> => {
    probing = true;
    try {
      await withinTime(client.ping());
      away = false;
    } catch (error) {
      failed(error);
    } finally {
      probing = false;
    }
  };

  client.on('error', failed);
  client.on('ready', () => {
    away = false;
  });
  return {
    mayAsk: () => {
      if (!away) return true;
      if (!probing && performance.now() >= probeAt) void probe();
      return false;
    },
    failed,
  };
}

/** ioredis times its commands, but not while it is still connecting. */
function withinTime<T>(work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = (): void => reject(new Error('Command timed out'));
    const timer = setTimeout(late, COMMAND_TIMEOUT_MS);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** Host, port and database; never the user or the password. */
function placeOf(connection: RedisConnection): string {
  if (!('url' in connection)) return `${connection.host}:${connection.port}/${connection.db}`;
  const { hostname, port, pathname } = new URL(connection.url);
  return `${hostname}:${port === '' ? '6379' : port}${pathname}`;
}

/** A code or the first word of Redis' own answer (`NOAUTH`, `OOM`): other text may hold what was sent. */
function faultOf(error: unknown): string {
  const code = codeOf(error);
  if (code !== undefined) return code;
  const message = error instanceof Error ? error.message : '';
  if (message === 'Command timed out' || message === 'connect ETIMEDOUT') return 'no answer';
  return /^[A-Z]{3,20}\b/.exec(message)?.[0] ?? 'connection lost';
}
