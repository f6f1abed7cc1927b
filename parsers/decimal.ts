/** As the columns are: numeric(38,18). */
const MAX_INTEGER_DIGITS = 20;
const MAX_FRACTION_DIGITS = 18;

const READABLE = /^(-?)0*(\d{1,20}(?:\.\d{1,18})?)$/;
const ZERO = /^-[0.]+$/;

/**
 * Tells whether text is a canonical decimal: at most 20 digits before and 18 after the point, no exponent, no plus,
 * no needless leading zero, no negative zero. Trailing zeros are kept: they are as the source gave them.
 */
export function isCanonicalDecimal(text: string): boolean {
  return afterDecimal(text, 0) === text.length;
}

/**
 * Finds the end of a canonical decimal that starts at `start`.
 *
 * A loop over the characters: the ledger has ten million decimals, and an expression takes three times as long.
 *
 * @returns offset after its last digit; -1 = there is none.
 */
export function afterDecimal(text: string, start: number): number {
  const negative = text.charCodeAt(start) === 45;
  const first = negative ? start + 1 : start;
  const point = afterDigits(text, first);
  const integerDigits = point - first;
  if (integerDigits === 0 || integerDigits > MAX_INTEGER_DIGITS) return -1;
  const leadingZero = text.charCodeAt(first) === 48;
  if (integerDigits > 1 && leadingZero) return -1;
  let end = point;
  if (text.charCodeAt(point) === 46) {
    end = afterDigits(text, point + 1);
    const fractionDigits = end - point - 1;
    if (fractionDigits === 0 || fractionDigits > MAX_FRACTION_DIGITS) return -1;
  }
  return negative && leadingZero && ZERO.test(text.slice(start, end)) ? -1 : end;
}

function afterDigits(text: string, start: number): number {
  let at = start;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code < 48 || code > 57) break;
    at += 1;
  }
  return at;
}

/** @returns the canonical spelling of the same number; null = not a decimal that can be kept exactly. */
export function readDecimal(text: string): string | null {
  if (isCanonicalDecimal(text)) return text;
  if (text.length > 4096) return null;
  const match = READABLE.exec(text);
  if (match === null) return null;
  const digits = match[2] ?? '';
  return ZERO.test(`-${digits}`) ? digits : `${match[1] ?? ''}${digits}`;
}
