import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { type TemporaryFolder, temporaryFolder } from '../git/support/temporary.js';
import { seededRandom } from './random.js';
import { scenarios } from './scenarios/index.js';

/**
 * A short run of `npm run torture` against real servers; its seed is new every time and stands in the name of what fails.
 * The scenarios of the commit path have a suite of their own, and so have those of artifacts and of hostile text.
 */
const seed = Date.now() % 1_000_000;
/** A few seconds are enough; the share decides, not the clock. */
const mostSeconds = 90;

let folder: TemporaryFolder;
beforeAll(() => {
  folder = temporaryFolder();
});
afterAll(() => folder.remove());

it.each([
  ['random-kill', 0.0005],
  ['step-kill', 0.005],
  ['database-gone', 0.003],
  ['database-tampered', 0.003],
  ['upstream', 0.01],
  ['late-rows', 0.01],
  ['exchange', 0.003],
  ['redis', 0.01],
  ['disk', 0.005],
])(
  '%s',
  async (fault, share) => {
    const dir = join(folder.dir, fault);
    mkdirSync(dir);
    const deadline = performance.now() + mostSeconds * 1000;
    const tally = await scenarios[fault]?.run({
      dir,
      random: seededRandom(seed),
      share,
      deadline,
      postgres: async () => inject('postgresUrl'),
    });
    const { lost, broken, drift, notRun = [], tries = 0 } = tally ?? {};
    expect({ seed, share, lost, broken, drift }).toEqual({ seed, share, lost: [], broken: [], drift: [] });
    if (notRun.length > 0) console.log(`not run: ${notRun.join('; ')}`);
    else expect(tries).toBeGreaterThan(0);
  },
  180_000,
);
