import { compareCodeUnits } from './compare-text.js';
import { sameAmount } from './decimal-arithmetic.js';
import { flowNotes } from './flow-notes.js';
import type { FlowRecord } from './flows.js';

/**
 * Sorts the corrections of one flow by how much they weigh: the last one holds.
 *
 * Two clones that corrected one flow gave the same number. What was recorded last is taken, and by its id, which names
 * its content, where the times are equal: the order of the lines in the file decides nothing.
 */
export function inOrderOfStanding<T extends FlowRecord>(corrections: readonly T[]): readonly T[] {
  return [...corrections].sort(
    (a, b) =>
      flowNotes(a).number - flowNotes(b).number ||
      compareCodeUnits(a.recordedAt, b.recordedAt) ||
      compareCodeUnits(a.externalFlowId, b.externalFlowId),
  );
}

/**
 * Finds the corrections that stand beside the one that holds, with the same number, and say something else.
 *
 * @param inOrder - as {@link inOrderOfStanding} gives them.
 */
export function rivalsOf<T extends FlowRecord>(inOrder: readonly T[]): readonly T[] {
  const last = inOrder.at(-1);
  if (last === undefined) return [];
  const { number } = flowNotes(last);
  return inOrder.filter((line) => flowNotes(line).number === number && !countAlike(line, last));
}

/**
 * Tells which disputes are settled: those that a correction answers. A correction that another one of its number outweighs
 * answers nothing, since what it says does not count.
 *
 * @param inOrder - as {@link inOrderOfStanding} gives them.
 * @returns ids of disputes.
 */
export function settledBy(inOrder: readonly FlowRecord[]): ReadonlySet<string> {
  const outweighed = new Set(rivalsOf(inOrder));
  const holding = inOrder.filter((line) => !outweighed.has(line));
  return new Set(holding.flatMap((line) => flowNotes(line).settles));
}

function countAlike(a: FlowRecord, b: FlowRecord): boolean {
  return (
    a.classification === b.classification &&
    sameAmount(a.amountUsd, b.amountUsd) &&
    a.asset === b.asset &&
    sameAmount(a.amountAsset, b.amountAsset)
  );
}
