import { trimSpace } from './trim.js';

/** A line that opens or closes fenced code. */
export interface FenceLine {
  readonly mark: '`' | '~';
  readonly length: number;
  /** What follows the fence: usually a language; '' also closes. */
  readonly info: string;
}

const FENCE_LINE = /^ {0,3}(`{3,}|~{3,})([^\n]*)$/;

/** @returns null = the line is no fence, by CommonMark's rule. */
export function readFenceLine(line: string): FenceLine | null {
  const match = FENCE_LINE.exec(line);
  const run = match?.[1];
  if (match === null || run === undefined) return null;
  const info = trimSpace(match[2] ?? '');
  const mark = run.charAt(0) === '~' ? '~' : '`';
  return mark === '`' && info.includes('`') ? null : { mark, length: run.length, info };
}

/** Tells whether a later fence line closes an opening one. */
export function closes(later: FenceLine, opening: FenceLine): boolean {
  return later.info === '' && later.mark === opening.mark && later.length >= opening.length;
}

/** A part of a text, by offsets. */
export interface FencedRange {
  readonly start: number;
  readonly end: number;
}

const EVERY_FENCE_LINE = /(?<![^\n]) {0,3}(?:`{3,}|~{3,})[^\n]*/g;

/** A log with more fences than this has none, which bounds memory. */
const MAX_FENCES = 100_000;

/** Longer fences count as this long, which bounds the search below. */
const MAX_FENCE = 8;

/**
 * Finds the fenced code of a text that other hands appended to: only fences that are surely closed.
 *
 * A fence that runs to the end of the text, or into another fence that opens with a language, was forgotten; it hides
 * nothing.
 */
export function closedFences(text: string): readonly FencedRange[] {
  const lines = fenceLines(text);
  const ranges: FencedRange[] = [];
  for (let index = 0; index < lines.length; ) {
    const opening = lines[index];
    const closing = opening === undefined ? -1 : closingIndex(lines, index, opening);
    const last = lines[closing];
    if (opening !== undefined && last !== undefined) ranges.push({ start: opening.start, end: last.end });
    index = closing === -1 ? index + 1 : closing + 1;
  }
  return ranges;
}

interface LocatedFence extends FenceLine, FencedRange {}

function fenceLines(text: string): readonly LocatedFence[] {
  const lines: LocatedFence[] = [];
  for (const match of text.matchAll(EVERY_FENCE_LINE)) {
    const fence = readFenceLine(match[0]);
    if (fence === null) continue;
    if (lines.length === MAX_FENCES) return [];
    const length = Math.min(fence.length, MAX_FENCE);
    lines.push({ ...fence, length, start: match.index, end: match.index + match[0].length });
  }
  return lines;
}

function closingIndex(lines: readonly LocatedFence[], index: number, opening: LocatedFence): number {
  for (let next = index + 1; next < lines.length; next += 1) {
    const line = lines[next];
    if (line === undefined || line.mark !== opening.mark) continue;
    if (closes(line, opening)) return next;
    if (line.info !== '') return -1;
  }
  return -1;
}
