import { type ArtifactKind, artifactKind } from './artifact.js';
import type { Problem } from './problem.js';
import { problemList } from './problem-list.js';

/** An artifact's text, ready for its parser, and the faults of its bytes. */
export interface DecodedArtifact {
  readonly text: string;
  readonly problems: readonly Problem[];
}

const MIB = 1_048_576;

/** Largest file of each kind, in bytes. What grows with the history may be large; one record may not. */
export const MAX_BYTES: Readonly<Record<ArtifactKind, number>> = {
  decision: 4 * MIB,
  session_log: 32 * MIB,
  milestone: 4 * MIB,
  insight: 4 * MIB,
  conversation: 32 * MIB,
  runs: 32 * MIB,
  identity: 2 * MIB,
  infrastructure: 2 * MIB,
  persona: 2 * MIB,
  trades: 128 * MIB,
  flows: 32 * MIB,
  snapshot: 4 * MIB,
  metrics: 4 * MIB,
  state: 2 * MIB,
};

/** Lines named for one fault of a file; more are counted, up to a bound. */
const LINES_NAMED = 3;
const LINES_COUNTED = 10_000;

const CONFLICT_MARKER = /(?<![^\n])(?:<{7}|>{7}|\|{7})(?=[ \n]|$)/;

/**
 * Decodes the bytes of an artifact and reports what is wrong with them.
 *
 * @param path - repository-relative; chooses the size cap.
 * @returns text in LF without BOM and NUL, ready for the parser of its kind; '' when the file is over its cap.
 */
export function decodeArtifact(bytes: Uint8Array, path: string): DecodedArtifact {
  const problems = problemList(path);
  const cap = MAX_BYTES[artifactKind(path) ?? 'decision'];
  if (bytes.length > cap) {
    problems.error('FILE_TOO_LARGE', 1, `the file has ${bytes.length} bytes, at most ${cap} are read`);
    return { text: '', problems: problems.list() };
  }
  const report = reporter(problems);
  let text = decodeUtf8(bytes, report);
  if (text.charCodeAt(0) === 0xfeff) {
    problems.warning('BYTE_ORDER_MARK', 1, 'the file starts with a byte order mark');
    text = text.slice(1);
  }
  if (text.includes('\r')) {
    report('warning', 'CRLF', linesOf(text, /\r/g), 'carriage return: lines must end in LF alone');
    text = text.replace(/\r\n?/g, '\n');
  }
  if (text.includes('\0')) {
    report('error', 'NUL_CHARACTER', linesOf(text, /\0/g), 'NUL character, read as U+FFFD');
    text = text.replaceAll('\0', '\ufffd');
  }
  if (CONFLICT_MARKER.test(text)) {
    const everyMarker = new RegExp(CONFLICT_MARKER, 'g');
    report('error', 'CONFLICT_MARKER', linesOf(text, everyMarker), 'conflict marker of an unfinished merge');
  }
  if (text !== '' && !text.endsWith('\n')) {
    problems.warning(
      'NO_FINAL_NEWLINE',
      newlinesIn(text, 0, text.length) + 1,
      'the last line does not end in a newline',
    );
  }
  return { text, problems: problems.list() };
}

type Report = (
  severity: 'error' | 'warning',
  code: Problem['code'],
  lines: readonly number[],
  message: string,
) => void;

/** Names the first few lines of a fault and counts the rest: one bad editor setting is not a thousand problems. */
function reporter(problems: ReturnType<typeof problemList>): Report {
  return (severity, code, lines, message) => {
    for (const line of lines.slice(0, LINES_NAMED)) problems[severity](code, line, message);
    const next = lines[LINES_NAMED];
    if (next === undefined) return;
    const more = lines.length - LINES_NAMED - 1;
    const least = lines.length >= LINES_COUNTED ? 'at least ' : '';
    problems[severity](code, next, `${message} (here and on ${least}${more} more lines)`);
  };
}

function decodeUtf8(bytes: Uint8Array, report: Report): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    report('error', 'INVALID_UTF8', badLines(bytes), 'bytes that are not UTF-8, read as U+FFFD');
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  }
}

function badLines(bytes: Uint8Array): number[] {
  const lines: number[] = [];
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  for (let start = 0, line = 1; start < bytes.length && lines.length < LINES_COUNTED; line += 1) {
    const newline = bytes.indexOf(10, start);
    const end = newline === -1 ? bytes.length : newline;
    try {
      decoder.decode(bytes.subarray(start, end));
    } catch {
      lines.push(line);
    }
    start = end + 1;
  }
  return lines;
}

/** @returns the lines on which the pattern matches, each once, at most {@link LINES_COUNTED}. */
function linesOf(text: string, everyMatch: RegExp): number[] {
  const lines: number[] = [];
  let line = 1;
  let counted = 0;
  for (const match of text.matchAll(everyMatch)) {
    line += newlinesIn(text, counted, match.index);
    counted = match.index;
    if (lines.at(-1) !== line) lines.push(line);
    if (lines.length === LINES_COUNTED) break;
  }
  return lines;
}

/** A loop over the range, because `indexOf` would look past its end and take quadratic time on one long line. */
function newlinesIn(text: string, start: number, end: number): number {
  let newlines = 0;
  for (let at = start; at < end; at += 1) {
    if (text.charCodeAt(at) === 10) newlines += 1;
  }
  return newlines;
}
