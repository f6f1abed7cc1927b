/** An amount in units of 10^-8, exact. */
export type Amount = bigint;

const SCALE = 8;
const ONE = 10n ** BigInt(SCALE);

/** Multiplies a price in units of 10^-priceScale by a size in units of 10^-sizeScale; half away from zero. */
export function product(price: bigint, priceScale: number, size: bigint, sizeScale: number): Amount {
  return rescale(price * size, priceScale + sizeScale);
}

/** Brings a value of another scale to 10^-8, half away from zero. */
export function rescale(value: bigint, scale: number): Amount {
  return scale <= SCALE ? value * 10n ** BigInt(SCALE - scale) : divide(value, 10n ** BigInt(scale - SCALE));
}

/** Divides, half away from zero. */
export function divide(value: bigint, by: bigint): bigint {
  const negative = value < 0n !== by < 0n;
  const [dividend, divisor] = [value < 0n ? -value : value, by < 0n ? -by : by];
  const quotient = (2n * dividend + divisor) / (2n * divisor);
  return negative ? -quotient : quotient;
}

/** Divides two amounts; the result is an amount. */
export function ratio(value: Amount, by: Amount): Amount {
  return divide(value * ONE, by);
}

/** Decimal text without needless zeros. */
export function amountText(amount: Amount): string {
  return decimalText(amount, SCALE);
}

/** Decimal text of a value in units of 10^-scale, without needless zeros. */
export function decimalText(value: bigint, scale: number): string {
  const digits = String(value < 0n ? -value : value).padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale);
  const fraction = digits.slice(digits.length - scale).replace(/0+$/, '');
  return `${value < 0n ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`;
}

export const usd = (dollars: number): Amount => BigInt(dollars) * ONE;
