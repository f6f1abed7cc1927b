/**
 * Breaks the program in every way known and says what was lost:
 * `npm run torture -- [--minutes N] [--seed S] [--share P] [--fault NAME ...] [--json FILE]`. Ends with a table of what
 * was tried and found; exit 1 when anything was lost or broken.
 */
import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { removeFolder } from '../support/remove-folder.js';
import { seededRandom } from './random.js';
import { describeRun, type Result, resultOf, table, writeResults } from './results.js';
import { findingsOf, type Scenario, type Tally } from './scenario.js';
import { scenarios } from './scenarios/index.js';
import { lazyServers } from './servers.js';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '60' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    share: { type: 'string', default: '1' },
    fault: { type: 'string', multiple: true, default: Object.keys(scenarios) },
    json: { type: 'string' },
  },
});

process.exitCode = await main();

async function main(): Promise<number> {
  const seed = Number(values.seed);
  const share = Number(values.share);
  const deadline = performance.now() + Number(values.minutes) * 60_000;
  const chosen = values.fault.map((fault) => ({ fault, scenario: scenarioNamed(fault) }));
  const dir = mkdtempSync(join(tmpdir(), 'maven-git-torture-'));
  const servers = lazyServers();
  console.log(`seed ${seed}, at most ${values.minutes} minutes, ${share * 100} % of all fault points`);
  const results: Result[] = [];
  try {
    for (const { fault, scenario } of chosen) {
      const described = describeRun(seed, share);
      const started = performance.now();
      const own = join(dir, fault);
      mkdirSync(own);
      const context = { dir: own, random: seededRandom(seed), share, deadline, postgres: servers.postgres };
      const tally = await scenario.run(context);
      const seconds = (performance.now() - started) / 1000;
      results.push(resultOf({ fault, name: scenario.name }, described, tally, seconds));
      report(fault, tally, seconds);
      if (values.json !== undefined) writeResults(values.json, results, Object.keys(scenarios));
      removeFolder(own);
    }
  } finally {
    await servers.stop();
    removeFolder(dir);
  }
  console.log(`\n${table(results)}\n\nseed ${seed}`);
  return results.some(({ lost, corrupt, drift }) => lost + corrupt + drift > 0) ? 1 : 0;
}

function scenarioNamed(fault: string): Scenario {
  const scenario = scenarios[fault];
  if (scenario === undefined)
    throw new Error(`no fault ${fault}; there are ${Object.keys(scenarios).join(', ')}`);
  return scenario;
}

function report(fault: string, tally: Tally, seconds: number): void {
  const { faults, acknowledged, lost, broken, drift, kinds } = tally;
  console.log(
    `${fault}: ${faults} faults, ${acknowledged} acknowledged, ${lost.length} lost, ${broken.length} corrupt, ${drift.length} drift, ${seconds.toFixed(1)} s`,
  );
  for (const [kind, count] of Object.entries(kinds)) console.log(`  ${kind}: ${count}`);
  for (const reason of tally.notRun) console.log(`  not run: ${reason}`);
  const findings = findingsOf(tally);
  for (const finding of findings.slice(0, 20)) console.log(`  ${finding}`);
  if (findings.length > 0)
    console.log(`  again: npm run torture -- --seed ${values.seed} --share ${values.share} --fault ${fault}`);
}
