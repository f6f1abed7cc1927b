import { closes, type FenceLine, readFenceLine } from './fence.js';
import type { OutlineBlock } from './outline-block.js';
import { trimSpace } from './trim.js';

const HEADING = /^ {0,3}(#{1,6})(?:[ \t]+([^\n]*))?$/;

/**
 * Finds headings and fenced code line by line, in linear time whatever the text: the stand-in for remark where a text
 * is too long or too deeply nested for it. Code inside lists and HTML blocks are text to it.
 */
export function lineOutline(text: string): readonly OutlineBlock[] {
  const blocks: OutlineBlock[] = [];
  for (let start = 0; start < text.length; ) {
    const end = endOfLine(text, start);
    const line = text.slice(start, end);
    const fence = readFenceLine(line);
    if (fence !== null) {
      const code = fencedCode(text, start, end, fence);
      blocks.push(code);
      start = code.end + 1;
      continue;
    }
    const match = HEADING.exec(line);
    if (match !== null) {
      const title = (match[2] ?? '')
        .trim()
        .replace(/^#+$|[ \t]#+$/, '')
        .trim();
      blocks.push({ kind: 'heading', start, end, depth: match[1]?.length ?? 1, title });
    } else if (trimSpace(line) !== '') {
      blocks.push({ kind: 'text', start, end });
    }
    start = end + 1;
  }
  return blocks;
}

/** A fence that is never closed runs to the end of the text, as in markdown. */
function fencedCode(text: string, start: number, firstEnd: number, fence: FenceLine): OutlineBlock {
  const language = fence.info.split(/[ \t]/, 1)[0] ?? '';
  const valueStart = Math.min(firstEnd + 1, text.length);
  for (let at = valueStart; at < text.length; ) {
    const end = endOfLine(text, at);
    const later = readFenceLine(text.slice(at, end));
    if (later !== null && closes(later, fence)) {
      const value = text.slice(valueStart, Math.max(valueStart, at - 1));
      return { kind: 'code', start, end, language: language === '' ? null : language, value };
    }
    at = end + 1;
  }
  const value = text.slice(valueStart);
  return { kind: 'code', start, end: text.length, language: language === '' ? null : language, value };
}

function endOfLine(text: string, start: number): number {
  const newline = text.indexOf('\n', start);
  return newline === -1 ? text.length : newline;
}
