import { createHash } from 'node:crypto';
import { MavenError } from '../../index.js';

/** About three characters a token, as JSON full of digits and ids has. */
const CHARACTERS_PER_TOKEN = 3;
export const DEFAULT_TOKENS = 2000;
/** For what stands around the items. */
const AROUND = 900;

/** Where a page begins. */
export interface PageStart {
  readonly offset: number;
  /** HEAD when the page before was told; null = this is the first. */
  readonly revision: string | null;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** Hand it back to get the next page; null = this is the last. */
  readonly next_cursor: string | null;
}

const CURSOR = /^[A-Za-z0-9_-]{1,256}$/;

/**
 * Reads a cursor.
 *
 * @param scope - the question, without the cursor: one question's cursor is no other's.
 * @throws {@link MavenError} INPUT_INVALID when it is not one that this question was answered with.
 */
export function readCursor(scope: unknown, cursor: string | undefined): PageStart {
  if (cursor === undefined) return { offset: 0, revision: null };
  try {
    if (!CURSOR.test(cursor)) throw new Error('not base64url');
    const [mark, offset, revision] = JSON.parse(
      Buffer.from(cursor, 'base64url').toString('utf8'),
    ) as unknown[];
    const whole = typeof offset === 'number' && Number.isSafeInteger(offset) && offset > 0;
    if (mark === markOf(scope) && whole && typeof revision === 'string') return { offset, revision };
  } catch {
    // Whatever it is, it is none of ours.
  }
  throw new MavenError('INPUT_INVALID', 'cursor: not one that this question was answered with', {
    hint: 'hand back next_cursor as it was, with the same other arguments; or leave it out to begin anew',
  });
}

/**
 * Takes as many items as fit.
 *
 * @param items - from the offset on; more than fit.
 * @param more - whether there are others behind these.
 */
export function takePage<T>(
  scope: unknown,
  start: PageStart,
  revision: string,
  items: readonly T[],
  more: boolean,
  tokens: number = DEFAULT_TOKENS,
): Page<T> {
  let room = tokens * CHARACTERS_PER_TOKEN - AROUND;
  let count = 0;
  for (const item of items) {
    room -= JSON.stringify(item).length + 1;
    // One at least, or there would be no way on.
    if (room < 0 && count > 0) break;
    count += 1;
  }
  const last = count === items.length && !more;
  const next = last ? null : writeCursor(scope, start.offset + count, revision);
  return { items: items.slice(0, count), next_cursor: next };
}

/** @returns what {@link readCursor} reads. */
export function writeCursor(scope: unknown, offset: number, revision: string): string {
  return Buffer.from(JSON.stringify([markOf(scope), offset, revision])).toString('base64url');
}

/** What to tell when HEAD moved between two pages; null = it did not. */
export function movedNotice(start: PageStart, revision: string): string | null {
  if (start.revision === null || start.revision === revision) return null;
  return 'HEAD has moved since the page before: an item may be told twice, or be left out';
}

function markOf(scope: unknown): string {
  return createHash('sha256').update(JSON.stringify(scope)).digest('base64url').slice(0, 10);
}
