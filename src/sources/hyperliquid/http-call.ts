import { codeOf } from '../../errors.js';
import { CallFault } from './call-fault.js';
import { visible } from './validate.js';

export interface HttpOptions {
  /** Without a slash at the end. */
  readonly apiUrl: string;
  readonly fetch: typeof fetch;
  /** From the request to the last byte of the answer. */
  readonly timeoutMs: number;
  readonly clock: () => Date;
}

/** Largest answer that is read: 5 MiB. The largest real ones have some 300 KiB. */
export const MAX_BODY_BYTES = 5 * 1_048_576;

const MAX_RETRY_AFTER_MS = 60_000;
const MAX_EXCERPT_BYTES = 300;
const TLS_FAULT = /^(?:ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|HOSTNAME_|EPROTO)/;

/**
 * Sends one request and reads the answer: status, then content type, then at most 5 MiB.
 *
 * Redirects are not followed: the exchange has none, and what stands at another host is not the exchange.
 *
 * @returns the body of a JSON answer with status 200.
 * @throws {@link CallFault}
 */
export async function postInfo(options: HttpOptions, request: string): Promise<string> {
  const signal = AbortSignal.timeout(options.timeoutMs);
  try {
    const response = await options.fetch(`${options.apiUrl}/info`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: request,
      redirect: 'manual',
      signal,
    });
    if (response.status !== 200) throw await statusFault(response, options.clock);
    const type = response.headers.get('content-type') ?? 'none';
    if (!/^application\/json\b/i.test(type)) {
      await drop(response);
      const message = `expected JSON, got content type ${visible(type, 60)}`;
      throw new CallFault('UPSTREAM_INVALID', message, { retryable: true });
    }
    return decode(await readBytes(response, MAX_BODY_BYTES));
  } catch (error) {
    throw error instanceof CallFault ? error : networkFault(error, options.timeoutMs);
  }
}

async function statusFault(response: Response, clock: () => Date): Promise<CallFault> {
  const { status } = response;
  const data = { status };
  if (status >= 300 && status < 400) {
    const target = visible(response.headers.get('location') ?? 'nowhere', 120);
    await drop(response);
    return new CallFault('UPSTREAM_INVALID', `status ${status} sends to ${target}, which is not followed`, {
      retryable: false,
      data,
    });
  }
  if (status === 429 || status >= 500) {
    const retryAfterMs = readRetryAfter(response.headers.get('retry-after'), clock);
    await drop(response);
    const message = `status ${status}${status === 429 ? ' (too many requests)' : ''}`;
    return new CallFault('UPSTREAM_FAILED', message, { retryable: true, retryAfterMs, data });
  }
  const says = await excerpt(response);
  const message = `status ${status}${says === '' ? '' : `: ${says}`}`;
  return new CallFault('UPSTREAM_FAILED', message, { retryable: false, data });
}

/** Seconds or an HTTP date, at most a minute. @returns null = there is none that can be read. */
export function readRetryAfter(header: string | null, clock: () => Date): number | null {
  if (header === null) return null;
  const text = header.trim();
  const ms = /^\d{1,9}$/.test(text) ? Number(text) * 1000 : Date.parse(text) - clock().getTime();
  return Number.isNaN(ms) ? null : Math.min(Math.max(ms, 0), MAX_RETRY_AFTER_MS);
}

/** Stops as soon as there is more than is allowed, whatever the header said. */
async function readBytes(response: Response, limit: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > limit) {
      throw new CallFault('UPSTREAM_INVALID', `the answer is larger than ${limit} bytes`, {
        retryable: false,
      });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new CallFault('UPSTREAM_INVALID', 'the answer is not UTF-8', { retryable: true, cause: error });
  }
}

/** The start of what the exchange says about a refused request. */
async function excerpt(response: Response): Promise<string> {
  const bytes: number[] = [];
  for await (const chunk of response.body ?? []) {
    bytes.push(...chunk.subarray(0, MAX_EXCERPT_BYTES));
    if (bytes.length >= MAX_EXCERPT_BYTES) break;
  }
  return visible(new TextDecoder().decode(Uint8Array.from(bytes)).trim(), 120);
}

/** Gives the connection back; what is left of a body that nobody reads would hold it. */
async function drop(response: Response): Promise<void> {
  await response.body?.cancel().catch(() => undefined);
}

function networkFault(error: unknown, timeoutMs: number): CallFault {
  if (error instanceof Error && error.name === 'TimeoutError') {
    return new CallFault('UPSTREAM_UNREACHABLE', `no whole answer within ${timeoutMs} ms`, {
      retryable: true,
      cause: error,
    });
  }
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  const code = codeOf(cause) ?? 'no code';
  const tls = TLS_FAULT.test(code);
  const message = tls ? `no trusted TLS connection (${code})` : `the connection failed (${code})`;
  return new CallFault('UPSTREAM_UNREACHABLE', message, { retryable: !tls, data: { code }, cause: error });
}
