import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { type TemporaryFolder, temporaryFolder } from '../git/support/temporary.js';
import { seededRandom } from './random.js';
import { failEverywhere } from './scenarios/errors.js';
import { impatientPerson, killEverywhere } from './scenarios/kill.js';
import { cutPowerEverywhere } from './scenarios/power.js';

/** A short run of `npm run torture`; its seed is new every time and stands in the name of what fails. */
const seed = Date.now() % 1_000_000;
const secondsEach = 12;

let folder: TemporaryFolder;
beforeAll(() => {
  folder = temporaryFolder();
});
afterAll(() => folder.remove());

it.each([
  [killEverywhere, 0.03],
  [impatientPerson, 0.02],
  [failEverywhere, 0.01],
  [cutPowerEverywhere, 0.02],
])('$name', async (scenario, share) => {
  const dir = join(folder.dir, scenario.name.replace(/\W+/g, '-'));
  mkdirSync(dir);
  const deadline = performance.now() + secondsEach * 1000;
  const tally = await scenario.run({
    dir,
    random: seededRandom(seed),
    share,
    deadline,
    postgres: async () => inject('postgresUrl'),
  });
  const found = { seed, lost: tally.lost, broken: tally.broken };
  expect(found).toEqual({ seed, lost: [], broken: [] });
  expect(tally.faults).toBeGreaterThan(0);
  console.log(
    `${tally.faults} faults injected, ${tally.acknowledged} acknowledged writes, 0 lost, seed ${seed}`,
  );
});
