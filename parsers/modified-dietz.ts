import {
  addDecimals,
  divideDecimals,
  multiplyDecimals,
  signOfDecimal,
  sumDecimals,
} from './decimal-arithmetic.js';
import type { FlowRecord } from './flows.js';
import { epochMicroseconds } from './time.js';

/** Fraction digits of a percentage. */
const PERCENT_PLACES = 6;

/**
 * Counts the return of a window in percent, by Modified Dietz: profit over the money that was at work, each flow weighted
 * by the part of the window that it was in the account.
 *
 *     percent = 100 x pnl / (E(t0) + sum of flow x (t1 - t) / (t1 - t0))
 *
 * Exact: both sides are multiplied by the window's microseconds, so that only the last division rounds, at 6 places half
 * away from zero.
 *
 * @param flows - external flows inside the window, their amounts known.
 * @returns null = no money was at work (the denominator is zero or below), or the window has no length.
 */
export function modifiedDietzPct(
  pnlUsd: string,
  equityBeforeUsd: string,
  flows: readonly Pick<FlowRecord, 'occurredAt' | 'amountUsd'>[],
  window: { readonly from: string; readonly to: string },
): string | null {
  const end = epochMicroseconds(window.to);
  const length = end - epochMicroseconds(window.from);
  if (length <= 0) return null;
  const weighted = flows.map(({ occurredAt, amountUsd }) =>
    multiplyDecimals(amountUsd ?? '0', String(end - epochMicroseconds(occurredAt))),
  );
  const atWork = addDecimals(multiplyDecimals(equityBeforeUsd, String(length)), sumDecimals(weighted));
  if (signOfDecimal(atWork) <= 0) return null;
  const profit = multiplyDecimals(multiplyDecimals(pnlUsd, String(length)), '100');
  return divideDecimals(profit, atWork, PERCENT_PLACES);
}
