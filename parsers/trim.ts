/**
 * Trimming of ASCII white space only: `String.trim` would also take U+2028, U+00A0 and U+FEFF, which are text.
 * Loops, hence linear: `/\s+$/` takes quadratic time.
 */

/** Cuts white space off both ends. */
export function trimSpace(text: string): string {
  const end = endWithoutSpace(text);
  let start = 0;
  while (start < end && isSpace(text.charCodeAt(start))) start += 1;
  return text.slice(start, end);
}

/** Cuts white space off the end. */
export function trimSpaceEnd(text: string): string {
  return text.slice(0, endWithoutSpace(text));
}

/** Cuts blank lines off both ends, and white space off the end of the last line. */
export function trimBlankLines(text: string): string {
  const end = endWithoutSpace(text);
  let start = 0;
  for (let at = 0; at < end; at += 1) {
    const code = text.charCodeAt(at);
    if (!isSpace(code)) break;
    if (code === 10) start = at + 1;
  }
  return text.slice(start, end);
}

/** @returns the offset of the first character from `start` on that is no white space; `start` when there is none. */
export function firstMark(text: string, start: number): number {
  let at = start;
  while (at < text.length && isSpace(text.charCodeAt(at))) at += 1;
  return at < text.length ? at : start;
}

function endWithoutSpace(text: string): number {
  let end = text.length;
  while (end > 0 && isSpace(text.charCodeAt(end - 1))) end -= 1;
  return end;
}

function isSpace(code: number): boolean {
  return code === 32 || code === 9 || code === 10 || code === 13;
}
