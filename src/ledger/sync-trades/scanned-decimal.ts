import type { DecimalSum } from '../../../parsers/decimal-sum.js';

const MOST_INTEGER_DIGITS = 20;
const MOST_FRACTION_DIGITS = 18;
/** Longer ones are for whoever reads texts. */
const MOST_BYTES = 64;
const POWERS_OF_TEN = Array.from({ length: MOST_BYTES }, (_, power) => 10 ** power);
const MINUS = 45;
const POINT = 46;
const ZERO = 48;

/**
 * A decimal that was copied digit for digit from upstream's bytes into a line, and its number as far as a double holds it
 * exactly. One object is used for value after value.
 */
export class ScannedDecimal {
  /** The digits without the point and without zeros at the end of the fraction; only where it {@link isSafe}. */
  unscaled = 0;
  /** Fraction digits of `unscaled`, and of the value as it is written. */
  scale = 0;
  places = 0;
  negative = false;
  /** Where it was written. */
  private out: Buffer = Buffer.alloc(0);
  private from = 0;
  private to = 0;

  /**
   * Copies a decimal as `readAmount` reads it, where that takes no more than leaving out zeros beyond the 18th place.
   *
   * @returns where it ends in `out`; -1 = it needs a closer look: no plain decimal, too many digits, a negative zero.
   */
  copy(bytes: Buffer, start: number, end: number, out: Buffer, at: number): number {
    if (end - start > MOST_BYTES) return -1;
    let next = start;
    let to = at;
    this.negative = bytes[next] === MINUS;
    if (this.negative) {
      out[to++] = MINUS;
      next += 1;
    }
    const first = next;
    let unscaled = 0;
    for (; next < end; next += 1) {
      const digit = (bytes[next] ?? 0) - ZERO;
      if (digit < 0 || digit > 9) break;
      unscaled = unscaled * 10 + digit;
      out[to++] = digit + ZERO;
    }
    const integerDigits = next - first;
    if (integerDigits === 0 || integerDigits > MOST_INTEGER_DIGITS) return -1;
    if (integerDigits > 1 && bytes[first] === ZERO) return -1;
    this.scale = 0;
    this.places = 0;
    if (next < end) {
      if (bytes[next] !== POINT) return -1;
      const point = to;
      out[to++] = POINT;
      const fraction = next + 1;
      let scale = 0;
      for (next = fraction; next < end; next += 1) {
        const digit = (bytes[next] ?? 0) - ZERO;
        if (digit < 0 || digit > 9) return -1;
        out[to++] = digit + ZERO;
        if (digit === 0) continue;
        const places = next - fraction + 1;
        unscaled = unscaled * (POWERS_OF_TEN[places - scale] ?? 0) + digit;
        scale = places;
      }
      const places = next - fraction;
      if (places === 0 || scale > MOST_FRACTION_DIGITS) return -1;
      this.scale = scale;
      this.places = places;
      if (places > MOST_FRACTION_DIGITS) {
        this.places = scale;
        to = scale === 0 ? point : point + 1 + scale;
      }
    }
    if (this.negative && unscaled === 0) return -1;
    this.unscaled = this.negative ? -unscaled : unscaled;
    this.out = out;
    this.from = at;
    this.to = to;
    return to;
  }

  /** Tells whether `unscaled` is exact: with every digit the number grows, and below 2^53 no step of it is rounded. */
  get isSafe(): boolean {
    return Number.isSafeInteger(this.unscaled);
  }

  /** As it is written; asked for before anything else is written there. */
  get text(): string {
    return this.out.toString('latin1', this.from, this.to);
  }

  addTo(sum: DecimalSum): void {
    if (this.isSafe) sum.addUnscaled(this.unscaled, this.scale, this.places);
    else sum.add(this.text);
  }
}
