import {
  absoluteDecimal,
  compareDecimals,
  divideDecimals,
  subtractDecimals,
} from '../../../parsers/decimal-arithmetic.js';
import { PNL_WINDOWS, type PnlWindow, type SnapshotPnl } from '../../../parsers/snapshot.js';
import { epochMicroseconds } from '../../../parsers/time.js';
import type { Portfolio } from '../../sources/hyperliquid/account-schemas.js';
import { PNL_RULES } from './pnl.js';

/** One number of ours beside the exchange's own. Never a source of values: the exchange samples its history. */
export interface CrossCheck {
  /** `equity`, or the window of a P&L. */
  readonly what: 'equity' | PnlWindow;
  readonly oursUsd: string;
  readonly exchangeUsd: string;
  /** Ours less the exchange's. */
  readonly differenceUsd: string;
  /** More than {@link toleranceUsd} apart. */
  readonly beyond: boolean;
}

/** What is compared with the exchange's history. */
export interface CrossChecked {
  readonly snapshotAt: string;
  readonly totalValueUsd: string | null;
  readonly pnl: Readonly<Record<PnlWindow, SnapshotPnl>>;
}

type Samples = readonly (readonly [number, string])[];

const PERIODS: Readonly<Record<Exclude<PnlWindow, 'all'>, string>> = {
  '24h': 'day',
  '7d': 'week',
  '30d': 'month',
};
/** A sample further from the snapshot than this says nothing about it: prices move. */
const SAME_MOMENT_MS = 10 * 60_000;
const LEAST_TOLERANCE_USD = '1';
const TOLERANCE_DIVISOR = '100';

/**
 * Compares equity and P&L with the exchange's `portfolio`, as far as it has samples near the moments they are counted
 * between.
 *
 * @returns in the order equity, 24h, 7d, 30d; what cannot be compared is left out. `all` is: the exchange counts from
 *   the account's beginning.
 */
export function crossCheck(portfolio: Portfolio, ours: CrossChecked): readonly CrossCheck[] {
  const { snapshotAt, totalValueUsd } = ours;
  if (totalValueUsd === null) return [];
  const atMs = epochMicroseconds(snapshotAt) / 1000;
  const periods = new Map(portfolio);
  const compare = (what: CrossCheck['what'], oursUsd: string, exchangeUsd: string): CrossCheck => {
    const differenceUsd = subtractDecimals(oursUsd, exchangeUsd);
    const beyond = compareDecimals(absoluteDecimal(differenceUsd), toleranceUsd(totalValueUsd)) > 0;
    return { what, oursUsd, exchangeUsd, differenceUsd, beyond };
  };
  const checks: CrossCheck[] = [];
  const equity = nearest(periods.get('day')?.accountValueHistory ?? [], atMs, SAME_MOMENT_MS);
  if (equity !== null) checks.push(compare('equity', totalValueUsd, equity));
  for (const window of PNL_WINDOWS) {
    const { valueUsd, windowSeconds } = ours.pnl[window];
    if (window === 'all' || valueUsd === null || windowSeconds === null) continue;
    const history = periods.get(PERIODS[window])?.pnlHistory ?? [];
    const end = nearest(history, atMs, SAME_MOMENT_MS);
    const startMs = atMs - windowSeconds * 1000;
    const start = nearest(history, startMs, PNL_RULES[window].toleranceSeconds * 1000);
    if (end !== null && start !== null) checks.push(compare(window, valueUsd, subtractDecimals(end, start)));
  }
  return checks;
}

/** A dollar, or one percent of the equity where that is more: between a sample and the snapshot the market moves. */
export function toleranceUsd(totalValueUsd: string): string {
  const share = divideDecimals(absoluteDecimal(totalValueUsd), TOLERANCE_DIVISOR, 2);
  return compareDecimals(share, LEAST_TOLERANCE_USD) > 0 ? share : LEAST_TOLERANCE_USD;
}

/** @returns the value of the sample nearest to a moment; null = none is near enough. */
function nearest(samples: Samples, atMs: number, withinMs: number): string | null {
  let best: { readonly distance: number; readonly value: string } | null = null;
  for (const [time, value] of samples) {
    const distance = Math.abs(time - atMs);
    if (distance <= withinMs && (best === null || distance < best.distance)) best = { distance, value };
  }
  return best?.value ?? null;
}
