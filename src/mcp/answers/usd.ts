import { roundDecimal } from '../../index.js';

const CENTS = 2;

/** An amount in a sentence, to the cent; the exact one stands in the evidence. */
export function usd(value: string | null): string {
  return value === null ? 'not known' : `${roundDecimal(value, CENTS)} USD`;
}
