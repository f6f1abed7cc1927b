import { stemOf } from './artifact-name.js';
import { SHORT, TIME } from './field-type.js';
import { InvalidRecordError } from './invalid-record-error.js';
import { readJsonDocument } from './json-document.js';
import { isJsonText, type JsonText, jsonTextOf, prettyJson } from './json-text.js';
import { objectFields } from './object-fields.js';
import type { Parsed } from './problem.js';
import { problemList, quote } from './problem-list.js';

/** Watermark of an upstream, committed with the data it covers. */
export interface StateRecord {
  readonly source: string;
  readonly recordedAt: string;
  readonly state: JsonText;
}

/**
 * Reads `state/<source>.json`.
 *
 * @returns one record, or none: a watermark that is only half readable must not be used.
 * @see parsers/FORMATS.md#state
 */
export function parseState(text: string, path: string): Parsed<StateRecord> {
  const problems = problemList(path);
  const document = readJsonDocument(text, problems);
  const record = document === null ? null : readState(document, path);
  return { records: record === null ? [] : [{ line: 1, record }], problems: problems.list() };
}

function readState(
  { object, context }: NonNullable<ReturnType<typeof readJsonDocument>>,
  path: string,
): StateRecord | null {
  const fields = objectFields(object, context);
  if (!fields.version(1)) return null;
  const source = fields.required('source', SHORT, '');
  const recordedAt = fields.required('recorded_at', TIME, '');
  const node = fields.node('state');
  const state = node === null ? null : jsonTextOf(node);
  if (state === null || 'fault' in state) {
    const code = state === null ? 'MISSING_FIELD' : 'INVALID_JSON';
    const line = context.lineAt(state?.fault.offset ?? object.offset);
    context.problems.error(code, line, `state: ${state?.fault.message ?? 'absent, it is required'}`);
    return null;
  }
  if (source !== '' && source !== stemOf(path)) {
    context.problems.warning('NAME_MISMATCH', 1, `source ${quote(source)} is not the file's name`);
  }
  return fields.complete() ? { source, recordedAt, state: state.json } : null;
}

/** Formats the file. @throws InvalidRecordError when a value is out of its form. */
export function formatState(record: StateRecord): string {
  if (!SHORT.isCanonical(record.source)) throw new InvalidRecordError('source', SHORT.expected);
  if (!TIME.isCanonical(record.recordedAt)) throw new InvalidRecordError('recorded_at', TIME.expected);
  if (!isJsonText(record.state)) throw new InvalidRecordError('state', 'a canonical JSON object');
  const head = `{"v":1,"source":${JSON.stringify(record.source)},"recorded_at":"${record.recordedAt}"`;
  return `${prettyJson(`${head},"state":${record.state}}`)}\n`;
}
