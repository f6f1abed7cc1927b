import { decodeArtifact } from '../../../parsers/text.js';
import { encodeCopyRow } from '../../../src/db/copy-format.js';
import { TABLE_OF_KIND } from '../../../src/projection/projector.js';
import { checkProblems, linesOf } from '../../fuzz/targets/parsed.js';
import type { Mutant, Projectors } from './artifacts.js';

/** Of the processor's time, for one file; what is as large as a file may be has a quarter of that a mebibyte. */
const LIMIT_MS = 1000;
const LIMIT_MS_PER_BYTE = 250 / 2 ** 20;
/** Kinds in which a line is a record. */
const BY_LINE: ReadonlySet<string> = new Set(['trades', 'flows', 'conversation', 'runs']);

/** Reads one file as the projection does. @returns what must not be. */
export function examine(mutant: Mutant, projectors: Projectors): readonly string[] {
  const faults: string[] = [];
  const limit = Math.max(LIMIT_MS, mutant.bytes.length * LIMIT_MS_PER_BYTE);
  const started = performance.now();
  try {
    read(mutant, projectors);
  } catch (error) {
    faults.push(error instanceof Error ? `${error.name}: ${error.message}` : String(error));
  }
  if (performance.now() - started > limit) {
    // On a busy machine time passes by itself: it counts what the processor did, the second time.
    const before = process.cpuUsage();
    try {
      read(mutant, projectors);
    } catch {
      // Told above.
    }
    const { user, system } = process.cpuUsage(before);
    if ((user + system) / 1000 > limit) faults.push(`took ${Math.round((user + system) / 1000)} ms`);
  }
  return faults;
}

function read({ kind, path, bytes }: Mutant, projectors: Projectors): void {
  const decoded = decodeArtifact(bytes, path);
  const { rows, problems } = projectors[kind](decoded.text, path);
  const lines = Math.max(linesOf(decoded.text), lineEndsIn(bytes) + 1);
  checkProblems(decoded.problems, path, lines);
  // A ledger's reader and its fold list their own.
  checkProblems(problems, path, lines, 2002);
  for (const row of rows) {
    const values = Object.values(row);
    // The one line that is sent to Postgres: as many columns as there are, and no NUL, which it cannot hold.
    const line = encodeCopyRow(values);
    if (
      line.split('\t').length !== values.length ||
      line.indexOf('\n') !== line.length - 1 ||
      line.includes('\0')
    )
      throw new Error('a row that is not one line of columns');
    if (row.git_path !== path) throw new Error(`a row of ${row.git_path}`);
    const stands = Number(row.git_line);
    if (!(stands >= 1 && stands <= lines)) throw new Error(`a row on line ${row.git_line} of ${lines}`);
  }
  const silent = problems.length === 0 && decoded.problems.length === 0;
  const nothing = rows.length === 0 && decoded.text.trim() !== '';
  // Before the first event of a log anything may stand.
  if (silent && nothing && TABLE_OF_KIND[kind] !== null && kind !== 'session_log')
    throw new Error('nothing is read and nothing told');
  if (silent && BY_LINE.has(kind) && TABLE_OF_KIND[kind] !== null) {
    const written = decoded.text.split('\n').filter((line) => line.trim() !== '').length;
    if (rows.length > written) throw new Error(`${rows.length} rows of ${written} lines`);
  }
}

/** A lone carriage return ends a line too, once it is read. */
function lineEndsIn(bytes: Buffer): number {
  let ends = 0;
  for (const byte of bytes) if (byte === 10 || byte === 13) ends += 1;
  return ends;
}
