import { readDecimal } from '../../../parsers/decimal.js';
import { trimDecimal } from '../../../parsers/decimal-arithmetic.js';

const MOST_EXPONENT = 400;

/**
 * Reads an amount as Postgres prints it, digit for digit.
 *
 * `numeric` prints plain digits; `double precision` may print an exponent, which is written out. Zeros beyond the 18th
 * place after the point are dropped, other digits there cannot be kept.
 *
 * @returns a decimal that a record can hold; null = it cannot be kept exactly (`NaN`, `Infinity`, too many digits).
 */
export function readAmount(text: string): string | null {
  // `numeric` prints zeros to its scale, which a division makes a long one.
  const plain = readDecimal(text) ?? readDecimal(trimDecimal(text));
  if (plain !== null) return plain;
  const match = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,4}))?$/.exec(text);
  if (match === null) return null;
  const [, sign = '', integer = '', fraction = '', exponentText = '0'] = match;
  const exponent = Number(exponentText);
  if (Math.abs(exponent) > MOST_EXPONENT) return null;
  const digits = integer + fraction;
  const point = integer.length + exponent;
  const padded = point <= 0 ? `${'0'.repeat(1 - point)}${digits}` : digits.padEnd(point, '0');
  const at = Math.max(point, 1);
  const written = `${sign}${padded.slice(0, at)}${padded.length > at ? `.${padded.slice(at)}` : ''}`;
  return readDecimal(written) ?? readDecimal(trimDecimal(written));
}
