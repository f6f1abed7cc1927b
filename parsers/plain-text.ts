import { lineCounter } from './line-counter.js';
import type { ProblemList } from './problem-list.js';

/**
 * Readies a whole file for its parser: LF, no byte order mark, no NUL. For text that did not come through
 * `decodeArtifact`, which does the same and reports more.
 */
export function plainText(text: string, problems: ProblemList): string {
  let plain = text;
  if (plain.charCodeAt(0) === 0xfeff) plain = plain.slice(1);
  if (plain.includes('\r')) plain = plain.replace(/\r\n?/g, '\n');
  if (plain.includes('\0')) {
    const line = lineCounter(plain)(plain.indexOf('\0'));
    problems.error('NUL_CHARACTER', line, 'NUL character, read as U+FFFD');
    plain = plain.replaceAll('\0', '\ufffd');
  }
  return plain;
}
