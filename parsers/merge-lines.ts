import { compareCodeUnits } from './compare-text.js';
import { conflictText } from './conflict-text.js';
import type { LinePiece } from './line-pieces.js';
import { quote } from './problem-list.js';

export interface MergedLines {
  readonly text: string;
  /** One line each; empty = merged cleanly. */
  readonly conflicts: readonly string[];
}

/**
 * Merges three versions of a file to which lines are only ever appended: every line that either side has.
 *
 * The base's lines come first, then what was added, by the time it was recorded: the result is the same whichever side
 * is called ours. No line that was once committed is left out, not even where two clones recorded one fact at two times:
 * whoever reads the file takes the earlier.
 *
 * @see parsers/FORMATS.md#merging
 */
export function mergeLines(
  base: readonly LinePiece[],
  ours: readonly LinePiece[],
  theirs: readonly LinePiece[],
): MergedLines {
  const [before, our, their] = [byIdentity(base), byIdentity(ours), byIdentity(theirs)];
  const conflicts: string[] = [];
  const added: LinePiece[] = [];
  const gone = new Set<LinePiece>();
  let blocks = '';
  for (const identity of new Set([...before.keys(), ...our.keys(), ...their.keys()])) {
    const versions: Versions = {
      before: before.get(identity) ?? [],
      our: our.get(identity) ?? [],
      their: their.get(identity) ?? [],
    };
    const contradiction = contradictionOf(versions);
    if (contradiction === null) {
      added.push(...additionsOf(versions));
      for (const piece of without(versions.before, versions.our)) gone.add(piece);
    } else {
      conflicts.push(`${quote(identity)}: ${contradiction}`);
      blocks += conflictText(textOf(versions.our), textOf(versions.their));
      for (const piece of versions.before) gone.add(piece);
    }
  }
  const kept = base.filter((piece) => !gone.has(piece));
  return { text: textOf([...kept, ...inOrder(added)]) + blocks, conflicts };
}

/** Whether every line of one version stands in the other too. */
export function holdsAll(version: readonly LinePiece[], lines: readonly LinePiece[]): boolean {
  return without(lines, version).length === 0;
}

/** The lines of one identity. */
interface Versions {
  readonly before: readonly LinePiece[];
  readonly our: readonly LinePiece[];
  readonly their: readonly LinePiece[];
}

function byIdentity(pieces: readonly LinePiece[]): ReadonlyMap<string, readonly LinePiece[]> {
  const groups = new Map<string, LinePiece[]>();
  for (const piece of pieces) {
    const group = groups.get(piece.identity);
    if (group === undefined) groups.set(piece.identity, [piece]);
    else group.push(piece);
  }
  return groups;
}

/** @returns what a person must settle; null = nothing. */
function contradictionOf({ before, our, their }: Versions): string | null {
  if (textOf(our) === textOf(their)) return null;
  const [oursLost, theirsLost] = [without(before, our), without(before, their)];
  if (textOf(oursLost) !== textOf(theirsLost)) {
    const side = oursLost.length > 0 ? 'our' : 'their';
    return `a line of the base is changed or removed on ${side} side, which is append-only`;
  }
  const [ourFacts, theirFacts] = [factsOf(without(our, before)), factsOf(without(their, before))];
  // A trade's revisions of two clones: each looked upstream at its own moment, and the fold knows which one counts.
  if ([...our, ...their].every(({ contestable }) => contestable)) return null;
  const agree = isSubset(ourFacts, theirFacts) || isSubset(theirFacts, ourFacts);
  return agree ? null : 'added on both sides with different content';
}

function additionsOf({ before, our, their }: Versions): readonly LinePiece[] {
  const ours = without(our, before);
  return [...ours, ...without(without(their, before), ours)];
}

/** What is in one list more often than in another. */
function without(pieces: readonly LinePiece[], others: readonly LinePiece[]): readonly LinePiece[] {
  const counts = new Map<string, number>();
  for (const { text } of others) counts.set(text, (counts.get(text) ?? 0) + 1);
  return pieces.filter(({ text }) => {
    const count = counts.get(text) ?? 0;
    counts.set(text, count - 1);
    return count <= 0;
  });
}

function factsOf(pieces: readonly LinePiece[]): ReadonlySet<string> {
  return new Set(pieces.map(({ fact }) => fact));
}

function isSubset(facts: ReadonlySet<string>, of: ReadonlySet<string>): boolean {
  return [...facts].every((fact) => of.has(fact));
}

function textOf(pieces: readonly LinePiece[]): string {
  return pieces.map(({ text }) => text).join('');
}

/** By time, except that a trade's revisions count up even where the clocks of two machines disagree. */
function inOrder(pieces: readonly LinePiece[]): readonly LinePiece[] {
  const byName = [...pieces].sort(
    (a, b) =>
      byNumber(a.identity, b.identity) ||
      compareCodeUnits(a.time, b.time) ||
      compareCodeUnits(a.text, b.text),
  );
  const reached = new Map<string, string>();
  const dated = byName.map((piece) => {
    const time = latest(reached.get(piece.group) ?? '', piece.time);
    reached.set(piece.group, time);
    return { piece, time };
  });
  return dated.sort((a, b) => compareCodeUnits(a.time, b.time)).map(({ piece }) => piece);
}

function latest(a: string, b: string): string {
  return a > b ? a : b;
}

/** Names that end in a number, by that number. */
function byNumber(a: string, b: string): number {
  return a.length - b.length || compareCodeUnits(a, b);
}
