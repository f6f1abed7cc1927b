import { timeInName } from './artifact-name.js';
import { checkTime } from './field-type.js';
import type { JsonText } from './json-text.js';
import { lineCounter } from './line-counter.js';
import { type Label, type Labels, labelsOf, linesOfBlocks, readLabel } from './markdown-labels.js';
import { markdownOutline } from './markdown-outline.js';
import { readMarkdownTail, withoutClosing } from './markdown-tail.js';
import type { OutlineBlock } from './outline-block.js';
import type { ProblemList } from './problem-list.js';
import { isShortText } from './short-text.js';
import { firstMark, trimBlankLines } from './trim.js';

/** A milestone or insight without front matter: a title, labels, text, metadata; each of them may be absent. */
export interface LegacyRecord {
  readonly title: string | null;
  readonly labels: Labels;
  readonly text: string;
  readonly textLine: number;
  readonly metadata: JsonText | null;
}

/** Reads the form that was written before front matter was. */
export function readLegacyRecord(text: string, problems: ProblemList): LegacyRecord {
  problems.warning('LEGACY_FORMAT', 1, 'no front matter: read by title and labels');
  const body = withoutClosing(text);
  const lineAt = lineCounter(body);
  const outline = markdownOutline(body);
  const tail = readMarkdownTail(body, outline, lineAt, problems);
  const blocks = outline.slice(0, tail.blocks);
  const titleBlock = blocks[0]?.kind === 'heading' && blocks[0].depth === 1 ? blocks[0] : null;
  const titled = titleBlock !== null && isShortText(titleBlock.title);
  const head = readLabels(body, titled ? blocks.slice(1) : blocks, lineAt);
  const textStart = head.end ?? (titled ? titleBlock.end : 0);
  return {
    title: titled ? titleBlock.title : null,
    labels: labelsOf(head.labels, problems),
    text: trimBlankLines(body.slice(textStart, tail.end)),
    textLine: lineAt(firstMark(body, textStart)),
    metadata: tail.metadata,
  };
}

/** Reads the labels at the start; the first line that is none ends them. @returns end null = there are none. */
function readLabels(
  text: string,
  blocks: readonly OutlineBlock[],
  lineAt: (offset: number) => number,
): { readonly labels: readonly Label[]; readonly end: number | null } {
  const firstOther = blocks.findIndex(({ kind }) => kind !== 'text');
  const leading = firstOther === -1 ? blocks : blocks.slice(0, firstOther);
  const labels: Label[] = [];
  let end: number | null = null;
  for (const line of linesOfBlocks(text, leading, lineAt)) {
    const label = readLabel(line.text, line.line);
    if (label === null) break;
    labels.push(label);
    end = line.end;
  }
  return { labels, end };
}

/** Reads the time of a label, or of the file's name where there is no label. */
export function readLegacyTime(label: Label | null, problems: ProblemList): string | null {
  if (label !== null) return checkTime(problems, label.line, label.name, label.value);
  const named = timeInName(problems.path);
  if (named === null) problems.error('MISSING_FIELD', 1, 'no time in the file nor in its name');
  else problems.warning('VALUE_FROM_NAME', 1, `no time in the file, its name tells ${named}`);
  return named;
}
