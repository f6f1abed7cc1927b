import { compareDecimals } from '../../../parsers/decimal-arithmetic.js';
import type { EquityRow } from './snapshot-store.js';

/** One snapshot on a chart; exact decimal text. */
export interface EquityPoint {
  readonly at: string;
  readonly equity_usd: string;
  /** P&L since the first snapshot as this one states it; null = not known. */
  readonly pnl_all_time_usd: string | null;
  readonly quality: string;
  /** True = at least one snapshot that was due before this one is missing: what was in between is not known. */
  readonly gap_before: boolean;
  readonly artifact: string;
}

/** Later than this part of the interval after the one before, a snapshot in between is missing. */
const GAP_OF_INTERVAL = 1.5;

/** @param rows - oldest first; one without equity is no point. */
export function equityPoints(rows: readonly EquityRow[], intervalSeconds: number): readonly EquityPoint[] {
  const points: EquityPoint[] = [];
  let before: string | null = null;
  for (const row of rows) {
    if (row.total_value_usd === null) continue;
    points.push({
      at: row.snapshot_at,
      equity_usd: row.total_value_usd,
      pnl_all_time_usd: row.pnl_all_time,
      quality: row.quality,
      gap_before:
        before !== null && secondsBetween(before, row.snapshot_at) > GAP_OF_INTERVAL * intervalSeconds,
      artifact: row.git_path,
    });
    before = row.snapshot_at;
  }
  return points;
}

/**
 * Leaves out points where there are more than can be seen: of each stretch of time the first, the last, the least and
 * the greatest equity stay, so that no peak or trough is lost.
 *
 * Takes nothing from chance: the same points give the same choice. A gap before a point that is left out stands before
 * the next that stays.
 *
 * @param maxPoints - from 8.
 */
export function thinOut(points: readonly EquityPoint[], maxPoints: number): readonly EquityPoint[] {
  const [first] = points;
  const last = points.at(-1);
  if (points.length <= maxPoints || first === undefined || last === undefined) return points;
  const stretches = Math.floor(maxPoints / 4);
  const start = Date.parse(first.at);
  const width = (Date.parse(last.at) - start + 1) / stretches;
  const groups = new Map<number, number[]>();
  for (const [index, { at }] of points.entries()) {
    const stretch = Math.floor((Date.parse(at) - start) / width);
    const group = groups.get(stretch);
    if (group === undefined) groups.set(stretch, [index]);
    else group.push(index);
  }
  const kept = [...groups.values()].flatMap((group) => outstanding(points, group));
  return withGaps(points, kept);
}

function outstanding(points: readonly EquityPoint[], group: readonly number[]): readonly number[] {
  const equity = (index: number): string => points[index]?.equity_usd ?? '0';
  const [first = 0] = group;
  let [least, greatest] = [first, first];
  for (const index of group) {
    if (compareDecimals(equity(index), equity(least)) < 0) least = index;
    if (compareDecimals(equity(index), equity(greatest)) > 0) greatest = index;
  }
  const chosen = new Set([first, least, greatest, group.at(-1) ?? first]);
  return [...chosen].sort((left, right) => left - right);
}

function withGaps(points: readonly EquityPoint[], kept: readonly number[]): readonly EquityPoint[] {
  let next = 0;
  return kept.flatMap((index) => {
    const point = points[index];
    const gap = points.slice(next, index + 1).some(({ gap_before }) => gap_before);
    next = index + 1;
    return point === undefined ? [] : [{ ...point, gap_before: gap }];
  });
}

function secondsBetween(earlier: string, later: string): number {
  return (Date.parse(later) - Date.parse(earlier)) / 1000;
}
