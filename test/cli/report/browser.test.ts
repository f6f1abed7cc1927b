import { cpSync, mkdirSync, mkdtempSync, readFileSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHART_COLOURS } from '../../../src/cli/charts/svg-theme.js';
import { reportPage } from '../../../src/cli/report/page.js';
import { openContext, type Report, type ReportOptions, report } from '../../../src/index.js';
import { generateHistory, importHistory } from '../../bench/dataset.js';
import { DAY_ONE, ledger, trade } from '../../projection/fixtures.js';
import { describeWithChromium, measurePage, takeScreenshot } from '../../support/chromium.js';
import { createServerDatabase } from '../../support/databases.js';
import { readPng } from '../../support/png.js';
import { removeFolder } from '../../support/remove-folder.js';
import { createTestRepository, type TestRepository } from '../../support/test-repository.js';
import { figure, named, readPage, textOf } from './read-page.js';

const MANY = 100_000;
const WIDTHS = [400, 1600] as const;

/** What the ledger holds, by the name of the case. */
const CASES: Readonly<Record<string, (repository: TestRepository) => Promise<void> | void>> = {
  none: (repository) => void repository.commit({ '.moha/maven/identity.json': '{"name": "Maven"}\n' }),
  one: (repository) =>
    void repository.commit({
      [DAY_ONE]: ledger(
        trade(1, {
          status: 'closed',
          positionAction: 'close',
          realizedPnlUsd: '12.5',
          closedAt: '2026-01-14T18:00:00.000000+00:00',
        }),
      ),
    }),
  history: (repository) => {
    cpSync(path.resolve(import.meta.dirname, '../../../fixtures/history'), repository.folder, {
      recursive: true,
    });
    repository.commit({});
  },
  many: (repository) =>
    importHistory(repository.folder, generateHistory({ trades: MANY, decisions: 1000, snapshots: 2000 })),
};

describeWithChromium('the report in a browser', () => {
  let folder: string;
  beforeAll(() => {
    // A place of one's own keeps the pictures, to be looked at.
    folder = process.env.MAVEN_SCREENSHOTS ?? mkdtempSync(path.join(os.tmpdir(), 'maven-test-screenshots-'));
    mkdirSync(folder, { recursive: true });
  });
  afterAll(() => {
    if (process.env.MAVEN_SCREENSHOTS === undefined) removeFolder(folder);
  });

  describe.each(Object.keys(CASES))('of a ledger with %s', (name) => {
    let told: Report;
    let page: string;
    beforeAll(async () => {
      // That rows are compared first is another test's; here it would only take long.
      told = await reportOf(async (repository) => CASES[name]?.(repository), { verify: name !== 'many' });
      page = await reportPage(told);
    }, 300_000);

    it('is small, and lies in every window without being scrolled sideways, silent and alone', async () => {
      expect(Buffer.byteLength(page)).toBeLessThan(1_500_000);
      const { measured, console } = await measurePage(page, [320, ...WIDTHS], '.chart');
      expect(console).toEqual([]);
      for (const { width, scrollWidth, scrollHeight, requests, outside, shown } of measured) {
        expect([width, scrollWidth <= width, outside, requests]).toEqual([width, true, [], []]);
        expect(scrollHeight).toBeGreaterThan(1000);
        expect(new Set(shown)).toEqual(
          new Set(
            named(readPage(page), 'svg').length === 0 ? [] : [`chart ${width < 760 ? 'narrow' : 'wide'}`],
          ),
        );
      }
    });

    it.each(WIDTHS.flatMap((width) => (['light', 'dark'] as const).map((theme) => ({ width, theme }))))(
      'can be looked at, $width pixels wide, $theme',
      async ({ width, theme }) => {
        const file = path.join(folder, `report-${name}-${width}-${theme}.png`);
        const { console } = await takeScreenshot(page, file, { width, height: 2400, theme });
        expect([console, statSync(file).size > 10_000]).toEqual([[], true]);
        const picture = readPng(readFileSync(file));
        expect([picture.width, picture.height]).toEqual([width, 2400]);
        const share = (colour: string) =>
          (picture.colours.get(colour.slice(1)) ?? 0) / (picture.width * picture.height);
        // Mostly ground, in the colour of the theme, and something on it.
        expect(share(CHART_COLOURS.ground[theme])).toBeGreaterThan(0.5);
        expect(share(CHART_COLOURS.ground[theme])).toBeLessThan(0.99);
        expect(share(CHART_COLOURS.ink[theme])).toBeGreaterThan(0.0002);
        expect(picture.colours.size).toBeGreaterThan(50);
        // The charts have changed with the page.
        const other = theme === 'light' ? 'dark' : 'light';
        if (name === 'history' && width === 1600) {
          expect(share(CHART_COLOURS.equity[theme])).toBeGreaterThan(0.0002);
          expect(share(CHART_COLOURS.equity[other])).toBeLessThan(0.0001);
        }
      },
    );

    it('tells of as many trades as there are', () => {
      const counted = { none: 0, one: 1, many: MANY }[name];
      if (counted !== undefined) expect(told.performance.totalTrades).toBe(String(counted));
      const basis = figure(readPage(page), 'Net P&L of trades, all time').basis;
      if (name === 'many') expect(basis).toMatch(/^100,000 trades, 2025-01-01 to 2025-\d\d-\d\d$/);
      if (name === 'none') expect(basis).toBe('no trade ended in the period');
      expect(textOf(readPage(page))).not.toMatch(/NaN|undefined|null|\[object/);
    });
  });

  it('keeps the longest names and amounts within a window', async () => {
    const long = 'W'.repeat(64);
    const files = {
      '.moha/maven/identity.json': `${JSON.stringify({ name: long })}\n`,
      [DAY_ONE]: ledger(
        trade(1, {
          asset: long.slice(0, 32),
          sourceBotId: long,
          status: 'closed',
          positionAction: 'close',
          realizedPnlUsd: '-99999999999999999999.999999',
          closedAt: '2026-01-14T18:00:00.000000+00:00',
        }),
        trade(2, { sourceBotId: long, sizeUsd: '99999999999999999999.123456789012345678' }),
      ),
    };
    const page = await reportPage(await reportOf((repository) => void repository.commit(files)));
    const { measured } = await measurePage(page, [320, ...WIDTHS], '.chart');
    for (const { width, scrollWidth, outside } of measured)
      expect([width, scrollWidth <= width, outside]).toEqual([width, true, []]);
    await takeScreenshot(page, path.join(folder, 'report-long-400.png'), {
      width: 400,
      height: 2400,
      theme: 'light',
    });
  });

  it('would notice what it must not have: a request, a word on the console, something too wide', async () => {
    const bad = `<!doctype html><body style="margin:0"><img src="http://127.0.0.1:1/x.png" alt="">
      <div style="width:3000px;height:20px">wide</div><script>console.error('said')</script></body>`;
    const { measured, console } = await measurePage(bad, [400], 'div');
    expect(measured[0]?.scrollWidth).toBeGreaterThan(400);
    expect(measured[0]?.outside).toHaveLength(1);
    expect(measured[0]?.requests).toEqual(['http://127.0.0.1:1/x.png']);
    expect(console.some((line) => line.includes('said'))).toBe(true);
  });
});

async function reportOf(
  fill: (repository: TestRepository) => Promise<void> | void,
  options: ReportOptions = {},
): Promise<Report> {
  const created = await createServerDatabase();
  const repository = createTestRepository();
  try {
    await fill(repository);
    const context = await openContext({
      repo: repository.folder,
      env: { MAVEN_DATABASE_URL: created.url },
      clock: () => new Date('2026-01-16T00:30:00.000Z'),
    });
    try {
      return await report(context, options);
    } finally {
      await context.close();
    }
  } finally {
    await created.drop();
    repository.remove();
  }
}
