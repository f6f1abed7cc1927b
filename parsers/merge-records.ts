import { linePieces } from './line-pieces.js';
import { logPieces } from './log-pieces.js';
import { type MergePieces, mergePieces } from './merge-pieces.js';

/** What the merge driver merges by record: JSON lines, or the session log. */
export type MergeKind = 'trades' | 'flows' | 'conversation' | 'session_log';

export interface MergedRecords {
  /** Where there are conflicts, both versions stand between conflict markers. */
  readonly text: string;
  /** One line each; empty = merged cleanly. */
  readonly conflicts: readonly string[];
}

/**
 * Merges three versions of a file by record, not by line: both sides' additions are kept, the same addition once.
 *
 * JSON lines are append-only. The result starts with our lines as they are, so that it stays a continuation of them
 * (and of the base, when we continued it); a side that took back or rewrote a line of the base is a conflict. In the
 * session log, where events may be moved to an archive, what one side alone changed or removed is taken.
 *
 * @param base - common ancestor; '' = there is none.
 * @see parsers/FORMATS.md#merging
 */
export function mergeRecords(kind: MergeKind, base: string, ours: string, theirs: string): MergedRecords {
  if (ours === theirs) return { text: ours, conflicts: [] };
  if (kind === 'session_log') {
    const pieces = (text: string): MergePieces => logPieces(unixLines(text));
    const merged = mergePieces(pieces(base), pieces(ours), pieces(theirs), { appendOnly: false });
    return { text: merged.text, conflicts: merged.conflicts };
  }
  const merged = mergePieces(linePieces(kind, base), linePieces(kind, ours), linePieces(kind, theirs), {
    appendOnly: true,
  });
  if (merged.conflicts.length > 0) return { text: merged.text, conflicts: merged.conflicts };
  return { text: finalNewline(ours) + merged.added, conflicts: [] };
}

function unixLines(text: string): string {
  return finalNewline(text.replace(/\r\n?/g, '\n'));
}

/** A missing final newline would glue two records into one. */
function finalNewline(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`;
}
