import type { TopLevelSpec } from 'vega-lite';
import type { DrawdownDay, EarnedDay, EquitySeries } from '../../index.js';
import { CHART_CONFIG } from '../charts/chart-config.js';
import { type StrokePoint, strokesOf } from '../charts/svg-data.js';
import { CHART_COLOURS } from '../charts/svg-theme.js';

/** How large a chart is drawn: for a screen, and for a telephone. */
export const CHART_SIZES = {
  wide: { width: 1040, height: 240, ticks: 8 },
  narrow: { width: 400, height: 220, ticks: 4 },
} as const;

export type ChartSize = (typeof CHART_SIZES)[keyof typeof CHART_SIZES];

/** A point on paper, no amount: a float will do. */
interface Place {
  readonly time: number;
  readonly usd: number | null;
}

const { grid, zero, equity, pnl, deposit, withdrawal } = CHART_COLOURS;
const DAY_MS = 86_400_000;
const HUGE_USD = 1e12;

/** Equity as snapshots state it, dashed over gaps, with deposits and withdrawals. */
export function equitySpec(series: EquitySeries, size: ChartSize): TopLevelSpec {
  const { lines, alone } = strokesOf(series.points, ({ equity_usd: usd }) => usd);
  const gaps = lines.filter(({ line }) => line !== 'snapshots');
  const times = series.points.map(({ at }) => Date.parse(at));
  const x = timeAxis(spanOf(times), size);
  const y = amountAxis(lines.length === 0 ? alone : lines, false);
  const flow = (amount: 'deposit' | 'withdrawal') => ({
    data: {
      values: series.flows
        .filter(({ amount_usd: usd }) => usd.startsWith('-') === (amount === 'withdrawal'))
        .map(({ at }) => ({ time: Date.parse(at) })),
    },
    mark: {
      type: 'point',
      filled: true,
      opacity: 1,
      size: 70,
      shape: amount === 'deposit' ? 'triangle-up' : 'triangle-down',
      color: amount === 'deposit' ? deposit.light : withdrawal.light,
    },
    encoding: { x, y: { value: size.height - 46 } },
  });
  return chart(size, [
    lineLayer(
      lines.filter(({ line }) => line === 'snapshots'),
      equity.light,
      x,
      y,
    ),
    {
      ...lineLayer(gaps, equity.light, x, y),
      mark: { ...LINE, color: equity.light, strokeDash: [2, 4], strokeWidth: 1.2 },
    },
    pointLayer(alone, equity.light, x, y),
    flow('deposit'),
    flow('withdrawal'),
  ]);
}

/** Depth below the highest point so far, drawn downwards. */
export function drawdownSpec(days: readonly DrawdownDay[], size: ChartSize): TopLevelSpec {
  const places = days.map(({ day, depth_usd: depth }) => ({ time: Date.parse(day), usd: -Number(depth) }));
  return areaChart(places, withdrawal.light, size);
}

/** Net P&L of trades since the first. */
export function earnedSpec(days: readonly EarnedDay[], size: ChartSize): TopLevelSpec {
  const places = days.map(({ day, total_usd: total }) => ({ time: Date.parse(day), usd: Number(total) }));
  return areaChart(places, pnl.light, size);
}

function areaChart(places: readonly Place[], colour: string, size: ChartSize): TopLevelSpec {
  const x = timeAxis(spanOf(places.map(({ time }) => time)), size);
  const y = amountAxis(places, true);
  const layers = [
    {
      data: { values: [...places] },
      mark: { type: 'area', color: colour, opacity: 0.13, line: false, interpolate: 'linear' },
      encoding: { x, y },
    },
    lineLayer(places, colour, x, y),
  ];
  return chart(size, places.length === 1 ? [pointLayer(places, colour, x, y)] : layers);
}

const LINE = {
  type: 'line',
  strokeWidth: 1.8,
  strokeJoin: 'round',
  invalid: 'break-paths-show-path-domains',
} as const;

function lineLayer(values: readonly (Place | StrokePoint)[], color: string, x: unknown, y: unknown) {
  return { data: { values: [...values] }, mark: { ...LINE, color }, encoding: { x, y } };
}

function pointLayer(values: readonly (Place | StrokePoint)[], color: string, x: unknown, y: unknown) {
  return {
    data: { values: [...values] },
    mark: { type: 'circle', size: 36, opacity: 1, color },
    encoding: { x, y },
  };
}

function chart({ width, height }: ChartSize, layer: readonly unknown[]): TopLevelSpec {
  return {
    width,
    height,
    autosize: { type: 'fit', contains: 'padding' },
    padding: { left: 0, right: 8, top: 6, bottom: 0 },
    background: null,
    layer,
    config: CONFIG,
  } as unknown as TopLevelSpec;
}

/** One moment stands in the middle of a day. */
function spanOf(times: readonly number[]): readonly [number, number] {
  const first = times[0] ?? 0;
  const last = times.at(-1) ?? first;
  return first < last ? [first, last] : [first - DAY_MS / 2, first + DAY_MS / 2];
}

function timeAxis([from, to]: readonly [number, number], { ticks }: ChartSize) {
  const days = (to - from) / DAY_MS;
  const format = days <= 3 ? '%m-%d %H:%M' : days <= 400 ? '%b %d' : '%b %Y';
  return {
    field: 'time',
    type: 'temporal',
    scale: { type: 'utc', domain: [from, to] },
    title: null,
    axis: { format, tickCount: ticks, labelFlush: true },
  };
}

function amountAxis(places: readonly Place[], fromZero: boolean) {
  const greatest = places.reduce((most, { usd }) => Math.max(most, Math.abs(usd ?? 0)), 0);
  return {
    field: 'usd',
    type: 'quantitative',
    title: null,
    scale: { zero: fromZero, nice: true },
    axis: {
      tickCount: 4,
      ...(greatest >= HUGE_USD ? { format: '~e' } : greatest >= 10 ? { format: ',.2~f' } : {}),
      gridColor: { condition: { test: 'datum.value === 0', value: zero.light }, value: grid.light },
    },
  };
}

const CONFIG = {
  ...CHART_CONFIG,
  axis: { ...CHART_CONFIG.axis, labelPadding: 8 },
  axisY: { ...CHART_CONFIG.axisY, labelLimit: 120 },
  axisX: { ...CHART_CONFIG.axisX, tickSize: 4 },
};
