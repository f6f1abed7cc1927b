import {
  fractionLength,
  scaleDecimal,
  trimDecimal,
  unscaleDecimal,
} from '../../../parsers/decimal-arithmetic.js';

/** Digits after the point of what is rounded, half away from zero. Zeros at the end are cut: one spelling a number. */
export const PLACES = { usd: 8, pct: 4, ratio: 6, seconds: 6, return: 12 } as const;

/** 95 % of a normal distribution lie within so many standard deviations, in millionths. */
const Z_MILLIONTHS = 1_959_964n;
const MILLION = 1_000_000n;
/** Digits beyond those that are shown: no rounding of a root can reach them. */
const GUARD = 10n ** 30n;

/** Divides exactly and rounds once. @param divisor - not zero. */
export function quotient(dividend: string, divisor: string, places: number): string {
  const scale = Math.max(fractionLength(dividend), fractionLength(divisor));
  return rounded(scaleDecimal(dividend, scale), scaleDecimal(divisor, scale), places);
}

/** A share of a whole in percent. */
export function percentOf(part: string | number, whole: string | number): string {
  const [left, right] = [String(part), String(whole)];
  const scale = Math.max(fractionLength(left), fractionLength(right));
  return rounded(scaleDecimal(left, scale) * 100n, scaleDecimal(right, scale), PLACES.pct);
}

/**
 * Wilson's interval of a share, 95 %, in percent: where the true win rate lies, also for few trades.
 *
 * @param n - above zero.
 */
export function wilsonInterval(
  wins: number,
  n: number,
): { readonly lowPct: string; readonly highPct: string } {
  const [w, all, z] = [BigInt(wins), BigInt(n), Z_MILLIONTHS];
  // (2w + z2 -+ z * sqrt(z2 + 4w(n - w) / n)) / (2(n + z2)), everything in millionths, the root with guard digits.
  const z2 = z * z;
  const underRoot = (z2 * all + 4n * w * (all - w) * MILLION * MILLION) * GUARD * GUARD;
  const root = squareRoot(underRoot / all);
  const center = (2n * w * MILLION * MILLION + z2) * GUARD;
  const whole = 2n * (all * MILLION * MILLION + z2) * GUARD;
  return {
    lowPct: rounded((center - z * root) * 100n, whole, PLACES.pct),
    highPct: rounded((center + z * root) * 100n, whole, PLACES.pct),
  };
}

/** @param returns - daily, each with at most `PLACES.return` digits after the point. */
export interface RiskRatios {
  /** null = fewer than two returns, or all of them alike. */
  readonly sharpe: string | null;
  /** null = fewer than two returns, or none below zero. */
  readonly sortino: string | null;
}

/** Sharpe and Sortino of daily returns, annualised by the root of 365; the rate without risk is zero. */
export function riskRatios(returns: readonly string[]): RiskRatios {
  const n = BigInt(returns.length);
  if (n < 2n) return { sharpe: null, sortino: null };
  let sum = 0n;
  let squares = 0n;
  let squaresBelow = 0n;
  for (const text of returns) {
    const value = scaleDecimal(text, PLACES.return);
    sum += value;
    squares += value * value;
    if (value < 0n) squaresBelow += value * value;
  }
  // mean / sqrt(sum of squares of deviations / (n - 1)), squared, is S2 (n - 1) / (n (n Q - S2)).
  const spread = n * squares - sum * sum;
  return {
    sharpe: spread === 0n ? null : signedRoot(sum, 365n * sum * sum * (n - 1n), n * spread),
    // mean / sqrt(sum of squares below zero / n), squared, is S2 / (n B).
    sortino: squaresBelow === 0n ? null : signedRoot(sum, 365n * sum * sum, n * squaresBelow),
  };
}

function signedRoot(sign: bigint, dividend: bigint, divisor: bigint): string {
  const scale = 10n ** BigInt(2 * PLACES.ratio);
  const twice = squareRoot((4n * dividend * scale) / divisor);
  const root = (twice + 1n) / 2n;
  return trimDecimal(unscaleDecimal(sign < 0n ? -root : root, PLACES.ratio));
}

/** The root, cut to a whole number (Newton's way, on integers). */
function squareRoot(value: bigint): bigint {
  if (value < 2n) return value;
  let root = aboveRoot(value);
  for (;;) {
    const next = (root + value / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}

/** A number that is not below the root, to begin from: the nearer, the fewer steps. */
function aboveRoot(value: bigint): bigint {
  const near = Math.sqrt(Number(value));
  // Fifteen digits of it are right; more than a number can hold is halved by its length.
  if (near < Number.MAX_VALUE) return BigInt(Math.ceil(near * (1 + 1e-15 * 4))) + 1n;
  return 1n << BigInt((value.toString(2).length + 1) >> 1);
}

function rounded(dividend: bigint, divisor: bigint, places: number): string {
  const scaled = dividend * 10n ** BigInt(places);
  const negative = scaled < 0n !== divisor < 0n;
  const [top, bottom] = [scaled < 0n ? -scaled : scaled, divisor < 0n ? -divisor : divisor];
  const nearest = (2n * top + bottom) / (2n * bottom);
  return trimDecimal(unscaleDecimal(negative ? -nearest : nearest, places));
}
