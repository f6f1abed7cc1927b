import { describe, expect, it } from 'vitest';
import { groupOf, REBUILD, RUN, resultsOf, STATUS } from './sample-results.js';
import { growthTable, historyTable, notes, resultsText, secondsText, speedTable } from './tables.js';

const busy = { ...RUN, machine: { ...RUN.machine, busyPct: 40, busy: true } };

describe('tables of the bench', () => {
  it('show a ratio with both sides, its pairs, and a goal that was missed', () => {
    const table = speedTable(resultsOf(groupOf('projection', { rows: [REBUILD] })));
    expect(table.split('\n').map((line) => line.replace(/ +/g, ' '))).toEqual([
      '| what | median | memory | against | its median | ratio | of the pairs | goal |',
      expect.stringMatching(/^\| -+ \|/),
      '| rebuild of an empty Postgres | 6.22 s | 412 MiB | psql \\copy | 1.36 s | 4.56 | 4.00 to 5.38 | 1, missed |',
    ]);
    expect(new Set(table.split('\n').map((line) => line.length)).size).toBe(1);
  });

  it('mark what a busy machine gave, and say so', () => {
    const results = resultsOf(
      groupOf('projection', { rows: [REBUILD], run: busy }),
      groupOf('growth', { growth: [STATUS] }),
    );
    expect(speedTable(results)).toContain('| 4.56\\* |');
    expect(growthTable(results)).not.toContain('\\*');
    expect(notes(results)).toContain('projection: 2026-02-03');
    expect(notes(results)).toContain('40 % used by others');
    expect(notes(results)).toContain('\\* measured while others used the machine');
    expect(notes(resultsOf(groupOf('projection', { rows: [REBUILD] })))).not.toContain('\\*');
  });

  it('name what was left out, and no version of what is not installed', () => {
    const text = notes(
      resultsOf(groupOf('ledger', { leftOut: [{ what: 'rebuild', reason: 'ledger is not installed' }] })),
    );
    expect(text).toContain('- left out: rebuild (ledger is not installed)');
    expect(text).toContain('node v20.20.2');
    expect(text).not.toContain('ledger null');
  });

  it('say of each group when and of what it was measured', () => {
    const later = { ...RUN, date: '2026-03-03T00:00:00.000Z', changed: true };
    const text = notes(
      resultsOf(groupOf('start', {}), groupOf('projection', {}), groupOf('sync', { run: later })),
    );
    expect(text).toContain('- start, projection: 2026-02-03, commit 0123456789ab; 100,000 trades');
    expect(text).toContain('- sync: 2026-03-03, commit 0123456789ab with changes;');
  });

  it('show growth by size, and what it is at the largest against the smallest', () => {
    const rows = [STATUS, { ...STATUS, what: 'verify', goal: null, overDecisions: null }];
    const lines = growthTable(resultsOf(groupOf('growth', { growth: rows })))
      .split('\n')
      .map((line) => line.replace(/ +/g, ' '));
    expect(lines[0]).toBe(
      '| command | database | 10,000 trades, 100 decisions | 10,000 trades, 20,000 decisions | 1,000,000 trades, 20,000 decisions | over trades | over decisions | goal |',
    );
    expect(lines[2]).toBe(
      '| status | postgres | 150 ms, 60 MiB | 150 ms, 60 MiB | 180 ms, 66 MiB | 1.20, memory 1.10 | 1.00, memory 1.00 | 1.3 |',
    );
    expect(lines[3]).toMatch(/\| 1\.20, memory 1\.10 \| \| grows \|$/);
  });

  it('show years of commits', () => {
    const row = { commits: 525_600, state: 'packed', value: { median: 3, min: 2, max: 4 }, peakMiB: null };
    const table = historyTable(
      resultsOf(
        groupOf('history', {
          history: [
            { ...row, what: 'status', unit: 'seconds' },
            { ...row, what: 'packs', value: { median: 1200, min: 1200, max: 1200 }, unit: 'packs' },
          ],
        }),
      ),
    ).replace(/ +/g, ' ');
    expect(table).toContain('| 525,600 | packed | status | 3.00 s | 2.00 s to 4.00 s | |');
    expect(table).toContain('| 525,600 | packed | packs | 1,200 packs | | |');
  });

  it('leave out what was not measured', () => {
    const text = resultsText(resultsOf(groupOf('start', { rows: [REBUILD] })));
    expect(text).not.toContain('command');
    expect(text).not.toContain('commits');
    expect(text.endsWith('\n')).toBe(true);
  });

  it.each([
    [0.00042, '0.4 ms'],
    [0.00994, '9.9 ms'],
    [0.00999, '10 ms'],
    [0.1554, '155 ms'],
    [0.9996, '1.00 s'],
    [9.99, '9.99 s'],
    [9.999, '10.0 s'],
    [245.2, '245 s'],
  ])('write %d seconds as %s', (seconds, text) => {
    expect(secondsText(seconds)).toBe(text);
  });
});
