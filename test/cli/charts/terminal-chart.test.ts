import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { terminalChart } from '../../../src/cli/charts/terminal-chart.js';
import { timeTicks } from '../../../src/cli/charts/time-ticks.js';
import { hour } from '../../projection/snapshot-fixtures.js';
import { type DrawnPoint, series } from './series.js';

const climb = (from: number, to: number): DrawnPoint[] =>
  Array.from({ length: to - from + 1 }, (_, index) => ({ hours: from + index, equity: String(100 + index) }));

describe('terminalChart', () => {
  it('draws one line with round times below', () => {
    expect(terminalChart(series(climb(0, 24)), { width: 50, height: 4 })).toEqual([
      '124.00 ┤                                   ╭──────',
      '118.00 ┤                         ╭─────────╯',
      '112.00 ┤              ╭──────────╯',
      '106.00 ┤    ╭─────────╯',
      '100.00 ┤────╯',
      '       └┬────────────────────┬───────────────────┬',
      '        01-14 00:00     01-14 12:00    01-15 00:00',
    ]);
  });

  it('leaves out what is not known, shows a lonely snapshot as a dot, and marks flows', () => {
    const points = [
      ...climb(0, 10),
      { hours: 20, equity: '103', gap: true },
      ...climb(30, 40).map((point, index) => ({ ...point, gap: index === 0 })),
    ];
    const flows = [
      { at: hour(20), amount_usd: '5', artifact: 'a' },
      { at: hour(30), amount_usd: '-5', artifact: 'a' },
      { at: hour(0), amount_usd: '-5', artifact: 'a' },
      { at: hour(0), amount_usd: '5', artifact: 'a' },
    ];
    const lines = terminalChart(series(points, { flows }), { width: 49, height: 5 });
    const cells = lines.map((line) => line.slice(8).padEnd(41));
    expect(cells[3]?.[20]).toBe('•');
    const columns = (from: number, to: number) =>
      cells.slice(0, 6).map((line) => line.slice(from, to).trim());
    expect(columns(11, 20).join('')).toBe('');
    expect(columns(21, 30).join('')).toBe('');
    expect(columns(30, 41).join('')).not.toBe('');
    expect(cells.at(-1)).toBe('◆                   ▲         ▼          ');
  });

  it('draws neither wider nor higher than asked, whatever the amounts', () => {
    const amount = fc.oneof(
      fc.bigInt(-(10n ** 20n) + 1n, 10n ** 20n - 1n).map((whole) => `${whole}.000000000000000001`),
      fc.bigInt(0n, 1000n).map((digits) => `99999999999999999999.${String(digits).padStart(18, '0')}`),
      fc.integer({ min: -300, max: 300 }).map(String),
      fc.constant('0'),
    );
    const drawn = fc.array(
      fc.record({ hours: fc.integer({ min: 0, max: 40 }), equity: amount, gap: fc.boolean() }),
      {
        minLength: 1,
        maxLength: 60,
      },
    );
    fc.assert(
      fc.property(
        drawn,
        fc.integer({ min: 70, max: 200 }),
        fc.integer({ min: 1, max: 20 }),
        (all, width, height) => {
          const lines = terminalChart(series(all.sort((left, right) => left.hours - right.hours)), {
            width,
            height,
          });
          expect(lines.length).toBeLessThanOrEqual(height + 3);
          for (const line of lines) expect([...line].length).toBeLessThanOrEqual(width);
          expect(lines.join('')).toMatch(/[•─╭╮╰╯│]/);
          expect(lines.join('')).not.toMatch(/NaN|Infinity|undefined/);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('reaches the greatest and the least value of many in one column', () => {
    const points = Array.from({ length: 2000 }, (_, index) => ({
      hours: index,
      equity: index === 777 ? '200' : index === 778 ? '0' : '100',
    }));
    const lines = terminalChart(series(points), { width: 60, height: 4 });
    expect(lines[0]).toMatch(/^200\.00 ┤ +[╭╮]/);
    expect(lines[4]).toMatch(/^ {2}0\.00 ┤ +[╰╯]/);
  });

  it('tells rows apart where the range is a fraction of a cent, and draws a flat line once', () => {
    const tiny = terminalChart(
      series([
        { hours: 0, equity: '100000000000000000.000000000000000001' },
        { hours: 1, equity: '100000000000000000.000000000000000005' },
      ]),
      { width: 80, height: 4 },
    );
    expect(tiny.slice(0, 5).map((line) => line.split(' ')[0]?.slice(-2))).toEqual([
      '05',
      '04',
      '03',
      '02',
      '01',
    ]);
    const flat = terminalChart(
      series([
        { hours: 0, equity: '-7.005' },
        { hours: 1, equity: '-7.0050' },
      ]),
      { width: 40, height: 9 },
    );
    expect(flat[0]).toMatch(/^-7\.01 ┤─+$/);
    expect(flat).toHaveLength(3);
  });
});

describe('timeTicks', () => {
  it('gives round times, never more than fit', () => {
    const at = (text: string) => Date.parse(text);
    const ticks = (from: string, to: string, most: number) =>
      timeTicks({ from: at(from), to: at(to) }, most).map(({ label }) => label);
    expect(ticks('2026-01-01T05:10Z', '2026-01-01T23:00Z', 3)).toEqual([
      '01-01 06:00',
      '01-01 12:00',
      '01-01 18:00',
    ]);
    expect(ticks('2026-01-01T05:10Z', '2026-01-05T23:00Z', 3)).toEqual(['2026-01-03', '2026-01-05']);
    expect(ticks('2026-01-01T05:10:30Z', '2026-01-01T05:10:30Z', 3)).toEqual(['01-01 05:10']);
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 4e12 }),
        fc.integer({ min: 0, max: 4e11 }),
        fc.nat(12),
        (from, long, most) => {
          const found = timeTicks({ from, to: from + long }, most);
          expect(found.length).toBeGreaterThan(0);
          expect(found.length).toBeLessThanOrEqual(Math.max(1, most) + 1);
        },
      ),
    );
  });
});
