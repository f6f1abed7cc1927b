import pRetry from 'p-retry';
import type { z } from 'zod';
import type { MavenError } from '../../errors.js';
import { CallFault, errorOf } from './call-fault.js';
import { type HttpOptions, postInfo } from './http-call.js';
import type { AnswerCache, Limiters, Sleep } from './ports.js';
import { validate } from './validate.js';

/** One kind of call: what is sent, what must come back, what it costs. */
export interface InfoCall<T extends z.ZodType> {
  /** The body of the request; `type` names the call. */
  readonly request: { readonly type: string } & Readonly<Record<string, string | number>>;
  readonly schema: T;
  readonly weight: number;
  /** 0 = the answer is never kept. */
  readonly ttlSeconds: number;
  /** Weight that is known only from the answer. */
  readonly extraWeight?: (answer: z.output<T>) => number;
}

export interface InfoClientOptions extends HttpOptions {
  readonly cache: AnswerCache | null;
  readonly limiters: Limiters | null;
  readonly sleep: Sleep;
  /** From 0 up to 1. */
  readonly random: () => number;
}

/** Asks the exchange. @throws MavenError UPSTREAM_UNREACHABLE, UPSTREAM_FAILED or UPSTREAM_INVALID, one a call. */
export type InfoClient = <T extends z.ZodType>(call: InfoCall<T>) => Promise<z.output<T>>;

const ATTEMPTS = 5;
const BACKOFF_MS = 500;
const MAX_BACKOFF_MS = 8_000;
const REQUESTS_PER_MINUTE = 100;
const WEIGHT_PER_MINUTE = 1_200;

/**
 * Makes a client: limits, then the call with retries, then validation, then the cache.
 *
 * Only answers that were found valid are kept; one that comes from the cache is validated again, since another version
 * of this program may have put it there.
 */
export function createInfoClient(options: InfoClientOptions): InfoClient {
  const { host, origin, pathname } = new URL(options.apiUrl);
  const requests = options.limiters?.(`hyperliquid:requests:${host}`, REQUESTS_PER_MINUTE);
  const weights = options.limiters?.(`hyperliquid:weight:${host}`, WEIGHT_PER_MINUTE);

  const once = async <T extends z.ZodType>(call: InfoCall<T>): Promise<Answer<T>> => {
    await requests?.take(1);
    await weights?.take(call.weight);
    const body = await postInfo(options, JSON.stringify(call.request));
    const answer = validate(body, call.schema);
    const extra = call.extraWeight?.(answer) ?? 0;
    if (extra > 0) await weights?.take(extra);
    return { body, answer };
  };

  const ask = async <T extends z.ZodType>(call: InfoCall<T>): Promise<Answer<T>> => {
    let attempts = 0;
    try {
      return await pRetry(
        () => {
          attempts += 1;
          return once(call);
        },
        {
          retries: ATTEMPTS - 1,
          // The wait is ours: jitter, the exchange's own wish, and a clock that tests can turn.
          minTimeout: 0,
          shouldRetry: ({ error }) => error instanceof CallFault && error.retryable,
          onFailedAttempt: async ({ error, retriesLeft, retriesConsumed }) => {
            if (retriesLeft === 0 || !(error instanceof CallFault) || !error.retryable) return;
            await options.sleep(pauseMs(error, retriesConsumed, options.random));
          },
        },
      );
    } catch (error) {
      throw asMavenError(error, call.request.type, attempts, host);
    }
  };

  return async (call) => {
    if (options.cache === null || call.ttlSeconds === 0) return (await ask(call)).answer;
    const key = `hyperliquid:${origin}${pathname}:${JSON.stringify(call.request)}`;
    const filled: Answer<typeof call.schema>[] = [];
    const body = await options.cache.getOrFill(key, call.ttlSeconds, async () => {
      const answer = await ask(call);
      filled.push(answer);
      return answer.body;
    });
    if (filled[0] !== undefined) return filled[0].answer;
    try {
      return validate(body, call.schema);
    } catch (error) {
      if (!(error instanceof CallFault)) throw error;
      return (await ask(call)).answer;
    }
  };
}

interface Answer<T extends z.ZodType> {
  readonly body: string;
  readonly answer: z.output<T>;
}

/** Exponential, with full jitter; never earlier than the exchange asks for. */
function pauseMs(fault: CallFault, failures: number, random: () => number): number {
  const ceiling = Math.min(MAX_BACKOFF_MS, BACKOFF_MS * 2 ** failures);
  return Math.max(fault.retryAfterMs ?? 0, Math.floor(random() * ceiling));
}

/** An error that is no fault of a call (a limiter that was closed, a bug) passes as it is. */
function asMavenError(error: unknown, call: string, attempts: number, host: string): MavenError | unknown {
  return error instanceof CallFault ? errorOf(error, call, attempts, host) : error;
}
