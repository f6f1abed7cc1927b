import { checkTimeInName } from './artifact-name.js';
import {
  checkInsight,
  type InsightRecord,
  parseCanonicalInsight,
  readInsightFields,
} from './canonical-insight.js';
import { checkConfidence, readConfidence } from './confidence.js';
import { unescapeBlockText } from './escape.js';
import { checkText } from './field-type.js';
import { readLegacyRecord, readLegacyTime } from './legacy-record.js';
import { readShortLabel } from './markdown-labels.js';
import { objectFields } from './object-fields.js';
import { plainText } from './plain-text.js';
import type { Parsed } from './problem.js';
import { type ProblemList, problemList } from './problem-list.js';
import { trimSpaceEnd } from './trim.js';
import { readYamlFrontMatter } from './yaml-front-matter.js';

export { formatInsight, type InsightRecord, parseCanonicalInsight } from './canonical-insight.js';

/**
 * Reads the file of an insight: front matter and text, or the older form with a title and labels.
 *
 * @param text - whole file, UTF-8; LF or CRLF.
 * @param path - its name tells the second.
 * @see parsers/FORMATS.md#insight
 */
export function parseInsight(text: string, path: string): Parsed<InsightRecord> {
  return parseCanonicalInsight(text, path) ?? parseTolerantInsight(text, path);
}

/** Reads an insight that is older or hand-edited. Exported for the tests. */
export function parseTolerantInsight(text: string, path: string): Parsed<InsightRecord> {
  const problems = problemList(path);
  const record = readInsight(plainText(text, problems), problems);
  return { records: record === null ? [] : [{ line: 1, record }], problems: problems.list() };
}

function readInsight(text: string, problems: ProblemList): InsightRecord | null {
  if (text.trim() === '') {
    problems.error('EMPTY_FILE', 1, 'the file is empty, expected an insight');
    return null;
  }
  const matter = readYamlFrontMatter(text, problems);
  if (matter === 'refused') return null;
  if (matter === 'none') return readLegacyInsight(text, problems);
  const fields = objectFields(matter.fields, matter.context);
  const record = readInsightFields(fields, matter.body);
  if (!fields.complete()) return null;
  return checkInsight(record, matter.bodyLine, problems);
}

/** The type that stands for "the file names none": it is required, and nobody guesses one. */
const UNSPECIFIED = 'unspecified';

/** A title that says no more than what the file is. */
const PLAIN_TITLE = /^(?:market )?(?:insight|observation)(?: record)?$/i;

function readLegacyInsight(text: string, problems: ProblemList): InsightRecord | null {
  const legacy = readLegacyRecord(text, problems);
  const { labels } = legacy;
  const observedAt = readLegacyTime(labels.get('timestamp', 'date', 'observed', 'observed at'), problems);
  const type = labels.get('type', 'insight type', 'category');
  if (type === null) problems.warning('MISSING_FIELD', 1, `no '**Type:**' line, read as '${UNSPECIFIED}'`);
  const insightType = type === null ? UNSPECIFIED : readShortLabel(type, problems);
  const asset = readShortLabel(labels.get('asset', 'assets'), problems);
  const confidence = labels.get('confidence');
  const confidencePct =
    confidence === null ? null : readConfidence(confidence.value, problems, confidence.line);
  checkConfidence(confidencePct, problems, confidence?.line ?? 1);
  labels.finish();
  const title = legacy.title === null || PLAIN_TITLE.test(legacy.title) ? '' : `# ${legacy.title}\n\n`;
  const content = checkText(
    problems,
    legacy.textLine,
    'text',
    unescapeBlockText(trimSpaceEnd(`${title}${legacy.text}`)),
  );
  if (observedAt === null || insightType === null) return null;
  checkTimeInName('timestamp', observedAt, problems);
  return { observedAt, insightType, asset, confidencePct, text: content, metadata: legacy.metadata };
}
