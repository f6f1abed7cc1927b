import asciichart from 'asciichart';
import {
  compareDecimals,
  divideDecimals,
  type EquitySeries,
  multiplyDecimals,
  roundDecimal,
  subtractDecimals,
} from '../../index.js';
import { type ChartSpan, chartRuns, columnOf } from './chart-columns.js';
import { timeTicks } from './time-ticks.js';

export interface TerminalChart {
  /** The width of the terminal. */
  readonly width: number;
  /** Rows of the plot. */
  readonly height: number;
}

const LEAST_COLUMNS = 16;
const TICK_WIDTH = 14;
const DOT = '•';

/**
 * Draws equity as lines of text, no line wider than the terminal where that has room for numbers and sixteen columns.
 *
 * A stretch without snapshots stays empty, one snapshot alone is a dot. Below the axis stand external flows.
 *
 * @param series - with at least one point.
 */
export function terminalChart(series: EquitySeries, { width, height }: TerminalChart): readonly string[] {
  const equities = series.points.map(({ equity_usd }) => equity_usd);
  const [least, greatest] = extremes(equities);
  const range = subtractDecimals(greatest, least);
  const rows = /[1-9]/.test(range) ? height : 0;
  const labels = rowLabels(greatest, range, rows);
  const margin = Math.max(...labels.map(({ length }) => length));
  const columns = Math.max(LEAST_COLUMNS, width - margin - 2);
  const span = spanOf(series);
  // Heights are counted from the least value, exactly, before they become floats: 1e20 and a cent more are two rows.
  const scale = Number(range);
  const runs = chartRuns(series.points, span, columns, ({ equity_usd }) =>
    rows === 0 ? 0 : (Number(subtractDecimals(equity_usd, least)) / scale) * rows,
  );
  const grid = Array.from({ length: rows + 1 }, () => new Array<string>(columns).fill(' '));
  for (const { column, values } of runs) draw(grid, column, values);
  return [
    ...grid.map((cells, row) => `${(labels[row] ?? '').padStart(margin)} ┤${cells.join('').trimEnd()}`),
    ...timeAxis(span, columns).map((line) => `${' '.repeat(margin + 1)}${line}`),
    ...flowMarks(series, span, columns).map((line) => `${' '.repeat(margin + 2)}${line}`),
  ];
}

function extremes(values: readonly string[]): readonly [least: string, greatest: string] {
  let [least = '0', greatest = '0'] = [values[0], values[0]];
  for (const value of values) {
    if (compareDecimals(value, least) < 0) least = value;
    if (compareDecimals(value, greatest) > 0) greatest = value;
  }
  return [least, greatest];
}

/** What the rows stand for, from the top: cents, or as many places as tell one row from the next. */
function rowLabels(greatest: string, range: string, rows: number): readonly string[] {
  const step = Number(range) / Math.max(1, rows);
  const places = step > 0 ? Math.min(18, Math.max(2, Math.ceil(-Math.log10(step)) + 1)) : 2;
  return Array.from({ length: rows + 1 }, (_, row) => {
    if (row === 0) return roundDecimal(greatest, places);
    const below = divideDecimals(multiplyDecimals(range, String(row)), String(rows), places + 2);
    return roundDecimal(subtractDecimals(greatest, below), places);
  });
}

function spanOf({ from, to, points }: EquitySeries): ChartSpan {
  const [first, last] = [points[0]?.at ?? '', points.at(-1)?.at ?? ''];
  return { from: Date.parse(from ?? first), to: Date.parse(to ?? last) };
}

/** Draws one stroke; asciichart knows no gaps, so each is a chart of its own. */
function draw(grid: string[][], column: number, values: readonly number[]): void {
  const rows = grid.length - 1;
  // The last value again: asciichart draws the ways from one value to the next.
  const plot = asciichart.plot([...values, values.at(-1) ?? 0], {
    min: 0,
    max: rows,
    height: rows,
    offset: 2,
    format: () => ' ',
  });
  for (const [row, line] of plot.split('\n').entries()) {
    for (const [index, cell] of [...line].slice(2).entries()) {
      const cells = grid[row];
      if (cells === undefined || cell === ' ' || column + index >= cells.length) continue;
      cells[column + index] = values.length === 1 ? DOT : cell;
    }
  }
}

function timeAxis(span: ChartSpan, columns: number): readonly string[] {
  const axis = new Array<string>(columns).fill('─');
  let labels = '';
  for (const { time, label } of timeTicks(span, Math.max(1, Math.floor(columns / TICK_WIDTH)))) {
    const column = columnOf(time, span, columns);
    const start = Math.min(Math.max(0, column - Math.floor(label.length / 2)), columns - label.length);
    if (start < 0 || (labels !== '' && start < labels.length + 2)) continue;
    axis[column] = '┬';
    labels = labels.padEnd(start) + label;
  }
  return [`└${axis.join('')}`, ` ${labels}`];
}

/** `▲` money came in, `▼` money went out, `◆` both within one column. */
function flowMarks({ flows }: EquitySeries, span: ChartSpan, columns: number): readonly string[] {
  if (flows.length === 0) return [];
  const marks = new Array<string>(columns).fill(' ');
  for (const { at, amount_usd } of flows) {
    const column = columnOf(Date.parse(at), span, columns);
    const mark = amount_usd.startsWith('-') ? '▼' : '▲';
    marks[column] = marks[column] === ' ' || marks[column] === mark ? mark : '◆';
  }
  return [marks.join('').trimEnd()];
}
