/**
 * Writes the marked parts of docs/proofs.md from docs/torture.json, docs/bench.json and docs/fuzz.json:
 * `node dist/test/torture/proofs-page.js`.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readResults as readBench } from '../bench/results.js';
import { resultsText } from '../bench/tables.js';
import { fuzzTable } from '../fuzz/results.js';
import { ROOT } from '../support/cli.js';
import { withPart } from './marked-parts.js';
import { faultTable, figureTable, findingList, kindTable, runNotes } from './proofs-tables.js';
import { readResults } from './results.js';

const page = join(ROOT, 'docs/proofs.md');
const results = readResults(join(ROOT, 'docs/torture.json'));
const benchFile = join(ROOT, 'docs/bench.json');
const fuzzFile = join(ROOT, 'docs/fuzz.json');
const bench = existsSync(benchFile) ? readBench(readFileSync(benchFile, 'utf8')) : null;

const parts: Readonly<Record<string, string>> = {
  figures: figureTable(results),
  faults: faultTable(results),
  findings: findingList(results),
  kinds: kindTable(results),
  runs: runNotes(results),
  // An hour of it is not part of every run.
  ...(existsSync(fuzzFile) ? { fuzz: fuzzTable(JSON.parse(readFileSync(fuzzFile, 'utf8'))) } : {}),
  speed: bench === null ? 'Nothing is measured yet: `npm run bench`.' : resultsText(bench).trim(),
};
let text = readFileSync(page, 'utf8');
for (const [name, part] of Object.entries(parts)) text = withPart(text, name, part);
writeFileSync(page, text);
console.log(`written: ${page}`);
