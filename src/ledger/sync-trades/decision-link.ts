import { epochMicroseconds } from '../../../parsers/time.js';

/** What linking needs of a decision. */
export interface LinkableDecision {
  readonly filename: string;
  readonly decidedAt: string;
  /** Normalised. */
  readonly assets: readonly string[];
}

export type DecisionLink =
  | { readonly kind: 'none' }
  /** `secondsBefore`: from the decision to the opening, decimal text. */
  | { readonly kind: 'linked'; readonly decision: string; readonly secondsBefore: string }
  | { readonly kind: 'ambiguous'; readonly candidates: readonly string[] };

/** Decisions by asset, in order of time. */
export type DecisionIndex = ReadonlyMap<string, readonly LinkableDecision[]>;

export function indexDecisions(decisions: readonly LinkableDecision[]): DecisionIndex {
  const index = new Map<string, LinkableDecision[]>();
  for (const decision of decisions) {
    for (const asset of decision.assets) {
      const list = index.get(asset);
      if (list === undefined) index.set(asset, [decision]);
      else list.push(decision);
    }
  }
  for (const list of index.values())
    list.sort((a, b) => compare(a.decidedAt, b.decidedAt) || compare(a.filename, b.filename));
  return index;
}

/**
 * Finds the decision that a trade carries out: the latest on its asset, taken at or before the opening and no more than
 * the window before it. Never a later one: what was decided afterwards did not cause the trade.
 *
 * Two of the same microsecond cannot be told apart, so there is no link then, and both are named.
 *
 * @param windowMinutes - longest time from decision to opening.
 */
export function linkDecision(
  index: DecisionIndex,
  asset: string,
  openedAt: string,
  windowMinutes: number,
): DecisionLink {
  const decisions = index.get(asset) ?? [];
  const last = lastAtOrBefore(decisions, openedAt);
  const nearest = decisions[last];
  if (nearest === undefined) return { kind: 'none' };
  const distance = epochMicroseconds(openedAt) - epochMicroseconds(nearest.decidedAt);
  if (distance > windowMinutes * 60_000_000) return { kind: 'none' };
  const equals = decisions.filter(({ decidedAt }) => decidedAt === nearest.decidedAt);
  if (equals.length > 1) return { kind: 'ambiguous', candidates: equals.map(({ filename }) => filename) };
  const micros = String(distance).padStart(7, '0');
  return {
    kind: 'linked',
    decision: nearest.filename,
    secondsBefore: `${micros.slice(0, -6)}.${micros.slice(-6)}`,
  };
}

/** @returns index of the last decision at or before a time; -1 = there is none. */
function lastAtOrBefore(decisions: readonly LinkableDecision[], time: string): number {
  let low = 0;
  let high = decisions.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compare(decisions[middle]?.decidedAt ?? '', time) <= 0) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Canonical times are in order as their texts are. */
function compare(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
