import { conflictText } from './conflict-text.js';
import { quote } from './problem-list.js';

/** One record of a file as a merge sees it. */
export interface Piece {
  /** Identity, unique in its file. */
  readonly key: string;
  /** What two versions of it are compared by. */
  readonly content: string;
  /** As it stands in the file, with its final newline. */
  readonly text: string;
  /** Canonical time, where additions are put in order; null = they keep their order. */
  readonly time: string | null;
}

/** A file cut into records, and what stands before the first. */
export interface MergePieces {
  readonly preamble: string;
  readonly pieces: readonly Piece[];
}

export interface MergedPieces {
  readonly text: string;
  /** One line each; empty = merged cleanly. */
  readonly conflicts: readonly string[];
}

/** Merges three versions of a list of records. @see parsers/FORMATS.md#merging */
export function mergePieces(base: MergePieces, ours: MergePieces, theirs: MergePieces): MergedPieces {
  const merge: Merge = {
    base: byKey(base.pieces),
    ours: byKey(ours.pieces),
    theirs: byKey(theirs.pieces),
    conflicts: [],
  };
  const kept = ours.pieces.flatMap((piece) => mergeOurs(merge, piece));
  const tail = kept.findLastIndex(({ key }) => merge.base.has(key)) + 1;
  const lost = base.pieces.flatMap((piece) => mergeLost(merge, piece));
  const added = theirs.pieces.filter((piece) => isTheirAddition(merge, piece));
  const merged = [...kept.slice(0, tail), ...interleave(kept.slice(tail), added), ...lost];
  const preamble = mergePreamble(merge, base.preamble, ours.preamble, theirs.preamble);
  let text = preamble;
  for (const piece of merged) text += (text === '' || text.endsWith('\n\n') ? '' : '\n') + piece.text;
  return { text, conflicts: merge.conflicts };
}

interface Merge {
  readonly base: ReadonlyMap<string, Piece>;
  readonly ours: ReadonlyMap<string, Piece>;
  readonly theirs: ReadonlyMap<string, Piece>;
  readonly conflicts: string[];
}

function byKey(pieces: readonly Piece[]): ReadonlyMap<string, Piece> {
  return new Map(pieces.map((piece) => [piece.key, piece]));
}

/** What becomes of one of our records. */
function mergeOurs(merge: Merge, our: Piece): readonly Piece[] {
  const before = merge.base.get(our.key);
  const their = merge.theirs.get(our.key);
  if (their === undefined) {
    if (before === undefined) return [our];
    if (before.content === our.content) return [];
    return conflict(merge, our.key, 'changed on our side, removed on theirs', our, null);
  }
  if (their.content === our.content || before === undefined) return [our];
  if (before.content === our.content) return [their];
  if (before.content === their.content) return [our];
  return conflict(merge, our.key, 'changed on both sides', our, their);
}

/** What becomes of a record of the base that we no longer have. */
function mergeLost(merge: Merge, before: Piece): readonly Piece[] {
  const their = merge.theirs.get(before.key);
  if (merge.ours.has(before.key) || their === undefined) return [];
  if (their.content === before.content) return [];
  return conflict(merge, before.key, 'removed on our side, changed on theirs', null, their);
}

/** Two events of one time and type with different texts are two events. */
function isTheirAddition(merge: Merge, their: Piece): boolean {
  if (merge.base.has(their.key)) return false;
  const our = merge.ours.get(their.key);
  return our === undefined || our.content !== their.content;
}

/** Puts two runs of additions together, in order of time where both tell one, ours first otherwise. */
function interleave(ours: readonly Piece[], theirs: readonly Piece[]): readonly Piece[] {
  const merged: Piece[] = [];
  let next = 0;
  for (const our of ours) {
    for (; next < theirs.length; next += 1) {
      const their = theirs[next];
      if (their === undefined || their.time === null || our.time === null || their.time >= our.time) break;
      merged.push(their);
    }
    merged.push(our);
  }
  return [...merged, ...theirs.slice(next)];
}

function mergePreamble(merge: Merge, before: string, our: string, their: string): string {
  if (our.trim() === their.trim() || their.trim() === before.trim()) return our;
  if (our.trim() === before.trim()) return their;
  merge.conflicts.push('the part before the first record: changed on both sides');
  return conflictText(our, their);
}

function conflict(
  merge: Merge,
  key: string,
  what: string,
  our: Piece | null,
  their: Piece | null,
): readonly Piece[] {
  merge.conflicts.push(`${quote(key)}: ${what}`);
  const text = conflictText(our?.text ?? '', their?.text ?? '');
  return [{ key, content: text, text, time: our?.time ?? their?.time ?? null }];
}
