import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** One run of a whole process, or of a part of one. */
export interface Run {
  readonly seconds: number;
  /** Peak resident memory of the process and its children; null = not a process of its own, or /proc is absent. */
  readonly peakMiB: number | null;
  readonly stdout: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
}

/** Runs of two sides, each pair one right after the other. */
export interface Pairs {
  readonly left: readonly Run[];
  readonly right: readonly Run[];
}

const POLL_MS = 20;

/** Runs a program to its end; fails when it does. */
export function runProcess(command: string, args: readonly string[], options: RunOptions = {}): Promise<Run> {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const child = spawn(command, [...args], {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    let peakMiB: number | null = null;
    const poll = setInterval(() => {
      peakMiB = largest(peakMiB, peakOf(child.pid));
    }, POLL_MS);
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString('utf8');
    });
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString('utf8');
    });
    child.once('error', (error) => {
      clearInterval(poll);
      reject(error);
    });
    child.once('close', (code) => {
      clearInterval(poll);
      if (code !== 0)
        reject(new Error(`${command} ${args.join(' ')} ended with ${code}: ${stderr || stdout}`));
      else resolve({ seconds: (performance.now() - started) / 1000, peakMiB, stdout });
    });
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input ?? '');
  });
}

/** Measures work of this process: its time, no memory. */
export async function runHere(work: () => Promise<unknown>): Promise<Run> {
  const started = performance.now();
  await work();
  return { seconds: (performance.now() - started) / 1000, peakMiB: null, stdout: '' };
}

/** The most that a process and all below it have held so far, in MiB; null = it is gone, or /proc is absent. */
export function peakOf(pid: number | undefined): number | null {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const kib = /VmHWM:\s+(\d+) kB/.exec(status)?.[1];
    if (kib === undefined) return null;
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
    const below = children.filter(Boolean).map((child) => peakOf(Number(child)) ?? 0);
    return below.reduce((sum, mib) => sum + mib, Number(kib) / 1024);
  } catch {
    return null;
  }
}

/** Runs two things in turn, so that a machine that slows down slows both. */
export async function inTurn(
  times: number,
  left: () => Promise<Run>,
  right: () => Promise<Run>,
): Promise<Pairs> {
  const runs: { left: Run; right: Run }[] = [];
  for (let i = 0; i < times; i++) runs.push({ left: await left(), right: await right() });
  return { left: runs.map((run) => run.left), right: runs.map((run) => run.right) };
}

/** The largest peak of several runs. */
export function peakOfRuns(runs: readonly Run[]): number | null {
  return runs.reduce<number | null>((peak, run) => largest(peak, run.peakMiB), null);
}

function largest(left: number | null, right: number | null): number | null {
  if (left === null || right === null) return left ?? right;
  return Math.max(left, right);
}
