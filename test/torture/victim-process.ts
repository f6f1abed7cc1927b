import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Acknowledged } from './world-checks.js';

export const jobs = ['commit', 'projection', 'sync', 'snapshot'] as const;
export type Job = (typeof jobs)[number];

export interface VictimOptions {
  /** The bundled script. */
  readonly script: string;
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  readonly name: string;
  readonly first: Job;
  readonly seed: number;
}

/** A life of `victim.ts`. */
export interface Victim {
  /** Waits until it has said a line that begins so; false when it ended or took longer. */
  said(beginning: string, timeoutMs: number): Promise<boolean>;
  /** kill -9, and waits until it is gone. */
  kill(): Promise<void>;
  /** What it was doing when it ended: a job, or `between` them. */
  doing(): Job | 'between';
  readonly acknowledged: readonly Acknowledged[];
  /** What the program complained of, and how long each finished job took. */
  readonly complaints: readonly string[];
  readonly durations: readonly { readonly job: Job; readonly ms: number }[];
}

/** Starts a victim. */
export function startVictim(options: VictimOptions): Victim {
  const args = [options.script, options.folder, options.name, options.first, String(options.seed)];
  const child = spawn(process.execPath, args, {
    cwd: options.folder,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  const acknowledged: Acknowledged[] = [];
  const complaints: string[] = [];
  const durations: { readonly job: Job; readonly ms: number }[] = [];
  let doing: Job | 'between' = 'between';
  let begunMs = 0;
  let rest = '';
  let stderr = '';
  let wake = (): void => undefined;
  const hear = (line: string): void => {
    lines.push(line);
    const [word, job = '', commit = '-', token = '-'] = line.split(' ');
    if (word === 'begin') {
      doing = job as Job;
      begunMs = performance.now();
    } else if (word === 'ack') {
      durations.push({ job: job as Job, ms: performance.now() - begunMs });
      doing = 'between';
      if (commit !== '-') acknowledged.push({ commit, token: token === '-' ? null : token });
    } else if (word === 'fail') {
      doing = 'between';
      complaints.push(line);
    }
    wake();
  };
  child.stdout.on('data', (chunk: Buffer) => {
    const parts = (rest + chunk.toString('utf8')).split('\n');
    rest = parts.pop() ?? '';
    parts.forEach(hear);
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString('utf8');
  });
  const ended = untilClosed(child).then(() => {
    if (stderr !== '') complaints.push(stderr.slice(0, 500));
    wake();
  });
  let over = false;
  void ended.then(() => {
    over = true;
    wake();
  });
  return {
    acknowledged,
    complaints,
    durations,
    doing: () => doing,
    said: async (beginning, timeoutMs) => {
      const until = performance.now() + timeoutMs;
      while (!lines.some((line) => line.startsWith(beginning))) {
        const leftMs = until - performance.now();
        if (over || leftMs <= 0) return false;
        const heard = new Promise<void>((resolve) => {
          wake = resolve;
        });
        await Promise.race([heard, sleep(leftMs, undefined, { ref: false })]);
      }
      return true;
    },
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

function untilClosed(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', () => resolve());
  });
}
