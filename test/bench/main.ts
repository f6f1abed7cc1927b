/**
 * Measures maven-git against something that everybody has, side by side in one run; see `--help` and CONTRIBUTING.md.
 */
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { startPostgres } from '../support/postgres-server.js';
import { removeFolder } from '../support/remove-folder.js';
import { Bench, type MeasureGroup, type Surroundings } from './bench.js';
import { describeMachine, loadAverages, lookAtLoad, lookUpPeers, measuredCommit } from './machine.js';
import { type BenchOptions, readOptions, USAGE } from './options.js';
import { growthPlot } from './plot.js';
import { publishResults } from './publish-results.js';
import {
  type BenchResults,
  GROUPS,
  type GroupName,
  type GroupResult,
  mergeGroups,
  readResults,
} from './results.js';
import { resultsText } from './tables.js';

const ROOT = path.resolve(import.meta.dirname, '../../..');
const RESULTS = path.join(ROOT, '.bench');

/** Loaded when they are measured: each brings what it measures with. */
const MEASURES: Readonly<Record<GroupName, () => Promise<MeasureGroup>>> = {
  start: async () => (await import('./start.js')).benchStart,
  projection: async () => (await import('./projection.js')).benchProjection,
  ledger: async () => (await import('./ledger.js')).benchLedger,
  reconcile: async () => (await import('./reconcile.js')).benchReconcile,
  commit: async () => (await import('./commit.js')).benchCommit,
  sync: async () => (await import('./sync.js')).benchSync,
  metrics: async () => (await import('./metrics.js')).benchMetrics,
  mcp: async () => (await import('./mcp.js')).benchMcp,
  growth: async () => (await import('./growth.js')).benchGrowth,
  history: async () => (await import('./history.js')).benchHistory,
};

const options = optionsOrExit();
if (options === 'help') console.log(USAGE);
else if (options.publish) publishResults(ROOT, earlierResults());
else await measure(options);

function optionsOrExit(): BenchOptions | 'help' {
  try {
    return readOptions(process.argv.slice(2));
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    process.exit(1);
  }
}

async function measure(options: BenchOptions): Promise<void> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'maven-bench-'));
  const load = loadAverages();
  const server = await startPostgres();
  try {
    const around: Surroundings = {
      options,
      serverUrl: server.url,
      folder,
      program: path.join(ROOT, 'dist/bin/maven-git.js'),
      peers: await lookUpPeers(server.url),
      made: new Map(),
      note: (text) => console.error(text),
    };
    console.error(`Postgres: ${server.origin}, without fsync for both sides; scratch files in ${folder}`);
    for (const name of GROUPS) {
      if (!options.only.has(name)) continue;
      console.error(`\n${name}`);
      const results = mergeGroups(earlierResults()?.groups ?? [], [await measureGroup(name, around, load)]);
      await writeResults(results);
    }
  } finally {
    await server.stop();
    removeFolder(folder);
  }
  const results = earlierResults();
  const measured = results?.groups.filter(({ group }) => options.only.has(group)) ?? [];
  console.log(`\n${resultsText({ format: 1, groups: measured })}`);
}

async function measureGroup(
  name: GroupName,
  around: Surroundings,
  load: GroupResult['run']['machine']['load'],
): Promise<GroupResult> {
  const { options, peers } = around;
  const date = new Date().toISOString();
  const bench = new Bench(name, around);
  const before = await lookAtLoad();
  await (await MEASURES[name]())(bench);
  const machine = describeMachine(load, [before, await lookAtLoad()]);
  const { size, seed, runs } = options;
  return {
    ...bench.results,
    run: { date, ...(await measuredCommit(ROOT)), seed, size, runs, machine, peers },
  };
}

function earlierResults(): BenchResults | null {
  try {
    return readResults(readFileSync(path.join(RESULTS, 'results.json'), 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return null;
  }
}

/** After each group: what is measured is kept, however the next one ends. */
async function writeResults(results: BenchResults): Promise<void> {
  mkdirSync(RESULTS, { recursive: true });
  writeFileSync(path.join(RESULTS, 'results.json'), `${JSON.stringify(results, null, 2)}\n`);
  writeFileSync(path.join(RESULTS, 'results.md'), resultsText(results));
  const plot = await growthPlot(results);
  if (plot !== null) writeFileSync(path.join(RESULTS, 'growth.svg'), plot);
}
