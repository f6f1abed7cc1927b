import { escapeCharacters, unescapeCharacters } from './escape.js';
import { checkText } from './field-type.js';
import { InvalidRecordError } from './invalid-record-error.js';
import { MAX_TEXT_LENGTH } from './limits.js';
import type { Parsed } from './problem.js';
import { problemList } from './problem-list.js';
import { trimBlankLines } from './trim.js';

/** A personality, in free markdown. */
export interface PersonaRecord {
  readonly text: string;
}

/** Reads `personas/<name>.md`: the whole file is the text. @see parsers/FORMATS.md#persona */
export function parsePersona(text: string, path: string): Parsed<PersonaRecord> {
  const problems = problemList(path);
  const record = { text: checkText(problems, 1, 'text', unescapeCharacters(trimBlankLines(text))) };
  return { records: [{ line: 1, record }], problems: problems.list() };
}

/** Formats the file. @throws InvalidRecordError when the text is longer than 1 MiB. */
export function formatPersona(record: PersonaRecord): string {
  if (record.text.length > MAX_TEXT_LENGTH) throw new InvalidRecordError('text', 'at most 1 MiB');
  return `${escapeCharacters(record.text)}\n`;
}
