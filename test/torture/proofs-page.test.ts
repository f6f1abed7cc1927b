import { mkdtempSync, readFileSync } from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../support/cli.js';
import { removeFolder } from '../support/remove-folder.js';
import { withPart } from './marked-parts.js';
import { faultTable, figureTable, findingList, kindTable, runNotes } from './proofs-tables.js';
import { type Result, readResults, resultOf, table, writeResults } from './results.js';
import { emptyTally, type Tally } from './scenario.js';

const run = {
  seed: 7,
  share: 0.5,
  date: '2026-01-14T14:24:08.034Z',
  commit: 'a'.repeat(40),
  machine: 'two cores',
  load: 1.5,
};

function result(fault: string, change: Partial<Tally>): Result {
  return resultOf({ fault, name: `what ${fault} does` }, run, { ...emptyTally(), ...change }, 12.4);
}

describe('the page of proofs', () => {
  it('says what was reached beside the goal, and never calls short what is not', () => {
    const text = figureTable([
      result('random-kill', { faults: 1234, lost: ['x'], drift: ['y', 'z'] }),
      result('late-rows', { faults: 10_000 }),
    ]);
    expect(text).toContain('| random kill -9 | 10,000 | 1,234 (short) | 1 | 0 | 2 | `random-kill` |');
    expect(text).toContain(
      '| upstream transactions out of order | 10,000 | 10,000 | 0 | 0 | 0 | `late-rows` |',
    );
    expect(text).toContain('| kills at system calls | 160 | not run |  |  |  | `system-call` |');
  });

  it('names what was not run, and counts a try for each fault at least', () => {
    const text = faultTable([
      result('disk', { notRun: ['no | mount'] }),
      result('kill', { faults: 3, acknowledged: 2, broken: ['b'] }),
    ]);
    expect(text).toContain('| `disk` | what disk does; not run: no \\| mount | 0 | 0 | 0 | 0 | 0 | 0 | 12 |');
    expect(text).toContain('| `kill` | what kill does | 3 | 3 | 2 | 0 | 1 | 0 | 12 |');
    expect(kindTable([result('redis', { kinds: { frozen: 4 } })])).toContain('| `redis` | frozen | 4 |');
    expect(runNotes([result('redis', {})])).toContain(
      '- `npm run torture -- --fault redis --seed 7 --share 0.5 --minutes 600`: 2026-01-14 14:24Z, commit aaaaaaaaaaaa, load 1.5',
    );
    expect(findingList([result('redis', {}), result('disk', { drift: ['a\nb'] })])).toBe('- `disk`: a b');
    expect(table([result('disk', { notRun: ['no mount'] })])).toContain('disk (not run)');
  });

  it('changes what stands between its marks, and nothing else', () => {
    const page = 'a\n<!-- begin x -->\nold\n<!-- end x -->\nb\n';
    const once = withPart(page, 'x', 'new');
    expect(once).toBe('a\n<!-- begin x -->\n\nnew\n\n<!-- end x -->\nb\n');
    expect(withPart(once, 'x', 'new')).toBe(once);
    expect(() => withPart(page, 'y', 'new')).toThrow("lost the lines '<!-- begin y -->'");
  });

  it('is made from the figures that lie beside it', () => {
    const page = readFileSync(join(ROOT, 'docs/proofs.md'), 'utf8');
    const file = join(ROOT, 'docs/torture.json');
    const results = readResults(file);
    for (const part of [figureTable, faultTable, findingList, kindTable, runNotes].map((make) =>
      make(results),
    ))
      expect(page).toContain(part);
  });
});

describe('results of several runs', () => {
  it('replace those of the same scenarios and leave the others, in the order of the scenarios', () => {
    const folder = mkdtempSync(join(os.tmpdir(), 'maven-torture-results-'));
    const file = join(folder, 'deep/torture.json');
    const order = ['kill', 'redis', 'disk'];
    writeResults(file, [result('disk', { faults: 1 }), result('redis', { faults: 2 })], order);
    writeResults(file, [result('disk', { faults: 5 }), result('kill', { faults: 3 })], order);
    expect(readResults(file).map(({ fault, faults }) => [fault, faults])).toEqual([
      ['kill', 3],
      ['redis', 2],
      ['disk', 5],
    ]);
    removeFolder(folder);
  });
});
