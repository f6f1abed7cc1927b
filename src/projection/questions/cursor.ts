import { MavenError } from '../../errors.js';

/** Where the next page of an answer begins, as an opaque text of letters, digits, `-` and `_`. */
export function writeCursor(parts: readonly string[]): string {
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}

/**
 * Reads what {@link writeCursor} wrote.
 *
 * @param count - how many parts it has.
 * @throws {@link MavenError} INPUT_INVALID.
 */
export function readCursor(cursor: string, count: number): readonly string[] {
  const parts = partsOf(cursor);
  if (parts?.length === count) return parts;
  throw new MavenError(
    'INPUT_INVALID',
    `cursor: ${JSON.stringify(cursor.slice(0, 100))} is no cursor of this question`,
    {
      hint: 'take next_cursor of the answer before, or leave it out to begin anew',
      data: { option: 'cursor', received: cursor.slice(0, 100) },
    },
  );
}

function partsOf(cursor: string): readonly string[] | null {
  if (cursor.length > 2000 || !/^[\w-]+$/.test(cursor)) return null;
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    const texts = (list: unknown[]): list is string[] =>
      list.every((part) => typeof part === 'string' && part.isWellFormed() && !part.includes('\0'));
    return Array.isArray(parts) && texts(parts) ? parts : null;
  } catch {
    // Not what was written here: the caller says so.
    return null;
  }
}
