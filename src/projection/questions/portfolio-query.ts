import { PNL_WINDOWS, type PnlWindow } from '../../../parsers/snapshot.js';
import { MavenError } from '../../errors.js';
import { readQuestionTime } from './question-time.js';

/** Which snapshot, as a person asks for it. */
export interface PortfolioOptions {
  /**
   * A time with its zone, a day (UTC), or `7d`, `24h`, `30m` before now: the latest snapshot at or before it, as HEAD has
   * it. Anything else is a revision: the newest snapshot that it has.
   */
  readonly at?: string;
  /** An address, or `hyperliquid/` and an address. Case does not matter. Needed where several have snapshots. */
  readonly account?: string;
  /** How often snapshots are taken; 3600 when absent. Older than twice that is stale. */
  readonly intervalSeconds?: number;
}

export interface PnlOptions extends PortfolioOptions {
  /** `24h`, `7d`, `30d` or `all`; every one when absent. */
  readonly window?: string;
}

/** Which stretch of equity, as a person asks for it. */
export interface EquityOptions extends PortfolioOptions {
  /** Earliest snapshot, itself included, in the forms of `at`. */
  readonly from?: string;
  /** Latest snapshot, itself included; without it the time that `at` names. */
  readonly to?: string;
  /** Counts back from the newest snapshot; `all` and absent = from the first. Not together with `from`. */
  readonly window?: string;
  /** From 8; 2000 when absent. Where there are more snapshots, extremes are kept. */
  readonly maxPoints?: number;
}

/** Which snapshot, checked; null = whatever. */
export interface PortfolioQuery {
  readonly now: Date;
  readonly at: string | null;
  readonly account: string | null;
  readonly intervalSeconds: number;
}

export interface EquityQuery extends PortfolioQuery {
  readonly from: string | null;
  readonly windowSeconds: number | null;
  readonly maxPoints: number;
}

/** Length of each window; null = since the first snapshot. */
export const WINDOW_SECONDS: Readonly<Record<PnlWindow, number | null>> = {
  '24h': 86_400,
  '7d': 7 * 86_400,
  '30d': 30 * 86_400,
  all: null,
};

const DEFAULT_INTERVAL_SECONDS = 3600;
const DEFAULT_MAX_POINTS = 2000;
const HINT = 'correct it and ask again';

/** @throws {@link MavenError} INPUT_INVALID naming the option. */
export function readPortfolioQuery(options: PortfolioOptions, now: Date): PortfolioQuery {
  const { at, account, intervalSeconds = DEFAULT_INTERVAL_SECONDS } = options;
  return {
    now,
    at: at === undefined ? null : readQuestionTime({ name: 'at', text: at, edge: 'end', now, hint: HINT }),
    account: account === undefined ? null : readAccount(account),
    intervalSeconds: readWhole('interval', intervalSeconds, 1, 31_622_400),
  };
}

/** @throws {@link MavenError} INPUT_INVALID naming the option. */
export function readEquityQuery(options: EquityOptions, now: Date): EquityQuery {
  const { from, to, window, maxPoints = DEFAULT_MAX_POINTS } = options;
  if (from !== undefined && window !== undefined)
    throw invalid('window', 'either a window or from', `${window} and from ${from}`);
  const query = readPortfolioQuery(options, now);
  const time = (name: string, text: string | undefined, edge: 'start' | 'end'): string | null =>
    text === undefined ? null : readQuestionTime({ name, text, edge, now, hint: HINT });
  const [asked] = window === undefined ? [] : readWindows(window);
  return {
    ...query,
    at: to === undefined ? query.at : time('to', to, 'end'),
    from: time('from', from, 'start'),
    windowSeconds: asked === undefined ? null : WINDOW_SECONDS[asked],
    maxPoints: readWhole('maxPoints', maxPoints, 8, 1_000_000),
  };
}

/** @returns the one window, or all four. @throws {@link MavenError} INPUT_INVALID. */
export function readWindows(window: string | undefined): readonly PnlWindow[] {
  if (window === undefined) return PNL_WINDOWS;
  const known = PNL_WINDOWS.find((name) => name === window);
  if (known === undefined) throw invalid('window', PNL_WINDOWS.join(', '), window);
  return [known];
}

function readAccount(text: string): string {
  // Postgres takes no such character in a parameter; no record holds one either.
  if (text !== '' && text.isWellFormed() && !text.includes('\0')) return text;
  throw invalid('account', 'an address', text);
}

function readWhole(name: string, value: number, least: number, most: number): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw invalid(name, `a whole number from ${least} to ${most}`, String(value));
}

function invalid(name: string, expected: string, text: string): MavenError {
  const received = text.slice(0, 100);
  return new MavenError('INPUT_INVALID', `${name}: expected ${expected}; got ${JSON.stringify(received)}`, {
    hint: HINT,
    data: { option: name, expected, received },
  });
}
