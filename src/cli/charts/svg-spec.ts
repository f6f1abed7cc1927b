import type { Config, TopLevelSpec } from 'vega-lite';
import { CHART_CONFIG } from './chart-config.js';
import type { FlowMark, StrokePoint, Strokes } from './svg-data.js';
import { placeLabels } from './svg-labels.js';
import { CHART_COLOURS } from './svg-theme.js';

export interface SvgChart {
  readonly title: string;
  readonly subtitle: readonly string[];
  /** The stretch of time, milliseconds since 1970. */
  readonly from: number;
  readonly to: number;
  readonly equity: Strokes;
  readonly pnl: Strokes;
  readonly flows: readonly FlowMark[];
}

const WIDTH = 860;
const EQUITY_HEIGHT = 260;
const PNL_HEIGHT = 160;
const DAYS_WITH_HOURS = 3;
const HUGE_USD = 1e12;
const TINY_USD = 1e-3;
const { ground, ink, quiet, grid, zero, equity, pnl, deposit, withdrawal } = CHART_COLOURS;

/** Describes the chart of equity above and P&L below, on one axis of time. */
export function chartSpec(chart: SvgChart): TopLevelSpec {
  return {
    title: { text: chart.title, subtitle: [...chart.subtitle], anchor: 'start', frame: 'group', offset: 14 },
    background: ground.light,
    padding: 16,
    spacing: 24,
    bounds: 'flush',
    resolve: { scale: { strokeDash: 'independent' } },
    vconcat: [equityPanel(chart), pnlPanel(chart)],
    config: CONFIG,
  };
}

type Panel = Extract<TopLevelSpec, { vconcat: unknown }>['vconcat'][number];

function equityPanel(chart: SvgChart): Panel {
  const time = timeOf(chart, false);
  return {
    width: WIDTH,
    height: EQUITY_HEIGHT,
    layer: [
      ...flowLayers(chart, time),
      ...curve(chart, chart.equity, equity.light, { title: 'Equity (USD)', zero: false, time }),
    ],
  } as Panel;
}

/** A line through the panel, a triangle on its ground and, where there is room, what it was. */
function flowLayers({ flows, from, to }: SvgChart, time: ReturnType<typeof timeOf>): readonly Panel[] {
  if (flows.length === 0) return [];
  const kinds = ['deposit', 'withdrawal'];
  const colour = {
    field: 'flow',
    type: 'nominal',
    scale: { domain: kinds, range: [deposit.light, withdrawal.light] },
    legend: null,
  };
  const shape = {
    field: 'flow',
    type: 'nominal',
    scale: { domain: kinds, range: ['triangle-up', 'triangle-down'] },
    legend: null,
  };
  const y = { value: EQUITY_HEIGHT - 8 };
  const label = (align: 'left' | 'right', marks: readonly FlowMark[]) => ({
    data: { values: [...marks] },
    mark: { type: 'text', align, dx: align === 'left' ? 8 : -8, dy: 1, fontSize: 12 },
    encoding: { x: time, y, text: { field: 'label' }, color: colour },
  });
  const labels = placeLabels(flows, { from, to, width: WIDTH });
  return [
    {
      data: { values: [...flows] },
      mark: { type: 'rule', strokeDash: [2, 3], strokeWidth: 1 },
      encoding: { x: time, color: colour },
    },
    {
      data: { values: [...flows] },
      mark: { type: 'point', filled: true, size: 90, opacity: 1 },
      encoding: { x: time, y, color: colour, shape },
    },
    label('left', labels.right),
    label('right', labels.left),
  ] as Panel[];
}

function pnlPanel(chart: SvgChart): Panel {
  const time = timeOf(chart, true);
  return {
    width: WIDTH,
    height: PNL_HEIGHT,
    layer: [
      ...(chart.pnl.lines.length === 0 ? [notKnown()] : []),
      ...curve(chart, chart.pnl, pnl.light, { title: 'P&L since the start (USD)', zero: true, time }),
    ],
  } as Panel;
}

/** An empty panel must not pass for a P&L of 0. */
function notKnown(): Panel {
  return {
    data: { values: [{ text: 'not known: no snapshot of this stretch states it' }] },
    mark: { type: 'text', fontSize: 13, color: quiet.light },
    encoding: {
      x: { value: WIDTH / 2 },
      y: { value: PNL_HEIGHT / 2 - 14 },
      text: { field: 'text' },
    },
  } as Panel;
}

interface CurveOptions {
  readonly title: string;
  readonly zero: boolean;
  readonly time: ReturnType<typeof timeOf>;
}

/** The lines of one curve, dashed and faint over gaps, and its lonely snapshots. */
function curve(chart: SvgChart, { lines, alone }: Strokes, colour: string, options: CurveOptions): Panel[] {
  const usd = {
    field: 'usd',
    type: 'quantitative' as const,
    title: options.title,
    scale: { zero: options.zero, nice: true, padding: 6 },
    axis: {
      format: amountFormat(lines),
      gridColor: { condition: { test: 'datum.value === 0', value: zero.light }, value: grid.light },
    },
  };
  const gaps = [chart.equity, chart.pnl].some((curves) =>
    curves.lines.some(({ line }) => line !== 'snapshots'),
  );
  const kinds = ['snapshots', 'gap: not known'];
  return [
    {
      data: { values: [...lines] },
      mark: {
        type: 'line',
        color: colour,
        strokeWidth: 2,
        strokeJoin: 'round',
        invalid: 'break-paths-show-path-domains',
      },
      encoding: {
        x: options.time,
        y: usd,
        strokeDash: {
          field: 'line',
          type: 'nominal',
          scale: {
            domain: kinds,
            range: [
              [1, 0],
              [3, 4],
            ],
          },
          legend:
            gaps && !options.zero ? { title: null, symbolStrokeColor: quiet.light, symbolSize: 260 } : null,
        },
        opacity: { condition: { test: "datum.line !== 'snapshots'", value: 0.55 }, value: 1 },
        strokeWidth: { condition: { test: "datum.line !== 'snapshots'", value: 1.2 }, value: 2 },
      },
    },
    {
      data: { values: [...alone] },
      mark: { type: 'circle', color: colour, size: 24, opacity: 1 },
      encoding: { x: options.time, y: usd },
    },
  ] as Panel[];
}

/** Amounts that would not fit as digits are written as powers of ten; otherwise vega chooses by the distance of ticks. */
function amountFormat(lines: readonly StrokePoint[]): string | undefined {
  const greatest = Math.max(...lines.map(({ usd }) => Math.abs(usd ?? 0)));
  return greatest >= HUGE_USD || (greatest > 0 && greatest < TINY_USD) ? '~e' : undefined;
}

function timeOf({ from, to }: SvgChart, labelled: boolean) {
  const hours = to - from <= DAYS_WITH_HOURS * 86_400_000;
  return {
    field: 'time',
    type: 'temporal' as const,
    scale: { type: 'utc' as const, domain: [from, to] },
    title: labelled ? 'Time (UTC)' : null,
    axis: {
      format: hours ? '%m-%d %H:%M' : '%Y-%m-%d',
      tickCount: 7,
      labels: labelled,
      ticks: labelled,
    },
  };
}

const CONFIG: Config = {
  ...CHART_CONFIG,
  title: {
    color: ink.light,
    fontSize: 16,
    subtitleColor: quiet.light,
    subtitleFontSize: 12,
    subtitlePadding: 6,
  },
  axis: {
    ...CHART_CONFIG.axis,
    titleFontSize: 12,
    titleFontWeight: 'normal',
    titlePadding: 10,
  },
  // One width for both, so that the two panels stand on one axis of time.
  axisY: { ...CHART_CONFIG.axisY, minExtent: 76, labelLimit: 220, labelPadding: 8 },
  legend: {
    labelColor: quiet.light,
    labelFontSize: 12,
    orient: 'top',
    direction: 'horizontal',
    columnPadding: 20,
  },
};
