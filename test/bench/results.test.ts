import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { withSpeed } from './publish-results.js';
import { mergeGroups, readResults } from './results.js';
import { groupOf, REBUILD, RUN } from './sample-results.js';

const ROOT = path.resolve(import.meta.dirname, '../..');

describe('results of the bench', () => {
  it('replace a group that is measured again, and keep the others', () => {
    const later = { ...RUN, date: '2026-03-03T00:00:00.000Z' };
    const [start, sync, again] = [
      groupOf('start', {}),
      groupOf('sync', {}),
      groupOf('start', { run: later }),
    ];
    const merged = mergeGroups([start, sync], [groupOf('projection', { rows: [REBUILD] }), again]);
    expect(merged.groups.map(({ group }) => group)).toEqual(['start', 'projection', 'sync']);
    expect(merged.groups[0]).toBe(again);
    expect(readResults(JSON.stringify(merged))).toEqual(merged);
  });

  it('of another shape are not read as if they were these', () => {
    expect(readResults('{"date":"2026-01-01","results":[]}')).toBeNull();
    expect(readResults('{"format":2,"groups":[]}')).toBeNull();
    expect(readResults('null')).toBeNull();
  });

  it('stand in README as they are in docs/bench.json: nobody writes a figure by hand', () => {
    const published = readResults(readFileSync(path.join(ROOT, 'docs/bench.json'), 'utf8'));
    const readme = readFileSync(path.join(ROOT, 'README.md'), 'utf8');
    expect(published?.groups.length).toBeGreaterThan(0);
    if (published === null) return;
    expect(withSpeed(readme, published)).toBe(readme);
    const other = { ...published, groups: [groupOf('start', { rows: [REBUILD] })] };
    expect(withSpeed(readme, other)).not.toBe(readme);
    expect(withSpeed(withSpeed(readme, other), published)).toBe(readme);
  });
});
