import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PROBLEM_CODES } from '../../parsers/problem.js';

const ROOT = new URL('../../parsers/', import.meta.url).pathname;
const MODULES = readdirSync(ROOT).filter((name) => name.endsWith('.ts'));
const IMPORT = /(?:^|\n)(?:import|export)\s[^;]*?from '([^']+)'/g;

/** What a module imports when it runs: types are gone by then. */
function importsOf(module: string): string[] {
  const source = readFileSync(join(ROOT, module), 'utf8').replace(
    /(?:^|\n)(?:import|export) type [^;]*;/g,
    '',
  );
  return Array.from(source.matchAll(IMPORT), ([, from]) => from ?? '');
}

/** Every package that comes along with a module. */
function packagesOf(module: string, seen = new Set<string>()): Set<string> {
  for (const from of importsOf(module)) {
    if (seen.has(from)) continue;
    seen.add(from);
    if (from.startsWith('./')) packagesOf(from.slice(2).replace(/\.js$/, '.ts'), seen);
  }
  return new Set([...seen].filter((from) => !from.startsWith('./')));
}

describe('FORMATS.md', () => {
  it('explains every problem code, in order, and no other', () => {
    const text = readFileSync(join(ROOT, 'FORMATS.md'), 'utf8');
    const table = text.slice(text.indexOf('\n## Problems\n'));
    const explained = Array.from(
      table.matchAll(/^\| `([A-Z_0-9]+)` +\| (?:error|warning)/gm),
      ([, code]) => code,
    );
    expect(explained).toEqual([...PROBLEM_CODES]);
  });

  it('is what the code points to', () => {
    const text = readFileSync(join(ROOT, 'FORMATS.md'), 'utf8');
    const headings = new Set(
      Array.from(text.matchAll(/^## (.+)$/gm), ([, title]) =>
        (title ?? '').toLowerCase().replaceAll(' ', '-'),
      ),
    );
    for (const module of MODULES) {
      const source = readFileSync(join(ROOT, module), 'utf8');
      for (const [, anchor] of source.matchAll(/FORMATS\.md#([a-z-]+)/g)) {
        expect(headings, `${module} points to #${anchor}`).toContain(anchor);
      }
    }
  });
});

describe('what a parser brings along', () => {
  it('is its own layer and four packages, no I/O', () => {
    for (const module of MODULES) {
      for (const from of importsOf(module)) {
        expect(from, module).toMatch(/^(?:\.\/[a-z-]+\.js|gray-matter|remark-parse|unified|yaml)$/);
      }
    }
  });

  it.each([
    'canonical-decision.ts',
    'canonical-insight.ts',
    'canonical-metrics.ts',
    'canonical-milestone.ts',
    'conversation.ts',
    'flows.ts',
    'fold-ledger.ts',
    'identity.ts',
    'merge-records.ts',
    'paths.ts',
    'runs.ts',
    'session-log.ts',
    'snapshot.ts',
    'state.ts',
    'text.ts',
    'trades.ts',
    'transcript.ts',
  ])('%s brings no package', (module) => {
    expect([...packagesOf(module)]).toEqual([]);
  });
});
