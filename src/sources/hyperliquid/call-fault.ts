import { type ErrorCode, MavenError } from '../../errors.js';

export type UpstreamCode = Extract<
  ErrorCode,
  'UPSTREAM_FAILED' | 'UPSTREAM_INVALID' | 'UPSTREAM_UNREACHABLE'
>;

export interface CallFaultOptions {
  /** Whether the same call may end otherwise a moment later. */
  readonly retryable: boolean;
  /** How long the exchange asks to wait; null = it does not say. */
  readonly retryAfterMs?: number | null;
  readonly data?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/** Why one attempt of a call failed; never leaves this folder, see {@link errorOf}. */
export class CallFault extends Error {
  readonly code: UpstreamCode;
  readonly retryable: boolean;
  readonly retryAfterMs: number | null;
  readonly data: Readonly<Record<string, unknown>>;

  constructor(code: UpstreamCode, message: string, options: CallFaultOptions) {
    super(message, { cause: options.cause });
    this.name = 'CallFault';
    this.code = code;
    this.retryable = options.retryable;
    this.retryAfterMs = options.retryAfterMs ?? null;
    this.data = options.data ?? {};
  }
}

/**
 * Makes the one error that a caller sees.
 *
 * @param call - the type of the request, such as `clearinghouseState`.
 * @param attempts - how often it was tried.
 */
export function errorOf(fault: CallFault, call: string, attempts: number, host: string): MavenError {
  const tried = attempts > 1 ? `, tried ${attempts} times` : '';
  return new MavenError(fault.code, `Hyperliquid ${call}: ${fault.message}${tried}`, {
    hint: hintOf(fault, host),
    data: { ...fault.data, call, attempts, host },
    cause: fault,
  });
}

function hintOf(fault: CallFault, host: string): string {
  if (fault.code === 'UPSTREAM_UNREACHABLE') {
    return `check the network and HYPERLIQUID_API_URL (${host}), then try again`;
  }
  if (fault.code === 'UPSTREAM_INVALID') {
    return `${host} answers what this version does not know: check HYPERLIQUID_API_URL, or look for a newer maven-git`;
  }
  const { status } = fault.data;
  if (status === 429)
    return 'too many requests from this address: wait a minute, or run fewer programs that ask';
  if (typeof status === 'number' && status >= 500) return `${host} has trouble of its own: try again later`;
  return 'check HYPERLIQUID_ADDRESS and HYPERLIQUID_API_URL';
}
