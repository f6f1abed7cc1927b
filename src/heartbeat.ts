import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { codeOf, MavenError } from './errors.js';
import type { Repository } from './git/repository.js';

/** Every job that leaves a heartbeat. */
export const JOBS = ['sync trades', 'snapshot', 'metrics'] as const;

/** What is known of a job on this machine without a commit: its last run, and the loop it runs in. */
export interface Heartbeat {
  /** As people know it: `sync trades`. */
  readonly job: string;
  /** The last run that ended; null = none has. */
  readonly run: JobRun | null;
  /** The loop, while one is claimed; null = runs are started by hand or by cron. */
  readonly loop: JobLoop | null;
}

export interface JobRun {
  /** ISO 8601 in UTC. */
  readonly startedAt: string;
  readonly endedAt: string;
  readonly outcome: 'ok' | 'failed';
  /** Code of the error, never its text: that may be long, and the log has it. */
  readonly code: string | null;
  /** Whether the run had anything to commit. */
  readonly committed: boolean;
}

export interface JobLoop {
  readonly since: string;
  /** Longest seconds between two rounds that go well. */
  readonly intervalSeconds: number;
}

/** The folder in the git directory where the processes of a job meet. */
export function jobFolder({ commonDir }: Repository, job: string): string {
  return path.join(commonDir, 'maven', 'jobs', job.replaceAll(' ', '-'));
}

/** Writes down how a run ended; a job that had nothing to commit leaves no other trace. */
export function writeRun(repository: Repository, job: string, run: JobRun): void {
  writePart(repository, job, 'run.json', run);
}

/** Writes down that a loop has begun (or, with null, that it has ended). */
export function writeLoop(repository: Repository, job: string, loop: JobLoop | null): void {
  writePart(repository, job, 'loop.json', loop);
}

/** @returns with null where nothing is known, also when a power loss has torn the file. */
export function readHeartbeat(repository: Repository, job: string): Heartbeat {
  return {
    job,
    run: readPart<JobRun>(repository, job, 'run.json'),
    loop: readPart<JobLoop>(repository, job, 'loop.json'),
  };
}

export interface JobHealth extends Heartbeat {
  readonly state: 'healthy' | 'unhealthy' | 'not running';
  /** Why, in one sentence. */
  readonly reason: string;
}

/** Judges every job of this machine. */
export function jobsHealth(repository: Repository, now: Date): readonly JobHealth[] {
  return JOBS.map((job) => judgeHealth(readHeartbeat(repository, job), now));
}

/** Three rounds may fail or take long before anybody is woken; the pause after a failure is at most 15 minutes. */
const ROUNDS = 3;
const LONGEST_PAUSE_SECONDS = 900;

/**
 * Judges a loop by its rounds: one must have ended lately, well or not. An upstream that is away makes rounds fail, not
 * the loop; `status` tells how old the data are.
 */
export function judgeHealth(heartbeat: Heartbeat, now: Date): JobHealth {
  const { loop, run, job } = heartbeat;
  if (loop === null) return { ...heartbeat, state: 'not running', reason: `no ${job} --loop runs here` };
  const patienceSeconds = ROUNDS * Math.max(loop.intervalSeconds, LONGEST_PAUSE_SECONDS / ROUNDS);
  const ended = run !== null && run.endedAt > loop.since ? run.endedAt : null;
  const silentSeconds = Math.floor((now.getTime() - Date.parse(ended ?? loop.since)) / 1000);
  const last =
    ended === null
      ? `no round has ended since the loop began ${silentSeconds} s ago`
      : `the last round ended ${silentSeconds} s ago${run?.outcome === 'failed' ? ` and failed (${run.code})` : ''}`;
  const state = silentSeconds <= patienceSeconds ? 'healthy' : 'unhealthy';
  return { ...heartbeat, state, reason: `${last}; one is due every ${loop.intervalSeconds} s` };
}

function writePart(repository: Repository, job: string, name: string, value: unknown): void {
  const folder = jobFolder(repository, job);
  const file = path.join(folder, name);
  const temporary = `${file}.${process.pid}`;
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(temporary, `${JSON.stringify(value)}\n`);
    renameSync(temporary, file);
  } catch (error) {
    throw new MavenError('FILE_UNWRITABLE', `cannot write ${file} (${codeOf(error) ?? String(error)})`, {
      hint: 'make the folder writable for this user, on a disk with space left',
      data: { file },
      cause: error,
    });
  }
}

function readPart<T>(repository: Repository, job: string, name: string): T | null {
  try {
    return JSON.parse(readFileSync(path.join(jobFolder(repository, job), name), 'utf8')) as T | null;
  } catch (error) {
    if (error instanceof SyntaxError || codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}
