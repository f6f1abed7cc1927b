import type { TopLevelSpec } from 'vega-lite';
import { renderSvg } from '../../src/cli/charts/render-svg.js';
import type { BenchResults, GrowthPoint, GrowthRow } from './results.js';

interface PlotPoint {
  readonly trades: number;
  readonly value: number;
  readonly command: string;
  readonly kind: 'should be flat' | 'of course grows';
}

const DATABASE_NAMES = { postgres: 'Postgres', embedded: 'Embedded database' } as const;

/**
 * Draws time and memory of each command against the number of trades, both axes logarithmic: what is flat lies level, what
 * grows with N rises by one for one. A row of panels for each database.
 *
 * @returns null when nothing was measured at two sizes.
 */
export async function growthPlot({ groups }: BenchResults): Promise<string | null> {
  const rows = groups.flatMap(({ growth }) => growth);
  const sizes = new Set(rows.flatMap(({ points }) => points.map(({ trades }) => trades)));
  if (sizes.size < 2) return null;
  const kinds = (['postgres', 'embedded'] as const).filter((kind) =>
    rows.some(({ database }) => database === kind),
  );
  const panels = kinds.map((kind) => {
    const measured = rows.filter(({ database }) => database === kind);
    const name = DATABASE_NAMES[kind];
    return [
      panel(pointsOf(measured, timeOf), `${name}: time, median (s)`),
      panel(pointsOf(measured, memoryOf), `${name}: peak memory (MiB)`),
    ];
  });
  return `${await renderSvg(plotSpec(panels))}\n`;
}

function timeOf({ seconds }: GrowthPoint): number {
  return seconds.median;
}

function memoryOf({ peakMiB }: GrowthPoint): number | null {
  return peakMiB;
}

/** @returns the points at the largest number of decisions, so that only trades differ along a line. */
function pointsOf(
  rows: readonly GrowthRow[],
  measure: (point: GrowthPoint) => number | null,
): readonly PlotPoint[] {
  return rows.flatMap(({ what, goal, points }) => {
    const most = Math.max(...points.map(({ decisions }) => decisions));
    const kind = goal === null ? 'of course grows' : 'should be flat';
    return points.flatMap((point) => {
      const value = measure(point);
      if (point.decisions !== most || value === null) return [];
      return [{ trades: point.trades, value, command: what, kind }] as const;
    });
  });
}

type Panel = Extract<TopLevelSpec, { hconcat: unknown }>['hconcat'][number];

function panel(values: readonly PlotPoint[], title: string): Panel {
  return {
    width: 420,
    height: 380,
    data: { values: [...values] },
    mark: { type: 'line', point: true },
    encoding: {
      x: {
        field: 'trades',
        type: 'quantitative',
        title: 'Trades in the ledger',
        scale: { type: 'log' },
        axis: { format: '~s', values: [...new Set(values.map(({ trades }) => trades))] },
      },
      y: {
        field: 'value',
        type: 'quantitative',
        title,
        scale: { type: 'log' },
        axis: { format: '~r', tickCount: 6 },
      },
      color: {
        field: 'command',
        type: 'nominal',
        scale: { scheme: 'tableau20' },
        legend: { title: 'Command', labelLimit: 400, symbolLimit: 60 },
      },
      strokeDash: {
        field: 'kind',
        type: 'nominal',
        scale: {
          domain: ['should be flat', 'of course grows'],
          range: [
            [1, 0],
            [5, 3],
          ],
        },
        legend: { title: 'Kind', symbolType: 'stroke', symbolSize: 400, symbolStrokeColor: '#59636e' },
      },
    },
  };
}

function plotSpec(panels: readonly (readonly Panel[])[]): TopLevelSpec {
  return {
    background: '#ffffff',
    padding: 16,
    title: { text: 'Cost against size', anchor: 'start' },
    vconcat: panels.map((row) => ({ hconcat: [...row] })),
    config: {
      font: 'system-ui, -apple-system, Segoe UI, Helvetica, Arial, sans-serif',
      aria: false,
      axis: { gridColor: '#e3e7eb' },
      legend: { labelLimit: 400 },
    },
  };
}
