import type { CommitBase } from '../git/commit.js';
import { inputInvalid } from './input.js';

const MOST_IN_ONE_SECOND = 1000;

/**
 * Finds a name that no artifact of the parent commit has: two decisions may fall in one second.
 *
 * @param pathOf - the n-th choice, from 0.
 */
export async function freePath(base: CommitBase, pathOf: (n: number) => string): Promise<string> {
  for (let n = 0; n < MOST_IN_ONE_SECOND; n++) {
    const path = pathOf(n);
    if ((await base.read(path)) === null) return path;
  }
  throw inputInvalid(`${pathOf(0)} and ${MOST_IN_ONE_SECOND} names after it are taken`);
}
