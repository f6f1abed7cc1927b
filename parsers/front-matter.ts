import { escapeCharacters, unescapeCharacters } from './escape.js';
import type { FieldContext } from './field-type.js';
import { InvalidRecordError } from './invalid-record-error.js';
import { type JsonEntry, type JsonObject, readJson } from './json-node.js';
import { compactJson } from './json-text.js';
import type { JsonField } from './json-write.js';
import { type ObjectFields, objectFields } from './object-fields.js';
import { problemList } from './problem-list.js';

/** A file of front matter and a body, taken apart. */
export interface FrontMatter {
  readonly fields: JsonObject;
  readonly body: string;
  /** Line of the file on which the body starts. */
  readonly bodyLine: number;
  readonly context: FieldContext;
}

const OPEN = '---\n';
const CLOSE = '\n---\n';
const ENTRY = /^([a-z][a-z0-9_]*): ([^\n]*)$/;

/**
 * Writes front matter and a body. One key a line, its value as JSON, which is YAML too: the same line is read by any
 * YAML parser and, at full speed, by {@link readCanonicalFrontMatter}.
 */
export function formatFrontMatter(fields: readonly JsonField[], body: string): string {
  const lines = fields.map(([key, value]) => `${key}: ${compactJson(value)}`);
  return `${OPEN}${lines.join('\n')}${CLOSE}${body === '' ? '' : `\n${body}\n`}`;
}

/** Writes a free text as a body. */
export function formatBodyText(text: string): string {
  return escapeCharacters(text);
}

/** Reads a body as a free text. */
export function readBodyText(body: string): string {
  return unescapeCharacters(body);
}

/** Takes apart what {@link formatFrontMatter} wrote, and nothing else. @returns null = some other text. */
export function splitCanonicalFrontMatter(
  text: string,
): Pick<FrontMatter, 'fields' | 'body' | 'bodyLine'> | null {
  const close = text.indexOf(CLOSE);
  if (close === -1 || !text.startsWith(OPEN)) return null;
  const entries: JsonEntry[] = [];
  for (const line of text.slice(OPEN.length, close).split('\n')) {
    const match = ENTRY.exec(line);
    const value = readJson(match?.[2] ?? '');
    if (match?.[1] === undefined || value.kind === 'fault') return null;
    entries.push({ key: match[1], value, offset: 0 });
  }
  const rest = text.slice(close + CLOSE.length);
  if (rest !== '' && !(rest.length > 2 && rest.startsWith('\n') && rest.endsWith('\n'))) return null;
  const bodyLine = entries.length + 4;
  return { fields: { kind: 'object', entries, offset: 0 }, body: rest.slice(1, -1), bodyLine };
}

/**
 * Reads exactly the files that `format` writes, without a YAML parser.
 *
 * @returns the record and the line of its body; null = some other text, read it tolerantly.
 */
export function readCanonicalFrontMatter<T>(
  text: string,
  read: (fields: ObjectFields, body: string) => T,
  format: (record: T) => string,
): { readonly record: T; readonly bodyLine: number } | null {
  const split = splitCanonicalFrontMatter(text);
  if (split === null) return null;
  const problems = problemList('');
  const fields = objectFields(split.fields, { problems, lineAt: () => 1 });
  const record = read(fields, split.body);
  // The proof that nothing was misread: writing the record gives back the very bytes.
  if (!fields.complete() || problems.list().some(({ severity }) => severity === 'error')) return null;
  return formatOrNull(record, format) === text ? { record, bodyLine: split.bodyLine } : null;
}

/** A text over its bound cannot be written: the tolerant reader reports it. */
function formatOrNull<T>(record: T, format: (record: T) => string): string | null {
  try {
    return format(record);
  } catch (error) {
    if (error instanceof InvalidRecordError) return null;
    throw error;
  }
}
