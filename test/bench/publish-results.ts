import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { withPart } from '../torture/marked-parts.js';
import type { BenchResults } from './results.js';
import { growthTable, notes, speedTable } from './tables.js';

/**
 * Puts measured figures where people read them: the part `speed` of README, and `docs/bench.json`, which it is made from.
 *
 * @param results - null = nothing was measured.
 */
export function publishResults(root: string, results: BenchResults | null): void {
  if (results === null) throw new Error('nothing is measured yet: npm run bench, then again with --publish');
  const readme = path.join(root, 'README.md');
  writeFileSync(readme, withSpeed(readFileSync(readme, 'utf8'), results));
  mkdirSync(path.join(root, 'docs'), { recursive: true });
  writeFileSync(path.join(root, 'docs/bench.json'), `${JSON.stringify(results, null, 2)}\n`);
  console.log('written: README.md, docs/bench.json');
}

/** @returns the page with these figures in its part `speed`. */
export function withSpeed(page: string, results: BenchResults): string {
  const parts = [speedTable(results), growthTable(results), notes(results)];
  return withPart(page, 'speed', parts.filter((part) => part !== '').join('\n\n'));
}
