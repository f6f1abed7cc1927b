import { roundDecimal } from '../../index.js';

/** USD to the cent, half away from zero, for people; what programs read is exact. */
export function roundMoney(amount: string): string {
  return roundDecimal(amount, 2);
}

/** A cell of a table: to the cent; `-` = not known. */
export function usdText(amount: string | null): string {
  return amount === null ? '-' : roundMoney(amount);
}

/** An amount in a sentence: `12.50 USD`, or that it is not known. */
export function amountText(amount: string | null): string {
  return amount === null ? 'not known' : `${roundMoney(amount)} USD`;
}

/** `1.24 %`; `-` = not known. */
export function percentText(percent: string | null): string {
  return percent === null ? '-' : `${roundDecimal(percent, 2)} %`;
}
