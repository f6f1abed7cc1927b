import { expect, inject, it } from 'vitest';
import { temporaryFolder } from '../git/support/temporary.js';
import { seededRandom } from './random.js';
import { runHostile } from './scenarios/hostile.js';

/** A short run of the scenario `hostile`; its seed is new every time and stands in what fails. */
const seed = Date.now() % 1_000_000;

it('hostile files and requests: nothing is run, nothing outside is read, nobody is told a secret', async () => {
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
    const { kinds, lost, broken, drift } = await runHostile(context, 200, true);
    expect({ seed, lost, broken, drift }).toEqual({ seed, lost: [], broken: [], drift: [] });
    expect(kinds['hostile file']).toBeGreaterThanOrEqual(500);
    expect(kinds['hostile MCP request']).toBeGreaterThanOrEqual(200);
  } finally {
    remove();
  }
}, 600_000);
