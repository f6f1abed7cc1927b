import { isDeepStrictEqual } from 'node:util';
import { type Parsed, PROBLEM_CODES, type Problem } from '../../../parsers/problem.js';
import { decodeArtifact } from '../../../parsers/text.js';
import { must } from '../target.js';

/** One kind of artifact: how it is read and written. */
export interface Format<T> {
  readonly path: string;
  readonly parse: (text: string, path: string) => Parsed<T>;
  readonly format: (records: readonly T[]) => string;
  /** Readers that must agree on what the fast one reads: the fast one says null where it does not know. */
  readonly readers?: {
    readonly fast: (text: string, path: string) => Parsed<T> | null;
    readonly full: (text: string, path: string) => Parsed<T>;
  };
  /**
   * Where one file holds many records: records before and after anything else, which must stay as they are. What
   * follows the first one begins with `start`, where loose text would belong to the record above it.
   */
  readonly guards?: {
    readonly before: T;
    readonly after: T;
    readonly start?: string;
    readonly append: (record: T) => string;
  };
  /** A line a record: each line is read, or reported. */
  readonly lines?: boolean;
}

const CODES: ReadonlySet<string> = new Set(PROBLEM_CODES);
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

/**
 * What must hold of a reader and a writer, whatever the bytes are.
 *
 * @throws {@link FuzzFault} naming the law.
 */
export function checkFormat<T>(one: Format<T>, bytes: Uint8Array): void {
  const decoded = decodeArtifact(bytes, one.path);
  checkProblems(decoded.problems, one.path, linesOf(new TextDecoder().decode(bytes)));
  checkText(one, decoded.text);
  if (one.readers !== undefined) checkReaders(one, one.readers, decoded.text);
  if (one.guards !== undefined) checkNeighbours(one, one.guards, decoded.text);
}

/** The laws of one text. */
function checkText<T>(one: Format<T>, text: string): void {
  const parsed = one.parse(text, one.path);
  const lines = linesOf(text);
  checkProblems(parsed.problems, one.path, lines);
  for (const { line } of parsed.records)
    must(line >= 1 && line <= lines, `a record on line ${line} of ${lines}`);
  if (text.trim() !== '' && parsed.records.length === 0)
    must(parsed.problems.length > 0 || one.guards !== undefined, 'nothing was read, and no problem says why');
  if (one.lines === true) checkLines(one, parsed, text);
  const records = recordsOf(parsed);
  const written = one.format(records);
  const again = one.parse(written, one.path);
  must(isDeepStrictEqual(recordsOf(again), records), 'parse(format(x)) is not x');
  const twice = one.format(recordsOf(again));
  must(twice === written, 'format(parse(text)) is not the text that was written');
}

/** Whoever reads the list of problems finds each at its place, and nothing in it moves a terminal. */
export function checkProblems(problems: readonly Problem[], path: string, lines: number, most = 1001): void {
  must(problems.length <= most, `${problems.length} problems`);
  for (const { code, line, message, path: where, severity } of problems) {
    must(CODES.has(code), `code ${code}`);
    must(severity === 'error' || severity === 'warning', `severity ${severity}`);
    must(where === path, `a problem of ${where}`);
    must(Number.isInteger(line) && line >= 1 && line <= lines, `${code} on line ${line} of ${lines}`);
    must(message !== '' && message.length <= 1000, `a message of ${message.length} characters`);
    must(!UNSAFE.test(message), `${code}: a message with characters that move a terminal`);
  }
}

/** A line that is not blank holds a record, is told of, or says again what another says. */
function checkLines<T>(one: Format<T>, parsed: Parsed<T>, text: string): void {
  if (parsed.problems.some(({ code }) => code === 'TOO_MANY_PROBLEMS')) return;
  const known = new Set([...parsed.records, ...parsed.problems].map(({ line }) => line));
  for (const [index, line] of text.split('\n').entries()) {
    if (known.has(index + 1) || line.trim() === '') continue;
    must(one.parse(line, one.path).records.length === 1, `line ${index + 1} is neither read nor reported`);
  }
}

function checkReaders<T>(one: Format<T>, readers: NonNullable<Format<T>['readers']>, text: string): void {
  const fast = readers.fast(text, one.path);
  if (fast === null) return;
  const full = readers.full(text, one.path);
  must(
    isDeepStrictEqual(recordsOf(fast), recordsOf(full)),
    'the fast reader reads another record than the full one',
  );
}

/** Whatever stands between two good records, both are read as if it were not there. */
function checkNeighbours<T>(one: Format<T>, guards: NonNullable<Format<T>['guards']>, text: string): void {
  // A mark at the start of a file is cut, in the middle it is text.
  if (text.startsWith('\ufeff')) return;
  const { before, after, start = '', append } = guards;
  const bad = start + text + (text === '' || text.endsWith('\n') ? '' : '\n');
  const records = recordsOf(one.parse(append(before) + bad + append(after), one.path));
  must(isDeepStrictEqual(records[0], before), 'the record before bad text is lost or changed');
  must(isDeepStrictEqual(records.at(-1), after), 'the record after bad text is lost or changed');
  const alone = recordsOf(one.parse(bad, one.path));
  must(
    isDeepStrictEqual(records.slice(1, -1), alone),
    `${alone.length} records alone, ${records.length - 2} or others between good ones`,
  );
}

function recordsOf<T>(parsed: Parsed<T>): readonly T[] {
  return parsed.records.map(({ record }) => record);
}

export function linesOf(text: string): number {
  return text.split(/\r\n?|\n/).length;
}
