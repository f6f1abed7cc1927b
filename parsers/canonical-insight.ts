import { checkTimeInName } from './artifact-name.js';
import { CONFIDENCE, checkConfidence } from './confidence.js';
import { checkText, METADATA, SHORT, TEXT, TIME } from './field-type.js';
import { formatBodyText, formatFrontMatter, readBodyText, readCanonicalFrontMatter } from './front-matter.js';
import { InvalidRecordError } from './invalid-record-error.js';
import type { JsonText } from './json-text.js';
import { jsonDigits, jsonOptional, jsonRequired } from './json-write.js';
import type { ObjectFields } from './object-fields.js';
import type { Parsed } from './problem.js';
import { type ProblemList, problemList } from './problem-list.js';

/** One market observation. */
export interface InsightRecord {
  readonly observedAt: string;
  readonly insightType: string;
  readonly asset: string | null;
  /** 0 to 100, decimal text; null = not given or unreadable. */
  readonly confidencePct: string | null;
  readonly text: string;
  readonly metadata: JsonText | null;
}

/**
 * Formats the file of an insight.
 *
 * @throws InvalidRecordError when a value is out of its form; the text may hold anything.
 * @see parsers/FORMATS.md#insight
 */
export function formatInsight(record: InsightRecord): string {
  if (!TEXT.isCanonical(record.text)) throw new InvalidRecordError('text', TEXT.expected);
  const fields = [
    ['v', jsonDigits(1)] as const,
    jsonRequired('observed_at', TIME, record.observedAt),
    jsonRequired('insight_type', SHORT, record.insightType),
    jsonOptional('asset', SHORT, record.asset),
    jsonOptional('confidence_pct', CONFIDENCE, record.confidencePct),
    jsonOptional('metadata', METADATA, record.metadata),
  ];
  return formatFrontMatter(fields, formatBodyText(record.text));
}

/** Reads exactly the files that {@link formatInsight} writes. @returns null = use `parseInsight`. */
export function parseCanonicalInsight(text: string, path: string): Parsed<InsightRecord> | null {
  const found = readCanonicalFrontMatter(text, readInsightFields, formatInsight);
  if (found === null) return null;
  const problems = problemList(path);
  const record = checkInsight(found.record, found.bodyLine, problems);
  return { records: [{ line: 1, record }], problems: problems.list() };
}

/** Reads the record of front matter and body. */
export function readInsightFields(fields: ObjectFields, body: string): InsightRecord {
  fields.version(1);
  return {
    observedAt: fields.required('observed_at', TIME, ''),
    insightType: fields.required('insight_type', SHORT, ''),
    asset: fields.optional('asset', SHORT),
    confidencePct: fields.optional('confidence_pct', CONFIDENCE),
    text: readBodyText(body),
    metadata: fields.optional('metadata', METADATA),
  };
}

/** Reports what is suspicious in an insight that is read, and bounds its text. */
export function checkInsight(record: InsightRecord, bodyLine: number, problems: ProblemList): InsightRecord {
  checkTimeInName('observed_at', record.observedAt, problems);
  checkConfidence(record.confidencePct, problems, 1);
  return { ...record, text: checkText(problems, bodyLine, 'text', record.text) };
}
