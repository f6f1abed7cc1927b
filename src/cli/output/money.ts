import { roundDecimal } from '../../index.js';

/** USD to the cent, half away from zero, for people; what programs read is exact. */
export function roundMoney(amount: string): string {
  return roundDecimal(amount, 2);
}

/** A cell of a table: to the cent; `-` = not known. */
export function usdText(amount: string | null): string {
  return amount === null ? '-' : roundMoney(amount);
}

/** `1.24 %`; `-` = not known. */
export function percentText(percent: string | null): string {
  return percent === null ? '-' : `${roundDecimal(percent, 2)} %`;
}
