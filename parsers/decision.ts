import { checkTimeInName, timeInName } from './artifact-name.js';
import { type DecisionRecord, parseCanonicalDecision } from './canonical-decision.js';
import { checkConfidence, readConfidence } from './confidence.js';
import { unescapeBlockText } from './escape.js';
import { checkText, checkTime } from './field-type.js';
import { lineCounter } from './line-counter.js';
import {
  type Label,
  type Labels,
  labelsOf,
  linesOfBlocks,
  readLabel,
  readShortLabel,
} from './markdown-labels.js';
import { markdownOutline } from './markdown-outline.js';
import { isSection, readMarkdownTail, withoutClosing } from './markdown-tail.js';
import type { OutlineBlock } from './outline-block.js';
import { plainText } from './plain-text.js';
import type { Parsed } from './problem.js';
import { type ProblemList, problemList } from './problem-list.js';
import { trimBlankLines, trimSpace } from './trim.js';

export { type DecisionRecord, formatDecision, parseCanonicalDecision } from './canonical-decision.js';

/**
 * Reads the file of a decision.
 *
 * @param text - whole file, UTF-8; LF or CRLF.
 * @param path - its name tells the second of the decision.
 * @returns one record; none when time or type is missing or unreadable.
 * @see parsers/FORMATS.md#decision
 */
export function parseDecision(text: string, path: string): Parsed<DecisionRecord> {
  return parseCanonicalDecision(text, path) ?? parseTolerantDecision(text, path);
}

/** Reads a decision that is older, hand-edited or merged, by its markdown structure. Exported for the tests. */
export function parseTolerantDecision(text: string, path: string): Parsed<DecisionRecord> {
  const problems = problemList(path);
  const record = readDecision(plainText(text, problems), problems);
  return { records: record === null ? [] : [{ line: 1, record }], problems: problems.list() };
}

function readDecision(text: string, problems: ProblemList): DecisionRecord | null {
  if (text.trim() === '') {
    problems.error('EMPTY_FILE', 1, 'the file is empty, expected a decision');
    return null;
  }
  const body = withoutClosing(text);
  const lineAt = lineCounter(body);
  const outline = markdownOutline(body);
  const tail = readMarkdownTail(body, outline, lineAt, problems);
  const blocks = outline.slice(0, tail.blocks);
  const sections = findSections(blocks, tail.end, lineAt, problems);
  const labels = readHead(body, blocks.slice(0, sections.headBlocks), lineAt, problems);
  const decidedAt = readDecidedAt(labels, problems);
  const decisionType = readShortLabel(labels.get('type', 'decision type'), problems);
  if (decisionType === null && labels.get('type', 'decision type') === null) {
    problems.error('MISSING_FIELD', 1, "no '**Type:**' line, it is required");
  }
  const confidence = labels.get('confidence');
  const confidencePct =
    confidence === null ? null : readConfidence(confidence.value, problems, confidence.line);
  checkConfidence(confidencePct, problems, confidence?.line ?? 1);
  const asset = readShortLabel(labels.get('asset', 'assets'), problems);
  const riskLevel = readShortLabel(labels.get('risk level', 'risk'), problems);
  labels.finish();
  const action = readSection(body, sections.action, 'action', lineAt, problems);
  const reasoning = readSection(body, sections.reasoning, 'reasoning', lineAt, problems);
  if (decidedAt === null || decisionType === null) return null;
  return {
    decidedAt,
    decisionType,
    asset,
    riskLevel,
    confidencePct,
    action,
    reasoning,
    metadata: tail.metadata,
  };
}

/** A part of the text. */
interface Range {
  readonly start: number;
  readonly end: number;
}

interface Sections {
  readonly headBlocks: number;
  readonly action: Range | null;
  readonly reasoning: Range | null;
}

/**
 * Chooses the true sections among headings of their names: the first `## Action`, and the first `## Reasoning` after
 * it. Other headings belong to the text of the section they stand in. A second `## Reasoning` cannot be told from one
 * that the action's text quotes.
 */
function findSections(
  blocks: readonly OutlineBlock[],
  end: number,
  lineAt: (offset: number) => number,
  problems: ProblemList,
): Sections {
  const actionIndex = blocks.findIndex((block) => isSection(block, 'action'));
  const reasonings = blocks.flatMap((block, index) =>
    isSection(block, 'reasoning') && index > actionIndex ? [index] : [],
  );
  const reasoningIndex = reasonings[0] ?? -1;
  const second = blocks[reasonings[1] ?? -1];
  if (second !== undefined && actionIndex !== -1) {
    const message = 'a second reasoning section: the first is taken, this one is part of its text';
    problems.warning('AMBIGUOUS_SECTION', lineAt(second.start), message);
  }
  const action = blocks[actionIndex];
  const reasoning = blocks[reasoningIndex];
  if (action === undefined) problems.warning('MISSING_SECTION', 1, "no '## Action' section, read as empty");
  if (reasoning === undefined)
    problems.warning('MISSING_SECTION', 1, "no '## Reasoning' section, read as empty");
  const heads = [actionIndex, reasoningIndex].filter((index) => index !== -1);
  return {
    headBlocks: heads.length === 0 ? blocks.length : Math.min(...heads),
    action: action === undefined ? null : { start: action.end, end: reasoning?.start ?? end },
    reasoning: reasoning === undefined ? null : { start: reasoning.end, end },
  };
}

/** Reads the labels above the first section; other text there has no place in the record. */
function readHead(
  text: string,
  blocks: readonly OutlineBlock[],
  lineAt: (offset: number) => number,
  problems: ProblemList,
): Labels {
  const labels: Label[] = [];
  let unread: number | null = null;
  for (const block of blocks) {
    if (block.kind !== 'text' && !(block.kind === 'heading' && block.depth === 1))
      unread ??= lineAt(block.start);
  }
  for (const line of linesOfBlocks(text, blocks, lineAt)) {
    const label = readLabel(line.text, line.line);
    if (label !== null) labels.push(label);
    else if (trimSpace(line.text) !== '') unread ??= line.line;
  }
  if (unread !== null) problems.warning('UNKNOWN_ENTRY', unread, 'text before the first section is not read');
  return labelsOf(labels, problems);
}

function readDecidedAt(labels: Labels, problems: ProblemList): string | null {
  const label = labels.get('timestamp');
  if (label !== null) {
    const time = checkTime(problems, label.line, 'timestamp', label.value);
    if (time !== null) checkTimeInName('timestamp', time, problems);
    return time;
  }
  const named = timeInName(problems.path);
  if (named === null) problems.error('MISSING_FIELD', 1, "no '**Timestamp:**' line, it is required");
  else problems.warning('VALUE_FROM_NAME', 1, `no '**Timestamp:**' line, the file's name tells ${named}`);
  return named;
}

function readSection(
  text: string,
  range: Range | null,
  name: string,
  lineAt: (offset: number) => number,
  problems: ProblemList,
): string {
  if (range === null) return '';
  const content = unescapeBlockText(trimBlankLines(text.slice(range.start, range.end)));
  return checkText(problems, lineAt(range.start), name, content);
}
