import { codeOf, MavenError } from '../errors.js';
import { type FailureNote, readFailureNotes, writeFailureNotes } from './failure-notes.js';
import { nowText } from './input.js';
import type { JobDependencies } from './job.js';
import { plural } from './plural.js';
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
const MOST_CHARACTERS = 2000;

/**
 * Tells the session log that a job failed: the same failure at most once an hour, with a count. That holds also for a job
 * that works now and then in between, and for failures that take turns.
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
  const nowMs = dependencies.clock().getTime();
  const notes = readFailureNotes(folder);
  const known = notes.find((note) => note.code === code && !isForgotten(note, nowMs));
  const due = known === undefined || isLongAgo(known.toldMs, nowMs);
  const note: FailureNote = {
    code,
    firstAt: known?.firstAt ?? nowText(dependencies.clock),
    lastMs: nowMs,
    toldMs: due ? nowMs : known.toldMs,
    total: (known?.total ?? 0) + 1,
    over: !due && known.over,
  };
  const recorded = due
    ? await recordEvent(dependencies, {
        type: 'JOB_FAILED',
        text: `${job} failed: ${eventText(error)}`,
        metadata: JSON.stringify({ job, code, count: String(note.total), first_at: note.firstAt }),
      })
    : null;
  writeFailureNotes(folder, [...notes.filter((other) => other.code !== code), note]);
  return recorded;
}

/** Tells the session log that a job works again, where it was told that it did not. */
export async function recordRecovery(
  dependencies: JobDependencies,
  folder: string,
  job: string,
): Promise<Recorded | null> {
  const notes = readFailureNotes(folder);
  const told = notes.filter(({ over }) => !over);
  const [first] = told.map(({ firstAt }) => firstAt).sort();
  if (first === undefined) return null;
  const total = told.reduce((sum, note) => sum + note.total, 0);
  const code = told.map((note) => note.code).join(', ');
  const recorded = await recordEvent(dependencies, {
    type: 'JOB_RECOVERED',
    text: `${job} works again after ${plural(total, 'failure')} since ${first}`,
    metadata: JSON.stringify({ job, code, count: String(total), first_at: first }),
  });
  const nowMs = dependencies.clock().getTime();
  const kept = notes.map((note) => ({ ...note, over: true })).filter((note) => !isForgotten(note, nowMs));
  writeFailureNotes(folder, kept);
  return recorded;
}

/** For an hour: what fails again soon is known, and must not fill the log. */
function isForgotten({ over, lastMs }: FailureNote, nowMs: number): boolean {
  return over && isLongAgo(lastMs, nowMs);
}

/** Also when the clock was set back: a job must not fail in silence until it has caught up. */
function isLongAgo(thenMs: number, nowMs: number): boolean {
  return Math.abs(nowMs - thenMs) >= EVENT_INTERVAL_MS;
}

/** What goes into git stays there: no password of an address, no endless text of a server. */
function eventText(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const safe = message.replace(/(\/\/[^\s/:@]*):[^\s/@]*@/g, '$1:***@').toWellFormed();
  return safe.length <= MOST_CHARACTERS ? safe : `${safe.slice(0, MOST_CHARACTERS).toWellFormed()}…`;
}
