import { canonicalLineReader } from './canonical-line.js';
import type { FieldContext } from './field-type.js';
import { type JsonObject, readJson } from './json-node.js';
import type { FieldValue, LineFormat } from './line-format.js';
import { type ObjectFields, objectFields } from './object-fields.js';
import type { Located } from './problem.js';
import { type ProblemList, quote } from './problem-list.js';

/**
 * Reads a file of JSON lines: canonical lines at full speed, any other line tolerantly, one bad line hiding no other.
 *
 * @param check - looks at each record, in file order.
 */
export function parseJsonLines<T>(
  format: LineFormat<T>,
  text: string,
  problems: ProblemList,
  check: (record: T, line: number) => void,
): Located<T>[] {
  const records: Located<T>[] = [];
  const readCanonical = canonicalLineReader(format);
  for (let start = text.charCodeAt(0) === BYTE_ORDER_MARK ? 1 : 0, line = 1; start < text.length; line += 1) {
    const newline = text.indexOf('\n', start);
    const end = newline === -1 ? text.length : newline;
    const record =
      readCanonical(text, start, end) ?? readTolerant(format, text.slice(start, end), line, problems);
    start = end + 1;
    if (record === null) continue;
    records.push({ line, record });
    check(record, line);
  }
  return records;
}

const BYTE_ORDER_MARK = 0xfeff;

/** Reads one line in any spelling. @returns null = blank, or no record: then a problem says why. */
function readTolerant<T>(format: LineFormat<T>, text: string, line: number, problems: ProblemList): T | null {
  if (text.trim() === '') return null;
  const node = readJson(text);
  if (node.kind === 'fault') {
    problems.error('INVALID_JSON', line, `not JSON at column ${node.offset + 1}: ${node.message}`);
    return null;
  }
  if (node.kind !== 'object') {
    problems.error('INVALID_JSON', line, `expected an object, found ${quote(text.slice(0, 40))}`);
    return null;
  }
  const context: FieldContext = { problems, lineAt: () => line };
  return readLineObject(format, node, context);
}

/** Reads the object of one line. @returns null = a required field is missing or unreadable, a problem says which. */
function readLineObject<T>(format: LineFormat<T>, object: JsonObject, context: FieldContext): T | null {
  const fields = objectFields(object, context);
  if (!fields.version(format.version)) return null;
  const values: FieldValue[] = [];
  for (const field of format.fields) {
    // Both members of the union of types read the same way; the fallback never leaves this function.
    const type = field.type as Parameters<ObjectFields['optional']>[1];
    values.push(field.required ? fields.required(field.key, type, '') : fields.optional(field.key, type));
  }
  return fields.complete() ? format.build(values) : null;
}

/** How {@link uniqueRecords} compares two records of one identity. */
export interface RecordComparison<T> {
  /** Everything a record says, as text. */
  write(record: T): string;
  /** What of it must agree. */
  fact(record: T): string;
  /** Whether a record is the first that was written of a fact: it wins over the other. */
  isEarlier(record: T, than: T): boolean;
}

/**
 * Leaves one record of each identity: of those that state one fact the earliest, otherwise the last. Twice the same line
 * is a warning; two facts are an error.
 *
 * For files without revisions. The ledger has its own fold.
 */
export function uniqueRecords<T>(
  format: LineFormat<T>,
  records: readonly Located<T>[],
  problems: ProblemList,
  comparison: RecordComparison<T>,
): readonly Located<T>[] {
  const { write, fact, isEarlier } = comparison;
  const byIdentity = new Map<string, Located<T>>();
  for (const located of records) {
    const identity = format.identity(located.record);
    const earlier = byIdentity.get(identity);
    if (earlier === undefined) {
      byIdentity.set(identity, located);
    } else if (write(earlier.record) === write(located.record)) {
      const message = `${quote(identity)} stands already on line ${earlier.line}`;
      problems.warning('DUPLICATE_LINE', located.line, message);
    } else if (fact(earlier.record) === fact(located.record)) {
      if (isEarlier(located.record, earlier.record)) byIdentity.set(identity, located);
    } else {
      const message = `${quote(identity)} differs from line ${earlier.line}; this later line is taken`;
      problems.error('IDENTITY_CONFLICT', located.line, message);
      byIdentity.set(identity, located);
    }
  }
  return byIdentity.size === records.length ? records : [...byIdentity.values()];
}
