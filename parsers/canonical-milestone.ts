import { checkTimeInName } from './artifact-name.js';
import { checkText, METADATA, SHORT, TEXT, TIME } from './field-type.js';
import { formatBodyText, formatFrontMatter, readBodyText, readCanonicalFrontMatter } from './front-matter.js';
import { InvalidRecordError } from './invalid-record-error.js';
import type { JsonText } from './json-text.js';
import { jsonDigits, jsonOptional, jsonRequired } from './json-write.js';
import type { ObjectFields } from './object-fields.js';
import type { Parsed } from './problem.js';
import { type ProblemList, problemList } from './problem-list.js';

/** Something reached. */
export interface MilestoneRecord {
  readonly achievedAt: string;
  readonly title: string;
  readonly text: string;
  readonly metadata: JsonText | null;
}

/**
 * Formats the file of a milestone.
 *
 * @throws InvalidRecordError when a value is out of its form; the text may hold anything.
 * @see parsers/FORMATS.md#milestone
 */
export function formatMilestone(record: MilestoneRecord): string {
  if (!TEXT.isCanonical(record.text)) throw new InvalidRecordError('text', TEXT.expected);
  const fields = [
    ['v', jsonDigits(1)] as const,
    jsonRequired('achieved_at', TIME, record.achievedAt),
    jsonRequired('title', SHORT, record.title),
    jsonOptional('metadata', METADATA, record.metadata),
  ];
  return formatFrontMatter(fields, formatBodyText(record.text));
}

/** Reads exactly the files that {@link formatMilestone} writes. @returns null = use `parseMilestone`. */
export function parseCanonicalMilestone(text: string, path: string): Parsed<MilestoneRecord> | null {
  const found = readCanonicalFrontMatter(text, readMilestoneFields, formatMilestone);
  if (found === null) return null;
  const problems = problemList(path);
  const record = checkMilestone(found.record, found.bodyLine, problems);
  return { records: [{ line: 1, record }], problems: problems.list() };
}

/** Reads the record of front matter and body. */
export function readMilestoneFields(fields: ObjectFields, body: string): MilestoneRecord {
  fields.version(1);
  return {
    achievedAt: fields.required('achieved_at', TIME, ''),
    title: fields.required('title', SHORT, ''),
    text: readBodyText(body),
    metadata: fields.optional('metadata', METADATA),
  };
}

/** Reports what is suspicious in a milestone that is read, and bounds its text. */
export function checkMilestone(
  record: MilestoneRecord,
  bodyLine: number,
  problems: ProblemList,
): MilestoneRecord {
  checkTimeInName('achieved_at', record.achievedAt, problems);
  return { ...record, text: checkText(problems, bodyLine, 'text', record.text) };
}
