import { type ArtifactKind, artifactKind, isIgnoredPath } from '../parsers/artifact.js';
import { compareCodeUnits } from '../parsers/compare-text.js';
import { lostLines } from '../parsers/lost-lines.js';
import type { Problem } from '../parsers/problem.js';
import { decodeArtifact } from '../parsers/text.js';
import { readBlobs } from './git/blobs.js';
import type { RawChange } from './git/hooks/raw-diff.js';
import type { Repository } from './git/repository.js';
import { REGULAR_FILE_MODES } from './git/tree.js';
import { loadProjector, type Projector } from './projection/projector.js';

/** Why a commit or push must not go through. */
export interface CheckFinding {
  readonly path: string;
  /** From 1; of the version before, for a line that is gone. */
  readonly line: number;
  readonly code: string;
  readonly message: string;
}

export interface CheckReport {
  readonly findings: readonly CheckFinding[];
  readonly checked: number;
  /** Artifacts beyond the bound, which were not looked at. */
  readonly skipped: number;
}

export interface CheckBounds {
  readonly artifacts: number;
  readonly bytes: number;
}

/** About a second's work; `verify` has no bound. */
const BOUNDS: CheckBounds = { artifacts: 2_000, bytes: 12 * 1_048_576 };
const LEDGERS: ReadonlySet<ArtifactKind> = new Set(['trades', 'flows']);

/**
 * Checks what a commit or a push would change: every artifact parses as well as before, no line of a ledger is removed or
 * changed, no conflict marker is left.
 *
 * What was wrong before already is not held against the change, or one old fault would stop all work on a file.
 *
 * @throws {@link MavenError} OBJECT_NOT_FOUND, GIT_FAILED.
 */
export async function checkChanges(
  repository: Repository,
  changes: readonly RawChange[],
  bounds: CheckBounds = BOUNDS,
): Promise<CheckReport> {
  const findings: CheckFinding[] = [];
  const wanted: Wanted[] = [];
  for (const change of unique(changes)) {
    const kind = artifactKind(change.path);
    if (kind === null || isIgnoredPath(change.path)) continue;
    if (change.newOid === null) {
      if (LEDGERS.has(kind)) findings.push({ ...at(change.path, 1), ...DELETED });
    } else if (!REGULAR_FILE_MODES.has(change.newMode)) {
      findings.push({ ...at(change.path, 1), ...NO_FILE });
    } else wanted.push({ ...change, newOid: change.newOid, kind });
  }
  // Money first, should there be more than can be looked at.
  wanted.sort((a, b) => Number(LEDGERS.has(b.kind)) - Number(LEDGERS.has(a.kind)));
  const checked = await checkContents(repository, wanted.slice(0, bounds.artifacts), bounds.bytes, findings);
  findings.sort((a, b) => compareCodeUnits(a.path, b.path) || a.line - b.line);
  return { findings, checked, skipped: wanted.length - checked };
}

interface Wanted extends RawChange {
  readonly newOid: string;
  readonly kind: ArtifactKind;
}

const DELETED = {
  code: 'LEDGER_REWRITTEN',
  message: 'the ledger file is deleted; ledgers only grow',
} as const;
const NO_FILE = { code: 'NOT_A_FILE', message: 'a link or a submodule, expected a regular file' } as const;

async function checkContents(
  repository: Repository,
  wanted: readonly Wanted[],
  mostBytes: number,
  findings: CheckFinding[],
): Promise<number> {
  // The version before stands next to each, and is read in the same stream.
  const blobs = wanted.flatMap((change) => [
    ...(change.oldOid === null ? [] : [{ change, oid: change.oldOid, isNew: false }]),
    { change, oid: change.newOid, isNew: true },
  ]);
  let before: Buffer | null = null;
  let bytesRead = 0;
  let checked = 0;
  for await (const { entry, bytes } of readBlobs(repository, blobs)) {
    if (!entry.isNew) {
      before = bytes;
      continue;
    }
    findings.push(...(await checkArtifact(entry.change, before, bytes)));
    before = null;
    checked += 1;
    bytesRead += bytes.length;
    if (bytesRead >= mostBytes) break;
  }
  return checked;
}

async function checkArtifact(
  { path, kind }: Wanted,
  before: Buffer | null,
  after: Buffer,
): Promise<readonly CheckFinding[]> {
  const project = await loadProjector(kind);
  const errors = errorsOf(project, path, after);
  const lost = LEDGERS.has(kind) && before !== null ? rewritten(path, before, after) : [];
  if (errors.length === 0) return lost;
  const known = before === null ? [] : errorsOf(project, path, before);
  const old = countKeys(known, before);
  const fresh = errors.filter((problem) => {
    const key = keyOf(problem, after);
    const left = old.get(key) ?? 0;
    old.set(key, left - 1);
    return left <= 0;
  });
  return [...lost, ...fresh.map(({ line, code, message }) => ({ ...at(path, line), code, message }))];
}

function errorsOf(project: Projector, path: string, bytes: Buffer): readonly Problem[] {
  const decoded = decodeArtifact(bytes, path);
  const { problems } = project(decoded.text, path);
  return [...decoded.problems, ...problems].filter(({ severity }) => severity === 'error');
}

/** By what the line says, since its number may have changed. */
function keyOf(problem: Problem, bytes: Buffer): string {
  return `${problem.code} ${linesOf(bytes)[problem.line - 1] ?? ''}`;
}

function countKeys(problems: readonly Problem[], bytes: Buffer | null): Map<string, number> {
  const counts = new Map<string, number>();
  if (bytes === null) return counts;
  for (const problem of problems)
    counts.set(keyOf(problem, bytes), (counts.get(keyOf(problem, bytes)) ?? 0) + 1);
  return counts;
}

function rewritten(path: string, before: Buffer, after: Buffer): readonly CheckFinding[] {
  if (after.length >= before.length && after.subarray(0, before.length).equals(before)) return [];
  return lostLines(before.toString('utf8'), after.toString('utf8')).map(({ line, number }) => {
    const message = `removed or changed, and ledgers only grow; it was: ${line.slice(0, 160)}`;
    return { ...at(path, number), code: 'LEDGER_REWRITTEN', message };
  });
}

function linesOf(bytes: Buffer): readonly string[] {
  return bytes.toString('utf8').split('\n');
}

function at(path: string, line: number): { readonly path: string; readonly line: number } {
  return { path, line };
}

/** Two parents of a merge may tell of one path twice, each from its own version. */
function unique(changes: readonly RawChange[]): readonly RawChange[] {
  return [...new Map(changes.map((change) => [JSON.stringify(change), change])).values()];
}
