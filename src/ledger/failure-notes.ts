import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What is remembered of one kind of failure of a job, between runs and processes; lost without harm. */
export interface FailureNote {
  readonly code: string;
  readonly firstAt: string;
  /** When it failed last, and when the session log was last told of it; milliseconds since 1970. */
  readonly lastMs: number;
  readonly toldMs: number;
  readonly total: number;
  /** The session log was told that the job works again. */
  readonly over: boolean;
}

/** @returns none = the job did not fail lately, or the notes are unreadable. */
export function readFailureNotes(folder: string): readonly FailureNote[] {
  try {
    const notes: unknown = JSON.parse(readFileSync(notesPath(folder), 'utf8'));
    return Array.isArray(notes) && notes.every(isNote) ? notes : [];
  } catch {
    return [];
  }
}

export function writeFailureNotes(folder: string, notes: readonly FailureNote[]): void {
  mkdirSync(folder, { recursive: true });
  const temporary = `${notesPath(folder)}.${process.pid}`;
  writeFileSync(temporary, `${JSON.stringify(notes)}\n`);
  renameSync(temporary, notesPath(folder));
}

function notesPath(folder: string): string {
  return join(folder, 'failures.json');
}

function isNote(value: unknown): value is FailureNote {
  if (typeof value !== 'object' || value === null) return false;
  const { code, firstAt, lastMs, toldMs, total, over } = value as Readonly<Record<string, unknown>>;
  return (
    typeof code === 'string' &&
    typeof firstAt === 'string' &&
    Number.isFinite(lastMs) &&
    Number.isFinite(toldMs) &&
    Number.isSafeInteger(total) &&
    typeof over === 'boolean'
  );
}
