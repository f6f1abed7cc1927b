import { type JsonText, readJsonObject } from './json-text.js';
import type { OutlineBlock } from './outline-block.js';
import type { ProblemList } from './problem-list.js';
import { trimSpace, trimSpaceEnd } from './trim.js';

const SIGNATURE = /^[*_]{1,2}recorded by maven[*_]{1,2}$/i;
const RULE = /^(?:-{3,}|\*{3,}|_{3,})$/;

/**
 * Cuts the closing of a record: `---` and `*Recorded by Maven*`, either of which older files may lack.
 *
 * A lone rule is the closing only when a blank line stands before it.
 */
export function withoutClosing(text: string): string {
  const body = trimSpaceEnd(text);
  const signatureStart = body.lastIndexOf('\n') + 1;
  const signed = SIGNATURE.test(trimSpace(body.slice(signatureStart)));
  const rest = signed ? trimSpaceEnd(body.slice(0, signatureStart)) : body;
  const ruleStart = rest.lastIndexOf('\n') + 1;
  if (!RULE.test(trimSpace(rest.slice(ruleStart)))) return rest;
  const before = rest.slice(0, ruleStart);
  const blankBefore = /(?:^|\n)[ \t]*\n$/.test(before.slice(-256));
  return signed || blankBefore ? trimSpaceEnd(before) : rest;
}

/** The metadata section at the end of a record. */
export interface MarkdownTail {
  readonly metadata: JsonText | null;
  /** Where the metadata section starts: what stands before it is text. */
  readonly end: number;
  /** How many blocks stand before it. */
  readonly blocks: number;
}

/**
 * Finds the metadata section: the last `## Metadata` heading after which nothing stands but one code block.
 *
 * Whatever else is named so is text: a record's text may quote another record.
 */
export function readMarkdownTail(
  text: string,
  blocks: readonly OutlineBlock[],
  lineAt: (offset: number) => number,
  problems: ProblemList,
): MarkdownTail {
  const none: MarkdownTail = { metadata: null, end: text.length, blocks: blocks.length };
  const index = blocks.findLastIndex((block) => isSection(block, 'metadata'));
  const heading = blocks[index];
  if (heading === undefined) {
    reportHiddenSection(blocks.at(-1), lineAt, problems);
    return none;
  }
  const after = blocks.slice(index + 1);
  const [block] = after;
  const line = lineAt(heading.start);
  if (after.length === 1 && block?.kind === 'code') {
    const first = lineAt(block.start) + (block.value === '' ? 0 : 1);
    const metadata = readMetadata(block.value, first, problems);
    return { metadata, end: heading.start, blocks: index };
  }
  const rest = trimSpace(text.slice(heading.end));
  if (rest.startsWith('{')) {
    problems.warning('LEGACY_FORMAT', line, 'metadata stands outside a code fence');
    return { metadata: readMetadata(rest, line, problems), end: heading.start, blocks: index };
  }
  if (after.some(({ kind }) => kind === 'code')) {
    const message = 'a metadata section with more than one code block: read as text, no metadata taken';
    problems.warning('AMBIGUOUS_SECTION', line, message);
  } else {
    problems.warning('METADATA_INVALID', line, 'a metadata section without JSON: read as text');
  }
  return none;
}

/** A fence that was never closed may have swallowed the metadata; or the text ends with a quotation. Nobody can tell. */
function reportHiddenSection(
  last: OutlineBlock | undefined,
  lineAt: (offset: number) => number,
  problems: ProblemList,
): void {
  if (last?.kind !== 'code' || !/(?:^|\n)## metadata/i.test(last.value)) return;
  const message = 'the last code fence holds a metadata section: read as text, no metadata taken';
  problems.warning('AMBIGUOUS_SECTION', lineAt(last.start), message);
}

/** Reads metadata that stands alone. @returns null = refused, and a problem says why. */
export function readMetadata(json: string, line: number, problems: ProblemList): JsonText | null {
  const reading = readJsonObject(json);
  if ('json' in reading) return reading.json;
  const { message, offset } = reading.fault;
  const newlines = json.slice(0, offset).split('\n').length - 1;
  problems.error('METADATA_INVALID', line + newlines, `metadata: ${message}, left out`);
  return null;
}

/** Tells whether a block is the heading of a section: `## Metadata`, `## metadata:`, `## Metadata (JSON)`. */
export function isSection(block: OutlineBlock, name: string): boolean {
  if (block.kind !== 'heading' || block.depth !== 2) return false;
  const title = block.title.toLowerCase().replace(/:$/, '');
  return title === name || title === `${name} (json)`;
}
