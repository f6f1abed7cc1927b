import { describe, expect, it } from 'vitest';
import { svgChart } from '../../../src/cli/charts/svg-chart.js';
import { flowMarks, strokesOf } from '../../../src/cli/charts/svg-data.js';
import { placeLabels } from '../../../src/cli/charts/svg-labels.js';
import { CHART_COLOURS } from '../../../src/cli/charts/svg-theme.js';
import { hour } from '../../projection/snapshot-fixtures.js';
import { series } from './series.js';

const SOME = series(
  [
    { hours: 0, equity: '100', pnl: null },
    { hours: 1, equity: '110', pnl: '10' },
    { hours: 9, equity: '90', pnl: '-10', gap: true },
    { hours: 20, equity: '95', pnl: '-5', gap: true },
    { hours: 21, equity: '96', pnl: '-4' },
  ],
  {
    flows: [
      { at: hour(9), amount_usd: '-25.005', artifact: 'a' },
      { at: hour(20), amount_usd: '12', artifact: 'b' },
    ],
  },
);

/** What is shown, in the order of the file. */
function textsOf(svg: string): readonly string[] {
  return [...svg.matchAll(/<t(?:ext|span)[^>]*>([^<]+)/g)].map(([, text]) => text ?? '');
}

describe('strokesOf', () => {
  it('breaks the line where snapshots are missing, and joins the gap by another one', () => {
    const { lines, alone } = strokesOf(SOME.points, ({ equity_usd }) => equity_usd);
    const of = (kind: string) =>
      lines
        .filter(({ line }) => line === kind)
        .map(({ time, usd }) => [(time - Date.parse(hour(0))) / 3_600_000, usd]);
    expect(of('snapshots')).toEqual([
      [0, 100],
      [1, 110],
      [5, null],
      [9, 90],
      [14.5, null],
      [20, 95],
      [21, 96],
    ]);
    expect(of('gap: not known')).toEqual([
      [1, 110],
      [9, 90],
      [20, 95],
    ]);
    expect(alone.map(({ usd }) => usd)).toEqual([90]);
  });

  it('takes an amount that is not known for a gap', () => {
    const { lines, alone } = strokesOf(SOME.points, ({ equity_usd: usd }) =>
      usd === '96' || usd === '90' ? null : usd,
    );
    expect(lines.filter(({ line }) => line !== 'snapshots').map(({ usd }) => usd)).toEqual([110, 95]);
    expect(alone.map(({ usd }) => usd)).toEqual([95]);
    expect(strokesOf(SOME.points, () => null)).toEqual({ lines: [], alone: [] });
  });

  it('names flows by what they are', () => {
    expect(flowMarks(SOME.flows, (amount) => amount).map(({ flow, label }) => [flow, label])).toEqual([
      ['withdrawal', 'withdrawal 25.005'],
      ['deposit', 'deposit 12'],
    ]);
  });
});

describe('placeLabels', () => {
  const mark = (time: number) => ({ time, flow: 'deposit', label: 'deposit 1.00' }) as const;
  const place = (...times: readonly number[]) => {
    const { right, left } = placeLabels(times.map(mark), { from: 0, to: 1000, width: 1000 });
    return [right.map(({ time }) => time), left.map(({ time }) => time)];
  };

  it('lets no label cover another, nor another mark, nor leave the chart', () => {
    expect(place(0, 500, 1000)).toEqual([[0, 500], [1000]]);
    expect(place(0, 50)).toEqual([[50], []]);
    expect(place(200, 220, 240, 999)).toEqual([[240], [200, 999]]);
    expect(place(10, 20, 30, 40, 50, 60).flat()).toEqual([60]);
    expect(place()).toEqual([[], []]);
  });
});

describe('svgChart', () => {
  it('is one file with titles, units, flows and gaps, that loads and runs nothing', async () => {
    const svg = await svgChart(SOME);
    expect(svg).toMatch(
      /^<svg [^>]*width="\d+" height="\d+" viewBox=[^>]*role="img" aria-label="Portfolio of/,
    );
    expect(svg).toMatch(/<\/svg>\n$/);
    expect(textsOf(svg)).toEqual(
      expect.arrayContaining([
        'Equity (USD)',
        'P&amp;L since the start (USD)',
        'Time (UTC)',
        'withdrawal 25.01',
        'deposit 12.00',
        'snapshots',
        'gap: not known',
        `Portfolio of hyperliquid ${SOME.account}`,
        'as of 2026-01-14 21:00:00Z, revision abcdef012345',
        '5 snapshots, 2 gaps',
        '▲ 1 deposit  ▼ 1 withdrawal',
      ]),
    );
    expect(svg).not.toMatch(/<script|<image|href="|url\(|@import|<foreignObject|NaN/);
    expect(await svgChart(SOME)).toBe(svg);
  });

  it('has every colour in a light and a dark form, and no other colour', async () => {
    const svg = await svgChart(SOME);
    const light = Object.values(CHART_COLOURS).map((colour) => colour.light as string);
    expect(new Set(light).size).toBe(light.length);
    const body = svg.replace(/<style>.*<\/style>/, '');
    const used = [...body.matchAll(/(?:fill|stroke)="([^"]+)"/g)].map(([, colour]) => colour ?? '');
    expect(used.filter((colour) => !['none', 'transparent', ...light].includes(colour))).toEqual([]);
    expect(svg).toContain(`@media (prefers-color-scheme:dark){[fill="${CHART_COLOURS.ground.light}"]`);
  });

  it('shows hostile text, and obeys none of it', async () => {
    const account = `</text><script>alert("1")</script>&amp;\u202e\ufffe'"`;
    const svg = await svgChart({ ...SOME, account, feed: '{"signal":"x"}' });
    expect(svg).not.toMatch(/<script|[\u0000-\u0008\u202e\ufffe]/);
    expect(textsOf(svg).join('\n')).toContain('&lt;script&gt;');
    expect(svg.split('\n')[0]).toMatch(/aria-label="[^"<>]*"/);
  });

  it('draws what is hard to draw: one snapshot, nothing of P&L, huge and tiny amounts, many flows', async () => {
    const one = await svgChart(series([{ hours: 0, equity: '0.000000000000000001' }]));
    expect(one).not.toContain('NaN');
    expect(textsOf(one)).toEqual(
      expect.arrayContaining(['1 snapshot', 'not known: no snapshot of this stretch states it']),
    );
    const huge = await svgChart(
      series([
        { hours: 0, equity: '-99999999999999999999.99', pnl: '0' },
        { hours: 1, equity: '99999999999999999999.99', pnl: '199999999999999999999.98' },
      ]),
    );
    expect(huge).not.toContain('NaN');
    const flows = Array.from({ length: 11 }, (_, index) => ({
      at: hour(index),
      amount_usd: '1',
      artifact: 'a',
    }));
    const many = textsOf(await svgChart({ ...SOME, flows }));
    expect(many).toContain('▲ 11 deposits  ▼ 0 withdrawals');
    expect(many.filter((text) => text === 'deposit 1.00')).toHaveLength(1);
  });
});
