import { checkTimeInName, stemOf } from './artifact-name.js';
import {
  checkMilestone,
  type MilestoneRecord,
  parseCanonicalMilestone,
  readMilestoneFields,
} from './canonical-milestone.js';
import { unescapeBlockText } from './escape.js';
import { checkText } from './field-type.js';
import { readLegacyRecord, readLegacyTime } from './legacy-record.js';
import { objectFields } from './object-fields.js';
import { plainText } from './plain-text.js';
import type { Parsed } from './problem.js';
import { type ProblemList, problemList, quote } from './problem-list.js';
import { isShortText } from './short-text.js';
import { readYamlFrontMatter } from './yaml-front-matter.js';

export { formatMilestone, type MilestoneRecord, parseCanonicalMilestone } from './canonical-milestone.js';

/**
 * Reads the file of a milestone: front matter and text, or the older form with a title and labels.
 *
 * @param text - whole file, UTF-8; LF or CRLF.
 * @param path - its name tells the second, and the title where the file names none.
 * @see parsers/FORMATS.md#milestone
 */
export function parseMilestone(text: string, path: string): Parsed<MilestoneRecord> {
  return parseCanonicalMilestone(text, path) ?? parseTolerantMilestone(text, path);
}

/** Reads a milestone that is older or hand-edited. Exported for the tests. */
export function parseTolerantMilestone(text: string, path: string): Parsed<MilestoneRecord> {
  const problems = problemList(path);
  const record = readMilestone(plainText(text, problems), problems);
  return { records: record === null ? [] : [{ line: 1, record }], problems: problems.list() };
}

function readMilestone(text: string, problems: ProblemList): MilestoneRecord | null {
  if (text.trim() === '') {
    problems.error('EMPTY_FILE', 1, 'the file is empty, expected a milestone');
    return null;
  }
  const matter = readYamlFrontMatter(text, problems);
  if (matter === 'refused') return null;
  if (matter === 'none') return readLegacyMilestone(text, problems);
  const fields = objectFields(matter.fields, matter.context);
  const record = readMilestoneFields(fields, matter.body);
  if (!fields.complete()) return null;
  return checkMilestone(record, matter.bodyLine, problems);
}

function readLegacyMilestone(text: string, problems: ProblemList): MilestoneRecord | null {
  const legacy = readLegacyRecord(text, problems);
  const { labels } = legacy;
  const achievedAt = readLegacyTime(labels.get('timestamp', 'date', 'achieved', 'achieved at'), problems);
  const title = labels.get('title')?.value ?? legacy.title ?? titleInName(problems);
  labels.finish();
  if (!isShortText(title)) {
    problems.error('INVALID_TEXT', 1, `title: ${quote(title)} is not a text of 1 to 255 characters`);
    return null;
  }
  if (achievedAt === null) return null;
  checkTimeInName('timestamp', achievedAt, problems);
  const content = checkText(problems, legacy.textLine, 'text', unescapeBlockText(legacy.text));
  return { achievedAt, title, text: content, metadata: legacy.metadata };
}

/** `milestone_20260114_142408_git_first.md` tells "git first". */
function titleInName(problems: ProblemList): string {
  const slug = /^milestone_\d{8}_\d{6}_(.+)$/.exec(stemOf(problems.path))?.[1] ?? stemOf(problems.path);
  const title = slug.replace(/[-_]+/g, ' ').trim();
  problems.warning('VALUE_FROM_NAME', 1, `no title, the file's name tells ${quote(title)}`);
  return title;
}
