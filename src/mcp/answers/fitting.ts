import type { Asked, Sourced } from '../session.js';
import { takePage } from './page.js';

/** What a list that pages by a cursor of its own answers. */
type Listed<T> = Sourced & { readonly returned: number } & T;

/**
 * Asks for as many records as fit: first for more, then, where these are too long, for those that fit, so that the
 * cursor of the answer continues right behind them.
 */
export async function askFitting<T>(
  limit: number,
  tokens: number,
  ask: (limit: number) => Promise<Asked<Listed<T>>>,
  told: (answer: Asked<Listed<T>>) => readonly unknown[],
): Promise<Asked<Listed<T>>> {
  const answer = await ask(limit);
  const items = told(answer);
  const { length: fits } = takePage('', { offset: 0, revision: null }, '', items, false, tokens).items;
  return fits === items.length ? answer : ask(fits);
}
