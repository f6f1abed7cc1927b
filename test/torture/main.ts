/**
 * Breaks commits in every way known and says what was lost: `npm run torture -- [--minutes N] [--seed S] [--share P]
 * [--fault NAME]`. Ends with the one line that counts; exit 1 when anything was lost or broken.
 */
import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { removeFolder } from '../support/remove-folder.js';
import { seededRandom } from './random.js';
import { addTally, emptyTally, type Scenario, type Tally } from './scenario.js';
import { crowd } from './scenarios/crowd.js';
import { failEverywhere } from './scenarios/errors.js';
import { impatientPerson, killEverywhere } from './scenarios/kill.js';
import { cutPowerEverywhere } from './scenarios/power.js';
import { realKills } from './scenarios/real-kill.js';
import { systemCallKills } from './scenarios/system-calls.js';
import { manyWriters } from './scenarios/writers.js';

const scenarios: Readonly<Record<string, Scenario>> = {
  kill: killEverywhere,
  person: impatientPerson,
  error: failEverywhere,
  power: cutPowerEverywhere,
  'real-kill': realKills,
  'system-call': systemCallKills,
  crowd,
  writers: manyWriters,
};

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '60' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    share: { type: 'string', default: '1' },
    fault: { type: 'string', multiple: true, default: Object.keys(scenarios) },
  },
});

process.exitCode = await main();

async function main(): Promise<number> {
  const seed = Number(values.seed);
  const deadline = performance.now() + Number(values.minutes) * 60_000;
  const dir = mkdtempSync(join(tmpdir(), 'maven-git-torture-'));
  console.log(
    `seed ${seed}, at most ${values.minutes} minutes, ${Number(values.share) * 100} % of all fault points`,
  );
  const sum = emptyTally();
  try {
    for (const name of values.fault) {
      const scenario = scenarios[name];
      if (scenario === undefined)
        throw new Error(`no fault ${name}; there are ${Object.keys(scenarios).join(', ')}`);
      addTally(sum, await runScenario(name, scenario, seed, deadline, dir));
    }
  } finally {
    removeFolder(dir);
  }
  const again = `npm run torture -- --seed ${seed} --share ${values.share}`;
  console.log(
    `${sum.faults} faults injected, ${sum.acknowledged} acknowledged writes, ${sum.lost.length} lost, seed ${seed}`,
  );
  if (sum.lost.length + sum.broken.length === 0) return 0;
  console.log(`${sum.broken.length} broken; again with: ${again}`);
  return 1;
}

async function runScenario(
  name: string,
  scenario: Scenario,
  seed: number,
  deadline: number,
  parent: string,
): Promise<Tally> {
  const dir = join(parent, name);
  mkdirSync(dir);
  const started = performance.now();
  const share = Number(values.share);
  const tally = await scenario.run({ dir, random: seededRandom(seed), share, deadline });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(
    `${scenario.name}: ${tally.faults} faults, ${tally.acknowledged} acknowledged, ${tally.lost.length} lost, ${tally.broken.length} broken, ${seconds} s`,
  );
  for (const finding of [...tally.lost, ...tally.broken].slice(0, 20)) console.log(`  ${finding}`);
  removeFolder(dir);
  return tally;
}
