import { checkTimeInName } from './artifact-name.js';
import { CONFIDENCE_EXPECTED, checkConfidence, isConfidence } from './confidence.js';
import { escapeBlockText, escapeInline, unescapeBlockText, unescapeCharacters } from './escape.js';
import { checkText, METADATA, SHORT, TEXT, TIME } from './field-type.js';
import { InvalidRecordError } from './invalid-record-error.js';
import { type JsonText, prettyJson, readJsonObject } from './json-text.js';
import { lineCounter } from './line-counter.js';
import type { Parsed } from './problem.js';
import { problemList } from './problem-list.js';

/** One decision; times are canonical UTC text, decimals canonical text. */
export interface DecisionRecord {
  readonly decidedAt: string;
  /** As the file spells it: `allocation`, `SESSION_CLOSE`. */
  readonly decisionType: string;
  /** As the file spells it (`BTC,ETH,SOL`); null = the file names none. */
  readonly asset: string | null;
  /** As the file spells it: `low`, `LOW`. */
  readonly riskLevel: string | null;
  /** 0 to 100, decimal text; null = not given or unreadable. */
  readonly confidencePct: string | null;
  readonly action: string;
  readonly reasoning: string;
  readonly metadata: JsonText | null;
}

const HEAD = '# Decision Record\n\n';
const ACTION = '\n## Action\n\n';
const REASONING = '\n\n## Reasoning\n\n';
const METADATA_OPEN = '\n\n## Metadata\n\n```json\n';
const METADATA_CLOSE = '\n```';
const CLOSING = '\n\n---\n*Recorded by Maven*\n';

/**
 * Formats the file of a decision.
 *
 * @throws {@link InvalidRecordError} when a value is out of its form; texts may hold anything.
 * @see parsers/FORMATS.md#decision
 */
export function formatDecision(record: DecisionRecord): string {
  requireDecision(record);
  return decisionText(record);
}

function decisionText(record: DecisionRecord): string {
  const { asset, riskLevel, confidencePct, metadata } = record;
  return (
    `${HEAD}**Timestamp:** ${record.decidedAt}\n**Type:** ${escapeInline(record.decisionType)}\n` +
    (asset === null ? '' : `**Asset:** ${escapeInline(asset)}\n`) +
    (riskLevel === null ? '' : `**Risk Level:** ${escapeInline(riskLevel)}\n`) +
    (confidencePct === null ? '' : `**Confidence:** ${confidencePct}%\n`) +
    `${ACTION}${escapeBlockText(record.action)}${REASONING}${escapeBlockText(record.reasoning)}` +
    (metadata === null ? '' : METADATA_OPEN + prettyJson(metadata) + METADATA_CLOSE) +
    CLOSING
  );
}

function requireDecision(record: DecisionRecord): void {
  const fault = faultOf(record);
  if (fault !== null) throw new InvalidRecordError(fault.field, fault.expected);
}

function faultOf(record: DecisionRecord): { readonly field: string; readonly expected: string } | null {
  const { asset, riskLevel, confidencePct, metadata } = record;
  if (!TIME.isCanonical(record.decidedAt)) return { field: 'decided_at', expected: TIME.expected };
  if (!SHORT.isCanonical(record.decisionType)) return { field: 'decision_type', expected: SHORT.expected };
  if (asset !== null && !SHORT.isCanonical(asset)) return { field: 'asset', expected: SHORT.expected };
  if (riskLevel !== null && !SHORT.isCanonical(riskLevel))
    return { field: 'risk_level', expected: SHORT.expected };
  if (confidencePct !== null && !isConfidence(confidencePct)) {
    return { field: 'confidence_pct', expected: CONFIDENCE_EXPECTED };
  }
  if (!TEXT.isCanonical(record.action)) return { field: 'action', expected: TEXT.expected };
  if (!TEXT.isCanonical(record.reasoning)) return { field: 'reasoning', expected: TEXT.expected };
  if (metadata !== null && !METADATA.isCanonical(metadata))
    return { field: 'metadata', expected: METADATA.expected };
  return null;
}

/**
 * Reads the files that {@link formatDecision} writes, at full speed and without a markdown parser. Only the spacing of
 * the metadata's JSON is free: it stands alone in its fence, and older programs spaced it otherwise.
 *
 * @returns null = some other text: read it with `parseDecision`.
 */
export function parseCanonicalDecision(text: string, path: string): Parsed<DecisionRecord> | null {
  const found = readRecord(text);
  // The metadata is canonical as it was read.
  if (found === null || faultOf({ ...found.record, metadata: null }) !== null) return null;
  // The proof that nothing was misread: writing the record gives back the very bytes, up to the metadata.
  const { record, textEnd } = found;
  if (decisionText({ ...record, metadata: null }) !== text.slice(0, textEnd) + CLOSING) return null;
  const problems = problemList(path);
  checkTimeInName('timestamp', record.decidedAt, problems);
  checkConfidence(
    record.confidencePct,
    problems,
    5 + Number(record.asset !== null) + Number(record.riskLevel !== null),
  );
  if (text.includes('&#x')) {
    const lineAt = lineCounter(text);
    checkText(problems, lineAt(text.indexOf(ACTION)) + 1, 'action', record.action);
    checkText(problems, lineAt(text.indexOf(REASONING)) + 2, 'reasoning', record.reasoning);
  }
  return { records: [{ line: 1, record }], problems: problems.list() };
}

/** @returns the record and where its texts end: there the metadata or the closing starts. */
function readRecord(text: string): { readonly record: DecisionRecord; readonly textEnd: number } | null {
  const headEnd = text.indexOf(ACTION);
  if (headEnd === -1 || !text.startsWith(HEAD) || !text.endsWith(CLOSING)) return null;
  const labels = readLabels(text.slice(HEAD.length, headEnd));
  const actionStart = headEnd + ACTION.length;
  const actionEnd = text.indexOf(REASONING, actionStart);
  if (labels === null || actionEnd === -1) return null;
  const reasoningStart = actionEnd + REASONING.length;
  const end = text.length - CLOSING.length;
  const metadataStart = text.indexOf(METADATA_OPEN, reasoningStart);
  const textEnd = metadataStart === -1 ? end : metadataStart;
  if (textEnd < reasoningStart) return null;
  const metadata =
    metadataStart === -1 ? null : readMetadata(text.slice(metadataStart + METADATA_OPEN.length, end));
  if (metadataStart !== -1 && metadata === null) return null;
  const action = unescapeBlockText(text.slice(actionStart, actionEnd));
  const reasoning = unescapeBlockText(text.slice(reasoningStart, textEnd));
  return { record: { ...labels, action, reasoning, metadata }, textEnd };
}

function readMetadata(block: string): JsonText | null {
  if (!block.endsWith(METADATA_CLOSE)) return null;
  const reading = readJsonObject(block.slice(0, -METADATA_CLOSE.length));
  return 'json' in reading ? reading.json : null;
}

type Labels = Pick<DecisionRecord, 'decidedAt' | 'decisionType' | 'asset' | 'riskLevel' | 'confidencePct'>;

/** Reads the lines of labels in their fixed order. The proof by writing finds whatever is missing or too much. */
function readLabels(head: string): Labels | null {
  const lines = head.split('\n', 6);
  let next = 0;
  const take = (label: string): string | null => {
    const line = lines[next];
    if (line === undefined || !line.startsWith(label)) return null;
    next += 1;
    return unescapeCharacters(line.slice(label.length));
  };
  const decidedAt = take('**Timestamp:** ');
  const decisionType = take('**Type:** ');
  if (decidedAt === null || decisionType === null) return null;
  const asset = take('**Asset:** ');
  const riskLevel = take('**Risk Level:** ');
  const confidence = take('**Confidence:** ');
  return { decidedAt, decisionType, asset, riskLevel, confidencePct: confidence?.slice(0, -1) ?? null };
}
