import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeOf, MavenError } from '../errors.js';
import { nowText } from './input.js';
import type { JobDependencies } from './job.js';
import { recordEvent } from './record-event.js';
import type { Recorded } from './recorded.js';

/** Mistakes of whoever called, and places where nothing can be written: no news about the money. */
const NO_EVENT: ReadonlySet<string> = new Set([
  'ARTIFACTS_NOT_FOUND',
  'COMMIT_UNSAFE',
  'CONFIG_INVALID',
  'FILE_UNREADABLE',
  'INPUT_INVALID',
  'JOB_RUNNING',
  'LOCK_TIMEOUT',
  'REPOSITORY_NOT_FOUND',
  'REPOSITORY_UNSUPPORTED',
  'USAGE',
]);

const EVENT_INTERVAL_MS = 3_600_000;

/** What is remembered of a job's failing, between runs and processes; lost without harm. */
interface FailureNote {
  readonly code: string;
  readonly firstAt: string;
  /** When the session log was last told, in milliseconds since 1970. */
  readonly toldMs: number;
  /** Failures since then. */
  readonly untold: number;
  readonly total: number;
}

/**
 * Tells the session log that a job failed: the same failure at most once an hour, with a count.
 *
 * @param folder - of the job, in the git folder.
 * @returns null when the log knows already, or when the failure is no event.
 */
export async function recordFailure(
  dependencies: JobDependencies,
  folder: string,
  job: string,
  error: unknown,
): Promise<Recorded | null> {
  const code = error instanceof MavenError ? error.code : (codeOf(error) ?? 'FAULT');
  if (NO_EVENT.has(code)) return null;
  const now = dependencies.clock();
  const known = readNote(folder);
  const before = known?.code === code ? known : null;
  const due = before === null || now.getTime() - before.toldMs >= EVENT_INTERVAL_MS;
  const note: FailureNote = {
    code,
    firstAt: before?.firstAt ?? nowText(dependencies.clock),
    toldMs: due ? now.getTime() : before.toldMs,
    untold: due ? 0 : before.untold + 1,
    total: (before?.total ?? 0) + 1,
  };
  if (!due) {
    writeNote(folder, note);
    return null;
  }
  const message = error instanceof Error ? error.message : String(error);
  const recorded = await recordEvent(dependencies, {
    type: 'JOB_FAILED',
    text: `${job} failed: ${message}`,
    metadata: JSON.stringify({ job, code, count: String(note.total), first_at: note.firstAt }),
  });
  writeNote(folder, note);
  return recorded;
}

/** Tells the session log that a job works again, where it was told that it did not. */
export async function recordRecovery(
  dependencies: JobDependencies,
  folder: string,
  job: string,
): Promise<Recorded | null> {
  const note = readNote(folder);
  if (note === null) return null;
  const times = note.total === 1 ? 'one failure' : `${note.total} failures`;
  const recorded = await recordEvent(dependencies, {
    type: 'JOB_RECOVERED',
    text: `${job} works again after ${times} since ${note.firstAt}`,
    metadata: JSON.stringify({ job, code: note.code, count: String(note.total), first_at: note.firstAt }),
  });
  rmSync(notePath(folder), { force: true });
  return recorded;
}

function notePath(folder: string): string {
  return join(folder, 'failure.json');
}

/** @returns null = the job did not fail lately, or the note is unreadable. */
function readNote(folder: string): FailureNote | null {
  try {
    const note = JSON.parse(readFileSync(notePath(folder), 'utf8')) as FailureNote;
    const usable =
      typeof note.code === 'string' &&
      typeof note.firstAt === 'string' &&
      Number.isFinite(note.toldMs) &&
      Number.isSafeInteger(note.untold) &&
      Number.isSafeInteger(note.total);
    return usable ? note : null;
  } catch {
    return null;
  }
}

function writeNote(folder: string, note: FailureNote): void {
  mkdirSync(folder, { recursive: true });
  const temporary = `${notePath(folder)}.${process.pid}`;
  writeFileSync(temporary, `${JSON.stringify(note)}\n`);
  renameSync(temporary, notePath(folder));
}
