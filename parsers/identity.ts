import { InvalidRecordError } from './invalid-record-error.js';
import { readJsonDocument } from './json-document.js';
import { isJsonText, type JsonText, jsonTextOf, prettyJson } from './json-text.js';
import type { Parsed } from './problem.js';
import { problemList } from './problem-list.js';

/** Who Maven is, or what it knows of its platform (`infrastructure.json`): one JSON object, free in form. */
export interface IdentityRecord {
  readonly json: JsonText;
}

/**
 * Reads `identity.json` or `infrastructure.json`.
 *
 * @returns one record, or none when the file is not one usable JSON object.
 * @see parsers/FORMATS.md#identity-and-infrastructure
 */
export function parseIdentity(text: string, path: string): Parsed<IdentityRecord> {
  const problems = problemList(path);
  const document = readJsonDocument(text, problems);
  if (document === null) return { records: [], problems: problems.list() };
  const reading = jsonTextOf(document.object);
  if ('fault' in reading) {
    problems.error('INVALID_JSON', document.context.lineAt(reading.fault.offset), reading.fault.message);
    return { records: [], problems: problems.list() };
  }
  return { records: [{ line: 1, record: { json: reading.json } }], problems: problems.list() };
}

/** Formats the file: two spaces, final newline, key order and digits as they are. @throws InvalidRecordError */
export function formatIdentity(record: IdentityRecord): string {
  if (!isJsonText(record.json)) throw new InvalidRecordError('json', 'a canonical JSON object');
  return `${prettyJson(record.json)}\n`;
}
