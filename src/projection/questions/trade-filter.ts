import { TRADE_STATUSES, type TradeStatus } from '../../../parsers/trades.js';
import { MavenError } from '../../errors.js';
import { readQuestionTime } from './question-time.js';

/** Which trades, as a person asks for them. */
export interface TradeListOptions {
  /** Case does not matter. */
  readonly asset?: string;
  readonly status?: string;
  /** `trade_source`: `motherbot`, `worker_bot`, `simple_ta`, `manual`. */
  readonly source?: string;
  /** `source_bot_id`. */
  readonly bot?: string;
  /** Earliest opening, itself included: a time with its zone, a day (UTC), or `7d`, `24h`, `30m` before now. */
  readonly since?: string;
  /** Latest opening, itself included; a day stands for all of it. */
  readonly until?: string;
  /** From 1; 50 when absent. */
  readonly limit?: number;
  /** A time or a revision; HEAD when absent. See {@link askedMoment}. */
  readonly at?: string;
}

/** Which trades, checked; null = whatever. */
export interface TradeFilter {
  /** Its letters A to Z in lower case. */
  readonly asset: string | null;
  readonly status: TradeStatus | null;
  readonly tradeSource: string | null;
  readonly bot: string | null;
  /** Canonical times, both included. */
  readonly since: string | null;
  readonly until: string | null;
  readonly limit: number;
}

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 1_000_000;
const HINT = 'correct it and ask again';

/** @throws {@link MavenError} INPUT_INVALID naming the option. */
export function readTradeFilter(options: TradeListOptions, now: Date): TradeFilter {
  const { limit = DEFAULT_LIMIT } = options;
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT)
    throw invalid('limit', `a whole number from 1 to ${MAX_LIMIT}`, String(limit));
  return {
    asset: asciiLowerCase(readText('asset', options.asset)),
    status: readStatus(options.status),
    tradeSource: readText('source', options.source),
    bot: readText('bot', options.bot),
    since: readBound('since', options.since, now),
    until: readBound('until', options.until, now),
    limit,
  };
}

/** As `lower` does in the collation "C". */
export function asciiLowerCase<T extends string | null>(text: T): T {
  return (text === null ? null : text.replace(/[A-Z]/g, (letter) => letter.toLowerCase())) as T;
}

function readText(name: string, text: string | undefined): string | null {
  if (text === undefined) return null;
  // Postgres takes no such character in a parameter; no record holds one either.
  if (text !== '' && text.isWellFormed() && !text.includes('\0')) return text;
  throw invalid(name, 'a text', text);
}

function readStatus(text: string | undefined): TradeStatus | null {
  if (text === undefined) return null;
  const status = TRADE_STATUSES.find((known) => known === text);
  if (status !== undefined) return status;
  throw invalid('status', TRADE_STATUSES.join(', '), text);
}

function readBound(name: 'since' | 'until', text: string | undefined, now: Date): string | null {
  if (text === undefined) return null;
  const edge = name === 'since' ? 'start' : 'end';
  return readQuestionTime({ name, text, edge, now, hint: HINT });
}

function invalid(name: string, expected: string, received: string): MavenError {
  return new MavenError(
    'INPUT_INVALID',
    `${name}: expected ${expected}; got ${JSON.stringify(received.slice(0, 100))}`,
    {
      hint: HINT,
      data: { option: name, expected, received: received.slice(0, 100) },
    },
  );
}
