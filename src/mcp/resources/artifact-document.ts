import { MavenError, readArtifact } from '../../index.js';
import { cleanText } from '../answers/clean.js';
import { DEFAULT_TOKENS, readCursor, writeCursor } from '../answers/page.js';
import type { Call } from '../call.js';
import type { McpSession } from '../session.js';

/** Prose has more characters a token than JSON. */
const PAGE_CHARACTERS = DEFAULT_TOKENS * 3;

/**
 * Tells the text of one artifact, a page at a time: data as people and models wrote it.
 *
 * @param path - whatever a caller made of it; what is no artifact is not found.
 * @param from - `end` tells the last page first, for logs that grow at their end.
 * @throws {@link MavenError} RECORD_NOT_FOUND.
 */
export async function artifactDocument(
  session: McpSession,
  call: Call,
  path: string,
  cursor: string | undefined,
  from: 'start' | 'end' = 'start',
): Promise<unknown> {
  const scope = ['artifact', path];
  const { offset } = readCursor(scope, cursor);
  const artifact = await session.read(call, (context) => readArtifact(context, path));
  if (artifact === null)
    throw new MavenError('RECORD_NOT_FOUND', `HEAD has no artifact ${cleanText(path).slice(0, 200)}`, {
      hint: 'list resources, or complete the variable of its template, to see what there is',
    });
  const text = cleanText(artifact.text);
  const [start, end] =
    from === 'start' ? [offset, wholeCharacter(text, offset + PAGE_CHARACTERS)] : fromEnd(text, offset);
  const next =
    from === 'start' ? (end < text.length ? end : null) : start > 0 ? offset + (end - start) : null;
  return {
    path,
    revision: artifact.revision,
    source: 'git',
    behind_by: 0,
    untrusted: true,
    characters: text.length,
    from: start,
    to: Math.min(end, text.length),
    text: text.slice(start, end),
    problems: artifact.problems.slice(0, 5).map(cleanText),
    next_cursor: next === null ? null : writeCursor(scope, next, artifact.revision),
  };
}

/** A page before what was told already, beginning at a line. */
function fromEnd(text: string, told: number): readonly [number, number] {
  const end = Math.max(0, text.length - told);
  const least = Math.max(0, end - PAGE_CHARACTERS);
  const line = least === 0 ? 0 : text.indexOf('\n', least) + 1;
  return [line > 0 && line < end ? line : wholeCharacter(text, least), end];
}

/** The same place, or the one before where it would part a surrogate pair. */
function wholeCharacter(text: string, at: number): number {
  return /[\udc00-\udfff]/.test(text.charAt(at)) ? at - 1 : at;
}

/** The same for an artifact that need not be there: its absence is an answer. */
export async function artifactOrAbsent(
  session: McpSession,
  call: Call,
  path: string,
  cursor: string | undefined,
  from: 'start' | 'end' = 'start',
): Promise<unknown> {
  try {
    return await artifactDocument(session, call, path, cursor, from);
  } catch (error) {
    if (!(error instanceof MavenError && error.code === 'RECORD_NOT_FOUND')) throw error;
    return { path, source: 'git', text: null, reason: 'HEAD has no such artifact', next_cursor: null };
  }
}
