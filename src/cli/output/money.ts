import { roundDecimal } from '../../index.js';

/** USD to the cent, half away from zero, for people; what programs read is exact. */
export function roundMoney(amount: string): string {
  return roundDecimal(amount, 2);
}
