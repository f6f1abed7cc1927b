/**
 * Exact arithmetic on plain decimals as text: digits, perhaps a minus before and a fraction after. No float on the way,
 * no digit lost: a sum has as many fraction digits as its longer part, a product as many as both together. Results may
 * be longer than a record can hold; whoever stores one rounds it where the rule says so.
 */

/** @returns left + right. */
export function addDecimals(left: string, right: string): string {
  const scale = Math.max(fractionLength(left), fractionLength(right));
  return unscaleDecimal(scaleDecimal(left, scale) + scaleDecimal(right, scale), scale);
}

/** @returns left - right. */
export function subtractDecimals(left: string, right: string): string {
  const scale = Math.max(fractionLength(left), fractionLength(right));
  return unscaleDecimal(scaleDecimal(left, scale) - scaleDecimal(right, scale), scale);
}

/** @returns left x right. */
export function multiplyDecimals(left: string, right: string): string {
  const leftScale = fractionLength(left);
  const rightScale = fractionLength(right);
  return unscaleDecimal(
    scaleDecimal(left, leftScale) * scaleDecimal(right, rightScale),
    leftScale + rightScale,
  );
}

/**
 * Divides, rounded half away from zero as Postgres rounds `numeric`.
 *
 * @param places - fraction digits of the quotient.
 * @throws RangeError when the divisor is zero: a caller must have said what that means.
 */
export function divideDecimals(left: string, right: string, places: number): string {
  const scale = Math.max(fractionLength(left), fractionLength(right));
  const divisor = scaleDecimal(right, scale);
  return unscaleDecimal(divideRounded(scaleDecimal(left, scale) * 10n ** BigInt(places), divisor), places);
}

/** @returns -value; zero stays zero. */
export function negateDecimal(value: string): string {
  if (value.startsWith('-')) return value.slice(1);
  return isZeroDecimal(value) ? value : `-${value}`;
}

/** @returns the value without its sign. */
export function absoluteDecimal(value: string): string {
  return value.startsWith('-') ? value.slice(1) : value;
}

/** @returns the value with exactly `places` fraction digits, rounded half away from zero as Postgres does. */
export function roundDecimal(value: string, places: number): string {
  const scale = fractionLength(value);
  if (scale <= places) return unscaleDecimal(scaleDecimal(value, places), places);
  return unscaleDecimal(divideRounded(scaleDecimal(value, scale), 10n ** BigInt(scale - places)), places);
}

/** @returns the same number without needless zeros at the end of its fraction. */
export function trimDecimal(value: string): string {
  if (!value.endsWith('0') || !value.includes('.')) return value;
  let end = value.length;
  while (value.charCodeAt(end - 1) === ZERO) end -= 1;
  return value.slice(0, value.charCodeAt(end - 1) === POINT ? end - 1 : end);
}

const ZERO = 48;
const POINT = 46;

/** @returns -1, 0 or 1. */
export function signOfDecimal(value: string): -1 | 0 | 1 {
  if (isZeroDecimal(value)) return 0;
  return value.startsWith('-') ? -1 : 1;
}

/** Compares two decimals as numbers. @returns negative, 0 or positive. */
export function compareDecimals(left: string, right: string): number {
  const scale = Math.max(fractionLength(left), fractionLength(right));
  const difference = scaleDecimal(left, scale) - scaleDecimal(right, scale);
  if (difference === 0n) return 0;
  return difference < 0n ? -1 : 1;
}

/** Tells whether two amounts are one, however many zeros end them; one that is not known (null) equals only another. */
export function sameAmount(left: string | null, right: string | null): boolean {
  return left === null || right === null ? left === right : compareDecimals(left, right) === 0;
}

/** Adds up; no values: `0`. */
export function sumDecimals(values: Iterable<string>): string {
  let sum = '0';
  for (const value of values) sum = addDecimals(sum, value);
  return sum;
}

/** @returns digits after the point. */
export function fractionLength(value: string): number {
  const point = value.indexOf('.');
  return point === -1 ? 0 : value.length - point - 1;
}

function isZeroDecimal(value: string): boolean {
  return !/[1-9]/.test(value);
}

/** @returns the value times ten to the power of `scale`, which is at least its number of fraction digits. */
export function scaleDecimal(value: string, scale: number): bigint {
  const fraction = fractionLength(value);
  const digits = fraction === 0 ? value : value.slice(0, -fraction - 1) + value.slice(-fraction);
  return BigInt(fraction === scale ? digits : digits + '0'.repeat(scale - fraction));
}

/** @returns the decimal that {@link scaleDecimal} made this of. */
export function unscaleDecimal(unscaledValue: bigint, scale: number): string {
  if (scale === 0) return unscaledValue.toString();
  const negative = unscaledValue < 0n;
  const digits = (negative ? -unscaledValue : unscaledValue).toString().padStart(scale + 1, '0');
  return `${negative ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

function divideRounded(dividend: bigint, divisor: bigint): bigint {
  if (divisor === 0n) throw new RangeError('division by zero');
  const quotient = dividend / divisor;
  const remainder = dividend % divisor;
  const twice = 2n * (remainder < 0n ? -remainder : remainder);
  if (twice < (divisor < 0n ? -divisor : divisor)) return quotient;
  return dividend < 0n === divisor < 0n ? quotient + 1n : quotient - 1n;
}
