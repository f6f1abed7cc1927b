import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { BenchResults } from './results.js';
import { speedSection } from './speed-section.js';

/** Puts measured figures where people read them: README's speed table, and `docs/bench.json`, which it is made from. */
export function publishResults(root: string, results: BenchResults | null): void {
  if (results === null) throw new Error('nothing is measured yet: npm run bench, then again with --publish');
  const readme = path.join(root, 'README.md');
  writeFileSync(readme, withSection(readFileSync(readme, 'utf8'), speedSection(results)));
  mkdirSync(path.join(root, 'docs'), { recursive: true });
  writeFileSync(path.join(root, 'docs/bench.json'), `${JSON.stringify(results, null, 2)}\n`);
  console.log('written: README.md, docs/bench.json');
}

const BEGIN = '<!-- made by npm run bench -- --publish -->';
const END = '<!-- end of what the bench made -->';

/** @throws Error when the marks are not there. */
export function withSection(readme: string, section: string): string {
  const { begin, end } = marksOf(readme);
  return `${readme.slice(0, begin)}\n${section}\n${readme.slice(end)}`;
}

/** What stands between the marks. */
export function sectionOf(readme: string): string {
  const { begin, end } = marksOf(readme);
  return readme.slice(begin, end).trim();
}

function marksOf(readme: string): { readonly begin: number; readonly end: number } {
  const begin = readme.indexOf(BEGIN);
  const end = readme.indexOf(END);
  if (begin === -1 || end < begin) throw new Error(`README.md has lost the lines '${BEGIN}' and '${END}'`);
  return { begin: begin + BEGIN.length, end };
}
