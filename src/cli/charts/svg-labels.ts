import type { FlowMark } from './svg-data.js';

/** Labels by the side of their mark on which they stand. */
export interface PlacedLabels {
  readonly right: readonly FlowMark[];
  readonly left: readonly FlowMark[];
}

/** Wide enough for any letter of 12 pixels. */
const LETTER_PIXELS = 7;
const HALF_MARK_PIXELS = 8;

/** Chooses the labels that cover neither each other nor another mark, from the left; the others are left out. */
export function placeLabels(
  flows: readonly FlowMark[],
  { from, to, width }: { readonly from: number; readonly to: number; readonly width: number },
): PlacedLabels {
  const right: FlowMark[] = [];
  const left: FlowMark[] = [];
  const pixelOf = ({ time }: FlowMark): number => ((time - from) / (to - from)) * width;
  let taken = 0;
  for (const [index, flow] of flows.entries()) {
    const mark = pixelOf(flow);
    const [begin, end] = [mark - HALF_MARK_PIXELS, mark + HALF_MARK_PIXELS];
    const length = flow.label.length * LETTER_PIXELS;
    const next = flows[index + 1];
    const free = next === undefined ? width : pixelOf(next) - HALF_MARK_PIXELS;
    const fitsRight = end >= taken && end + length <= free;
    if (fitsRight) right.push(flow);
    else if (begin - length >= taken) left.push(flow);
    taken = Math.max(taken, fitsRight ? end + length : end);
  }
  return { right, left };
}
