import remarkParse from 'remark-parse';
import { unified } from 'unified';
import { lineOutline } from './line-outline.js';
import type { OutlineBlock } from './outline-block.js';

/** What stands at the top level of a markdown text, in order: headings, code, and text without structure of ours. */
export function markdownOutline(text: string): readonly OutlineBlock[] {
  if (text.length > MAX_REMARK_LENGTH || isDeeplyNested(text)) return lineOutline(text);
  return processor.parse(text).children.map((node): OutlineBlock => {
    const start = node.position?.start.offset ?? 0;
    const end = node.position?.end.offset ?? start;
    if (node.type === 'heading') return heading(text, start, end, node.depth);
    if (node.type === 'code')
      return { kind: 'code', start, end, language: node.lang ?? null, value: node.value };
    return { kind: 'text', start, end };
  });
}

/**
 * Block structure only: what stands inside a line is never looked at, and an underline makes no heading (a text
 * followed by the closing rule of a record is not one).
 */
const processor = unified()
  .data('micromarkExtensions', [
    {
      disable: {
        null: [
          'attention',
          'autolink',
          'characterEscape',
          'characterReference',
          'codeText',
          'definition',
          'hardBreakEscape',
          'htmlText',
          'labelEnd',
          'labelStartImage',
          'labelStartLink',
          'setextUnderline',
        ],
      },
    },
  ])
  .use(remarkParse)
  .freeze();

/** remark takes 1 ms for 550 bytes, and quadratic time on nested lists (98 s on 64 KiB of `1. 1. 1. `). */
const MAX_REMARK_LENGTH = 16_384;
const MAX_NESTED_LINES = 16;
const NESTED_LINE = /(?<![^\n])[ \t]*(?:[>*+-]|\d{1,9}[.)])[ \t]*(?:[>*+-]|\d{1,9}[.)])(?![^ \t>\n])/g;
const LONG_PREFIX = /(?<![^\n])[ \t>*+\-\d.)]{24}/;

function isDeeplyNested(text: string): boolean {
  if (LONG_PREFIX.test(text)) return true;
  let lines = 0;
  for (const _ of text.matchAll(NESTED_LINE)) {
    lines += 1;
    if (lines > MAX_NESTED_LINES) return true;
  }
  return false;
}

function heading(text: string, start: number, end: number, depth: number): OutlineBlock {
  return { kind: 'heading', start, end, depth, title: headingTitle(text.slice(start, end)) };
}

/** @returns the title as it stands in the source, without its marks. */
function headingTitle(source: string): string {
  return source
    .trim()
    .replace(/^#{1,6}/, '')
    .replace(/[ \t]#+$/, '')
    .trim();
}
