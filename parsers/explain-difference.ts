import { compareDecimals } from './decimal-arithmetic.js';
import type { FlowSum } from './flow-book.js';
import { type FlowStates, isInside, type Stretch } from './flow-states.js';

/** Why a number of a snapshot does not follow from the flows that are known now. */
export interface DifferenceCause {
  /**
   * `late`: a flow was recorded or corrected after it, and without that it is right. `uncountable`: nobody knows how a flow
   * counts. `edited`: no flow explains it, so the snapshot or what it counts from was changed.
   */
  readonly cause: 'late' | 'uncountable' | 'edited';
  /** A clause. */
  readonly because: string;
}

/** A number that was counted from flows, and does not follow now. */
export interface StatedNumber {
  /** Exact decimal text. */
  readonly stated: string;
  readonly stretch: Stretch;
  /** Canonical time up to which flows were known when it was counted, or soon before. */
  readonly recordedUntil: string;
  /** The flows of the stretch as they are now. */
  readonly sum: FlowSum;
  /** What follows from a sum; null = nothing. */
  readonly count: (sum: FlowSum) => string | null;
}

/** What is said of a number that no flow explains. */
export const EDITED: DifferenceCause = {
  cause: 'edited',
  because: 'no flow that was told later explains it, the file or what it counts from was changed',
};

/** Tells which lines of flows came after a number was counted: without them it is right. */
export function explainDifference(
  flows: FlowStates,
  { stated, stretch, recordedUntil, sum, count }: StatedNumber,
): DifferenceCause {
  const state = flows.earlier(recordedUntil, stretch, (book) => {
    const counted = count(book.between(stretch.from, stretch.to));
    return counted !== null && compareDecimals(counted, stated) === 0;
  });
  const [first, ...others] = (state?.missing ?? []).filter((line) => isInside(line, stretch));
  if (first === undefined)
    return sum.reason === null ? EDITED : { cause: 'uncountable', because: sum.reason };
  const amount = first.amountUsd === null ? '' : ` of ${first.amountUsd} USD`;
  const more = others.length === 0 ? '' : `, and ${others.length} more`;
  const told = `recorded later: ${first.flowType.slice(0, 60)}${amount} at ${first.occurredAt}${more}`;
  return sum.netUsd === null
    ? { cause: 'uncountable', because: `${told}; ${sum.reason ?? 'it cannot be counted'}` }
    : { cause: 'late', because: told };
}
