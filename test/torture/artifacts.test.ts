import { expect, inject, it } from 'vitest';
import { temporaryFolder } from '../git/support/temporary.js';
import { seededRandom } from './random.js';
import { runDamaged } from './scenarios/artifacts.js';

/** A short run of the scenario `artifacts`; its seed is new every time and stands in what fails. */
const seed = Date.now() % 1_000_000;

it('damaged artifacts: none ends the program, each fault is told, good rows stay', async () => {
  const { dir, remove } = temporaryFolder();
  try {
    const postgres = async (): Promise<string> => inject('postgresUrl');
    const context = {
      dir,
      random: seededRandom(seed),
      share: 1,
      deadline: Number.POSITIVE_INFINITY,
      postgres,
    };
    const { tries, lost, broken, drift } = await runDamaged(context, 3000, 1, 300);
    expect({ seed, lost, broken, drift }).toEqual({ seed, lost: [], broken: [], drift: [] });
    expect(tries).toBe(3300);
  } finally {
    remove();
  }
});
