import type { EquityFlow, EquityPoint } from '../../index.js';

export type LineKind = 'snapshots' | 'gap: not known';

/** A point of a line; floats, since these are places on paper, not amounts. Null = the line is broken here. */
export interface StrokePoint {
  readonly time: number;
  readonly usd: number | null;
  readonly line: LineKind;
}

export interface FlowMark {
  readonly time: number;
  readonly flow: 'deposit' | 'withdrawal';
  /** `deposit 2000.00`. */
  readonly label: string;
}

export interface Strokes {
  readonly lines: readonly StrokePoint[];
  /** Snapshots with nothing known on either side, which no line shows. */
  readonly alone: readonly StrokePoint[];
}

interface Known {
  readonly time: number;
  readonly usd: number;
  readonly gapBefore: boolean;
}

/**
 * Cuts a curve where snapshots are missing; over the gap goes a stroke of another kind.
 *
 * @param amount - of a point; null = not known, which is a gap too.
 */
export function strokesOf(
  points: readonly EquityPoint[],
  amount: (point: EquityPoint) => string | null,
): Strokes {
  const known: Known[] = [];
  let missing = false;
  for (const point of points) {
    const usd = amount(point);
    missing ||= point.gap_before || usd === null;
    if (usd === null) continue;
    known.push({ time: Date.parse(point.at), usd: Number(usd), gapBefore: known.length > 0 && missing });
    missing = false;
  }
  return {
    lines: [...recordedLine(known), ...gapLine(known)],
    alone: known
      .filter(({ gapBefore }, index) => (index === 0 || gapBefore) && known[index + 1]?.gapBefore !== false)
      .map(({ time, usd }) => ({ time, usd, line: 'snapshots' })),
  };
}

function recordedLine(known: readonly Known[]): readonly StrokePoint[] {
  return known.flatMap(({ time, usd, gapBefore }, index) => {
    const point = { time, usd, line: 'snapshots' } as const;
    const before = known[index - 1];
    return gapBefore && before !== undefined
      ? [brokenBetween(before.time, time, 'snapshots'), point]
      : [point];
  });
}

function gapLine(known: readonly Known[]): readonly StrokePoint[] {
  const line = 'gap: not known';
  const points: StrokePoint[] = [];
  for (const [index, { time, usd, gapBefore }] of known.entries()) {
    const before = known[index - 1];
    if (!gapBefore || before === undefined) continue;
    const end = points.at(-1)?.time;
    if (end !== before.time) {
      if (end !== undefined) points.push(brokenBetween(end, before.time, line));
      points.push({ time: before.time, usd: before.usd, line });
    }
    points.push({ time, usd, line });
  }
  return points;
}

/** In the middle, so that sorting by time cannot put it elsewhere. */
function brokenBetween(earlier: number, later: number, line: LineKind): StrokePoint {
  return { time: (earlier + later) / 2, usd: null, line };
}

/** @param amountText - an amount without sign as people read it. */
export function flowMarks(
  flows: readonly EquityFlow[],
  amountText: (amount: string) => string,
): readonly FlowMark[] {
  return flows.map(({ at, amount_usd: amount }) => {
    const flow = amount.startsWith('-') ? 'withdrawal' : 'deposit';
    return { time: Date.parse(at), flow, label: `${flow} ${amountText(amount.replace('-', ''))}` };
  });
}
