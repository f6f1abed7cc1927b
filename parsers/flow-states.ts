import { compareCodeUnits } from './compare-text.js';
import { type AccountKey, type FlowBook, flowBook, isFlowOf } from './flow-book.js';
import type { FlowRecord } from './flows.js';

/** The flows of an account as they count now, and as they counted before. */
export interface FlowStates {
  /** As they count now, open for sums. */
  readonly book: FlowBook;
  /**
   * Finds a state in which the flows were counted before: with the lines that were recorded up to a moment, a few lines
   * later, a few lines ago, or without one of the lines in a stretch, which another clone had recorded.
   *
   * What explained a number before is tried first. Where a hundred numbers could not be explained nobody searches far any
   * more: then it is no flow that came late.
   *
   * @param isRight - tells whether the number in question follows from a state that misses a line of the stretch.
   */
  earlier(recordedUntil: string, stretch: Stretch, isRight: (book: FlowBook) => boolean): FlowState | null;
}

export interface Stretch {
  /** Canonical times; null = from the account's beginning. */
  readonly from: string | null;
  readonly to: string;
}

export interface FlowState {
  readonly book: FlowBook;
  /** What it did not have, by the time it was recorded. */
  readonly missing: readonly FlowRecord[];
}

/** Late flows are few. */
const MOST_LATER = 12;
const MOST_AGO = 24;
const MOST_SINGLE = 20;
const MOST_REMEMBERED = 8;
const MOST_FAILED = 100;

interface Account {
  /** By the time they were recorded. */
  readonly lines: readonly FlowRecord[];
  readonly book: FlowBook;
  /** By the lines they leave out. */
  readonly without: Map<string, FlowState>;
  /** What explained a number, the last one first. */
  readonly remembered: FlowState[];
  failed: number;
}

/** @param all - lines of flows, also of other accounts. */
export function flowStates(all: readonly FlowRecord[], key: AccountKey): FlowStates {
  const account = openAccount(all, key);
  return {
    book: account.book,
    earlier(recordedUntil, stretch, isRight) {
      const explains = ({ book, missing }: FlowState): boolean =>
        missing.some((line) => isInside(line, stretch)) && isRight(book);
      const known = account.remembered.find(explains);
      if (known !== undefined) return known;
      if (account.failed >= MOST_FAILED) return null;
      for (const state of earlierStates(account, key, recordedUntil, stretch)) {
        if (!explains(state)) continue;
        account.remembered.unshift(state);
        account.remembered.splice(MOST_REMEMBERED);
        return state;
      }
      account.failed += 1;
      return null;
    },
  };
}

function openAccount(all: readonly FlowRecord[], key: AccountKey): Account {
  const lines = all
    .filter((line) => isFlowOf(line, key))
    .sort((left, right) => compareCodeUnits(left.recordedAt, right.recordedAt));
  return { lines, book: flowBook(lines, key), without: new Map(), remembered: [], failed: 0 };
}

function* earlierStates(
  { lines, without }: Account,
  key: AccountKey,
  recordedUntil: string,
  stretch: Stretch,
): Generator<FlowState> {
  const leftOut = (name: string, isMissing: (index: number) => boolean): FlowState => {
    const known = without.get(name);
    if (known !== undefined) return known;
    const kept = lines.filter((_, index) => !isMissing(index));
    const state = { book: flowBook(kept, key), missing: lines.filter((_, index) => isMissing(index)) };
    without.set(name, state);
    return state;
  };
  const upTo = (count: number): FlowState => leftOut(`from ${count}`, (index) => index >= count);
  const place = lines.findIndex(({ recordedAt }) => recordedAt > recordedUntil);
  const first = place === -1 ? lines.length : place;
  for (let count = first; count <= Math.min(lines.length, first + MOST_LATER); count += 1) yield upTo(count);
  for (let ago = 1; ago <= Math.min(lines.length, MOST_AGO); ago += 1) yield upTo(lines.length - ago);
  const inside = [...lines.keys()].filter((index) => isInside(lines[index], stretch));
  for (const single of inside.slice(-MOST_SINGLE))
    yield leftOut(`but ${single}`, (index) => index === single);
}

/** Tells whether a line is of a flow in (from, to]. */
export function isInside(line: FlowRecord | undefined, { from, to }: Stretch): boolean {
  return line !== undefined && (from === null || line.occurredAt > from) && line.occurredAt <= to;
}
