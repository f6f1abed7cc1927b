import type { TopLevelSpec } from 'vega-lite';
import { renderSvg } from '../../src/cli/charts/render-svg.js';
import type { BenchResults, GrowthRow } from './results.js';

interface PlotPoint {
  readonly trades: number;
  readonly value: number;
  readonly command: string;
  readonly kind: 'should be flat' | 'of course grows';
}

/**
 * Draws time and memory of each command against the number of trades, both axes logarithmic: what is flat lies level, what
 * grows with N rises by one for one.
 *
 * @returns null when nothing was measured at two sizes.
 */
export async function growthPlot({ groups }: BenchResults): Promise<string | null> {
  const rows = groups.flatMap(({ growth }) => growth);
  const times = rows.flatMap((row) => pointsOf(row, ({ seconds }) => seconds.median));
  const memory = rows.flatMap((row) => pointsOf(row, ({ peakMiB }) => peakMiB));
  if (new Set(times.map(({ trades }) => trades)).size < 2) return null;
  return `${await renderSvg(plotSpec(times, memory))}\n`;
}

/** @returns the points at the largest number of decisions, so that only trades differ along a line. */
function pointsOf(
  row: GrowthRow,
  pick: (point: GrowthRow['points'][number]) => number | null,
): readonly PlotPoint[] {
  const most = Math.max(...row.points.map(({ decisions }) => decisions));
  return row.points.flatMap((point) => {
    const value = pick(point);
    if (point.decisions !== most || value === null) return [];
    const command = row.database === 'none' ? row.what : `${row.what} (${row.database})`;
    return [
      {
        trades: point.trades,
        value,
        command,
        kind: row.goal === null ? 'of course grows' : 'should be flat',
      },
    ];
  });
}

function plotSpec(times: readonly PlotPoint[], memory: readonly PlotPoint[]): TopLevelSpec {
  const panel = (values: readonly PlotPoint[], title: string) => ({
    width: 420,
    height: 380,
    data: { values: [...values] },
    mark: { type: 'line' as const, point: true },
    encoding: {
      x: {
        field: 'trades',
        type: 'quantitative' as const,
        title: 'Trades in the ledger',
        scale: { type: 'log' as const },
        axis: { format: '~s', values: [...new Set(values.map(({ trades }) => trades))] },
      },
      y: {
        field: 'value',
        type: 'quantitative' as const,
        title,
        scale: { type: 'log' as const },
        axis: { format: '~r' },
      },
      color: {
        field: 'command',
        type: 'nominal' as const,
        scale: { scheme: 'tableau20' as const },
        legend: { title: 'Command', labelLimit: 320, symbolLimit: 60 },
      },
      strokeDash: {
        field: 'kind',
        type: 'nominal' as const,
        scale: {
          domain: ['should be flat', 'of course grows'],
          range: [
            [1, 0],
            [5, 3],
          ],
        },
        legend: { title: 'Kind' },
      },
    },
  });
  return {
    background: '#ffffff',
    padding: 16,
    title: { text: 'Cost against size', anchor: 'start' },
    hconcat: [panel(times, 'Seconds, median'), panel(memory, 'Peak memory (MiB)')],
    config: { font: 'system-ui, -apple-system, Segoe UI, Helvetica, Arial, sans-serif', aria: false },
  };
}
