import { roundDecimal } from '../parsers/decimal-arithmetic.js';

const CENTS = 2;

/** An amount in a sentence, half away from zero to the cent: `12.50 USD`, or that it is not known. */
export function amountText(amount: string | null): string {
  return amount === null ? 'not known' : `${roundDecimal(amount, CENTS)} USD`;
}
