import { createHash } from 'node:crypto';
import type { CommitBase } from '../git/commit.js';
import { hasRemote } from '../git/remote-branch.js';
import type { Repository } from '../git/repository.js';
import { inputInvalid } from './input.js';

const MOST_IN_ONE_SECOND = 1000;
/** Six digits; smaller numbers count what one machine recorded in one second. */
const FIRST_OF_MANY = 100_000;
const MANY = 900_000;

/**
 * Finds a name that no artifact of the parent commit has: two decisions may fall in one second.
 *
 * Another machine may give the same name in the same second, and nobody could merge the two: in a clone that exchanges with
 * others the number comes from the content instead, which differs.
 *
 * @param record - plain data, of which the number is made.
 * @param pathOf - the n-th choice, from 0.
 */
export async function freePath(
  repository: Repository,
  base: CommitBase,
  record: object,
  pathOf: (n: number) => string,
): Promise<string> {
  const first = hasRemote(repository) ? numberOf(record) : 0;
  for (let n = first; n < first + MOST_IN_ONE_SECOND; n++) {
    const path = pathOf(n);
    if ((await base.read(path)) === null) return path;
  }
  throw inputInvalid(`${pathOf(first)} and ${MOST_IN_ONE_SECOND} names after it are taken`);
}

function numberOf(record: object): number {
  const digest = createHash('sha256').update(JSON.stringify(record)).digest();
  return FIRST_OF_MANY + (digest.readUIntBE(0, 6) % MANY);
}
