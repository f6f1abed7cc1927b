/**
 * Looks for inputs that break what reads bytes from outside, guided by the blocks and branches that they reach:
 * `npm run fuzz -- [--minutes N] [--seed S] [--target NAME] [--corpus FOLDER] [--json FILE]`.
 *
 * Each target gets the same share of the time. A find is made small and kept in fixtures/fuzz/<target>/, where an
 * ordinary test tries it for ever; exit 1 when there is one.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { seededRandom } from '../torture/random.js';
import { describeRun } from '../torture/results.js';
import { Coverage } from './coverage.js';
import { FINDS } from './finds.js';
import type { Find } from './fuzz.js';
import type { FuzzReport, FuzzRow } from './results.js';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    target: { type: 'string', multiple: true },
    corpus: { type: 'string' },
    json: { type: 'string' },
  },
});

process.exitCode = await main();

async function main(): Promise<number> {
  const seed = Number(values.seed);
  const run = describeRun(seed, 1);
  // Before the code under test is loaded: only what is loaded later is counted.
  const coverage = new Coverage();
  const { TARGETS } = await import('./targets/index.js');
  const wanted = values.target ?? TARGETS.map(({ name }) => name);
  const unknown = wanted.find((name) => !TARGETS.some((target) => target.name === name));
  if (unknown !== undefined)
    throw new Error(`no target ${unknown}; there are ${TARGETS.map(({ name }) => name).join(', ')}`);
  const targets = TARGETS.filter(({ name }) => wanted.includes(name));
  const share = (Number(values.minutes) * 60_000) / targets.length;
  console.log(`seed ${seed}, ${targets.length} targets, ${(share / 1000).toFixed(0)} s each`);
  const { fuzz } = await import('./fuzz.js');
  const rows: FuzzRow[] = [];
  let coveredPct = 0;
  for (const target of targets) {
    const began = performance.now();
    const before = coverage.total();
    const result = await fuzz(target, {
      random: seededRandom(seed),
      coverage,
      deadline: began + share,
      corpus: readCorpus(target.name),
    });
    keepCorpus(target.name, result.corpus);
    for (const find of result.finds) keepFind(find, target.extension);
    const seconds = Math.round((performance.now() - began) / 100) / 10;
    const { reached, all } = coverage.total();
    coveredPct = percent(reached, all);
    const row: FuzzRow = {
      target: target.name,
      executions: result.executions,
      seconds,
      corpus: result.corpus.length,
      slowestMs: Math.round(result.slowestMs),
      finds: result.finds.map(({ what }) => what),
    };
    rows.push(row);
    print(row, reached - before.reached);
  }
  const executions = rows.reduce((sum, row) => sum + row.executions, 0);
  const finds = rows.flatMap((row) => row.finds.map((what) => `${row.target}: ${what}`));
  console.log(
    `${executions.toLocaleString('en-US')} executions, ${coveredPct} % of the blocks that were loaded, ${finds.length} finds, seed ${seed}`,
  );
  if (values.json !== undefined) {
    const report: FuzzReport = {
      format: 1,
      run,
      minutes: Number(values.minutes),
      executions,
      coveredPct,
      targets: rows,
    };
    writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`);
  }
  return finds.length === 0 ? 0 : 1;
}

function print(row: FuzzRow, added: number): void {
  const { target, executions, seconds, corpus, slowestMs, finds } = row;
  console.log(
    `${target}: ${executions.toLocaleString('en-US')} executions in ${seconds} s, ${corpus} inputs reach something of their own (${added.toLocaleString('en-US')} blocks more than before), slowest ${slowestMs} ms, ${finds.length} finds`,
  );
  for (const find of finds) console.log(`  ${find}`);
}

function percent(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.round((part / whole) * 1000) / 10;
}

function readCorpus(target: string): readonly Buffer[] {
  const folders = [
    path.join(FINDS, target),
    ...(values.corpus === undefined ? [] : [path.join(values.corpus, target)]),
  ];
  return folders
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder).map((name) => readFileSync(path.join(folder, name))));
}

function keepCorpus(target: string, corpus: readonly Buffer[]): void {
  if (values.corpus === undefined) return;
  const folder = path.join(values.corpus, target);
  mkdirSync(folder, { recursive: true });
  for (const bytes of corpus) writeFileSync(path.join(folder, nameOf(bytes)), bytes);
}

function keepFind({ target, bytes }: Find, extension: string): void {
  const folder = path.join(FINDS, target);
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, `${nameOf(bytes)}.${extension}`), bytes);
}

function nameOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, 16);
}
