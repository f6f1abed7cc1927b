import { finalNewline } from './final-newline.js';
import { linePieces } from './line-pieces.js';
import { logPieces } from './log-pieces.js';
import { holdsAll, mergeLines } from './merge-lines.js';
import { type MergePieces, mergePieces } from './merge-pieces.js';

/** What the merge driver merges by record: JSON lines, or the session log. */
export type MergeKind = 'trades' | 'flows' | 'conversation' | 'runs' | 'session_log';

export interface MergedRecords {
  /** Where there are conflicts, both versions stand between conflict markers. */
  readonly text: string;
  /** One line each; empty = merged cleanly. */
  readonly conflicts: readonly string[];
}

/**
 * Merges three versions of a file by record, not by line: both sides' additions are kept, the same addition once.
 *
 * JSON lines are append-only: a side that took back or rewrote a line of the base is a conflict. Merging in either
 * direction gives the same bytes. In the session log, where events may be moved to an archive, what one side alone changed
 * or removed is taken.
 *
 * @param base - common ancestor; '' = there is none.
 * @see parsers/FORMATS.md#merging
 */
export function mergeRecords(kind: MergeKind, base: string, ours: string, theirs: string): MergedRecords {
  if (ours === theirs) return { text: ours, conflicts: [] };
  if (kind === 'session_log') {
    const pieces = (text: string): MergePieces => logPieces(unixLines(text));
    return mergePieces(pieces(base), pieces(ours), pieces(theirs));
  }
  const [before, our, their] = [linePieces(kind, base), linePieces(kind, ours), linePieces(kind, theirs)];
  const merged = mergeLines(before, our, their);
  if (merged.conflicts.length > 0 || holdsAll(our, their) === holdsAll(their, our)) return merged;
  // One side holds all that the other has: it stays as it is.
  return { text: finalNewline(holdsAll(our, their) ? ours : theirs), conflicts: [] };
}

function unixLines(text: string): string {
  return finalNewline(text.replace(/\r\n?/g, '\n'));
}
