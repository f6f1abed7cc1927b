import { compareCodeUnits } from './compare-text.js';
import { sumDecimals } from './decimal-arithmetic.js';
import { flowNotes } from './flow-notes.js';
import type { FlowRecord } from './flows.js';
import { type CountedFlow, countsAsExternal, foldFlows } from './fold-flows.js';

/** Whose flows: the upstream and the account in it. */
export interface AccountKey {
  readonly source: string;
  readonly account: string;
}

/** External flows of a stretch of time. */
export interface FlowSum {
  /** External flows, and those of which nobody knows whether and how they count; in order of time. */
  readonly flows: readonly CountedFlow[];
  /** Positive = into the account; null = not known, see `reason`. */
  readonly netUsd: string | null;
  readonly reason: string | null;
}

/** The external flows of one account, to be added up over any stretch of time. */
export interface FlowBook {
  /**
   * Adds up the flows in (`after`, `until`].
   *
   * @param after - canonical time; null = from the account's beginning.
   */
  between(after: string | null, until: string): FlowSum;
}

/**
 * Opens the flows of an account for sums. A sum over the same flows is counted once, so that years of snapshots can be
 * recounted in a moment.
 *
 * @param lines - of flow files, in any order, of any account; those of others are passed over.
 */
export function flowBook(lines: readonly FlowRecord[], key: AccountKey): FlowBook {
  const flows = foldFlows(lines.filter((line) => isFlowOf(line, key)))
    .filter(countsAsExternal)
    // Stable: flows of one moment stay in the order of the file.
    .sort((left, right) => compareCodeUnits(left.occurredAt, right.occurredAt));
  const sums = new Map<string, FlowSum>();
  const countUpTo = (time: string): number => {
    let [low, high] = [0, flows.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      // Canonical times are all of one length: they compare as text.
      if ((flows[middle] as CountedFlow).occurredAt <= time) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return {
    between(after, until) {
      const [start, end] = [after === null ? 0 : countUpTo(after), countUpTo(until)];
      const name = `${start} ${end}`;
      const sum = sums.get(name) ?? sumOf(flows.slice(start, end));
      sums.set(name, sum);
      return sum;
    },
  };
}

/**
 * Tells whether a flow counts for an account. One that names no account (written by hand, or by another program) counts
 * for every account of its source: left out, it would be a deposit that passes for a profit.
 */
export function isFlowOf(flow: FlowRecord, { source, account }: AccountKey): boolean {
  return flow.source === source && (flowNotes(flow).account ?? account) === account;
}

function sumOf(flows: readonly CountedFlow[]): FlowSum {
  const doubtful = flows.filter(({ doubt }) => doubt !== null);
  if (doubtful.length > 0) return { flows, netUsd: null, reason: reasonOf(doubtful) };
  return { flows, netUsd: sumDecimals(flows.map(({ amountUsd }) => amountUsd ?? '0')), reason: null };
}

function reasonOf(doubtful: readonly CountedFlow[]): string {
  const [first] = doubtful as readonly [CountedFlow, ...CountedFlow[]];
  const one = `${first.flowType.slice(0, 60)} at ${first.occurredAt}`;
  const alike = doubtful.filter(({ doubt }) => doubt === first.doubt);
  if (doubtful.length === 1) return `a flow ${first.doubt}: ${one}`;
  return alike.length === doubtful.length
    ? `${alike.length} flows ${first.doubt}, first ${one}`
    : `${doubtful.length} flows that cannot be counted; the first, ${first.doubt}: ${one}`;
}
