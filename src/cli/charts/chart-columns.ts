import type { EquityPoint } from '../../index.js';

/** A stretch of neighbouring columns that is drawn in one stroke. */
export interface ChartRun {
  readonly column: number;
  /** One a column. */
  readonly values: readonly number[];
}

/** Where a chart begins and ends; milliseconds since 1970. */
export interface ChartSpan {
  readonly from: number;
  readonly to: number;
}

interface Placed {
  readonly column: number;
  readonly value: number;
  readonly gapBefore: boolean;
}

/** @returns the column of a time, from 0. */
export function columnOf(time: number, { from, to }: ChartSpan, columns: number): number {
  return to <= from ? 0 : Math.round(((time - from) / (to - from)) * (columns - 1));
}

/**
 * Puts points into columns.
 *
 * Of each two columns with several points the least and the greatest are drawn, in the order in which they came: no peak
 * is lost. Between points that follow each other the columns are filled in; over a gap nothing is, so that a line means
 * that snapshots say so.
 *
 * @param height - of a point, in any unit.
 */
export function chartRuns(
  points: readonly EquityPoint[],
  span: ChartSpan,
  columns: number,
  height: (point: EquityPoint) => number,
): readonly ChartRun[] {
  const pairs = new Map<number, EquityPoint[]>();
  for (const point of points) {
    const pair = Math.floor(columnOf(Date.parse(point.at), span, columns) / 2);
    const inside = pairs.get(pair);
    if (inside === undefined) pairs.set(pair, [point]);
    else inside.push(point);
  }
  const placed = [...pairs].flatMap(([pair, inside]) => placePair(pair, inside, span, columns, height));
  return connect(placed);
}

function placePair(
  pair: number,
  inside: readonly EquityPoint[],
  span: ChartSpan,
  columns: number,
  height: (point: EquityPoint) => number,
): readonly Placed[] {
  const heights = inside.map(height);
  const least = heights.indexOf(Math.min(...heights));
  const greatest = heights.lastIndexOf(Math.max(...heights));
  const [first, second] = [Math.min(least, greatest), Math.max(least, greatest)];
  const gap = (start: number, end: number): boolean =>
    inside.slice(start, end).some(({ gap_before }) => gap_before);
  const at = (index: number): number => heights[index] ?? 0;
  const [only] = inside;
  if (only !== undefined && inside.length === 1)
    return [
      {
        column: columnOf(Date.parse(only.at), span, columns),
        value: at(0),
        gapBefore: only.gap_before,
      },
    ];
  return [
    { column: 2 * pair, value: at(first), gapBefore: inside[0]?.gap_before ?? false },
    { column: Math.min(2 * pair + 1, columns - 1), value: at(second), gapBefore: gap(1, inside.length) },
  ];
}

function connect(placed: readonly Placed[]): readonly ChartRun[] {
  const runs: { readonly column: number; readonly values: number[] }[] = [];
  let before: Placed | null = null;
  for (const point of placed) {
    const run = runs.at(-1);
    if (run === undefined || before === null || point.gapBefore)
      runs.push({ column: point.column, values: [point.value] });
    else {
      const distance = point.column - before.column;
      for (let step = 1; step <= distance; step += 1)
        run.values.push(before.value + ((point.value - before.value) * step) / distance);
    }
    before = point;
  }
  return runs;
}
