import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderTable, type TableColumn } from '../../src/cli/output/table.js';

const COLUMNS: readonly TableColumn[] = [
  { title: 'trade' },
  { title: 'closed', spare: 2 },
  { title: 'entry', align: 'right', spare: 1 },
  { title: 'net', align: 'right' },
];
const ROW = ['moha/1', '2026-01-14', '3121.74', '-8.86'] as const;

describe('renderTable', () => {
  it('leaves out what can be spared until the terminal is wide enough, and says what', async () => {
    expect(await renderTable(COLUMNS, [ROW], 80)).toBe(
      ['  trade   closed        entry    net', '  moha/1  2026-01-14  3121.74  -8.86'].join('\n'),
    );
    expect(await renderTable(COLUMNS, [ROW], 35)).toBe(
      ['  trade     entry    net', '  moha/1  3121.74  -8.86', '  (too narrow here for: closed)'].join('\n'),
    );
    expect(await renderTable(COLUMNS, [ROW], 20)).toBe(
      ['  trade     net', '  moha/1  -8.86', '  (too narrow here for: closed, entry)'].join('\n'),
    );
  });

  it('leaves out nothing where there is no terminal, and never what cannot be spared', async () => {
    const cell = fc.stringMatching(/^[a-z0-9.]{0,30}$/);
    const rows = fc.array(fc.tuple(cell, cell, cell, cell), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(rows, fc.option(fc.integer({ min: 1, max: 120 })), async (cells, width) => {
        const text = await renderTable(COLUMNS, cells, width);
        const [head = '', ...lines] = text.split('\n');
        for (const title of ['trade', 'net']) expect(head).toContain(title);
        const told = lines.at(-1)?.startsWith('  (too narrow here for: ') === true ? lines.at(-1) : undefined;
        for (const title of ['closed', 'entry'])
          expect(head.includes(title)).toBe(told === undefined || !told.includes(title));
        if (width === null) expect(told).toBeUndefined();
        const tooWide = [head, ...lines.slice(0, cells.length)].some(
          (line) => line.length > (width ?? Infinity),
        );
        // Too wide only where nothing can be spared any more.
        if (tooWide) expect(told).toContain('closed, entry');
      }),
      { numRuns: 60 },
    );
  });
});
