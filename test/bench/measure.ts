import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** One run of a whole process. */
export interface Run {
  readonly seconds: number;
  /** Peak resident memory; 0 where /proc is absent. */
  readonly peakMiB: number;
  readonly stdout: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
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
    let peakMiB = 0;
    const poll = setInterval(() => {
      peakMiB = Math.max(peakMiB, peakOf(child.pid));
    }, POLL_MS);
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString('utf8');
    });
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString('utf8');
    });
    child.once('error', reject);
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

function peakOf(pid: number | undefined): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

/** Runs two things in turn, so that a machine that slows down slows both; answers both medians. */
export async function inTurn(
  times: number,
  left: () => Promise<Run>,
  right: () => Promise<Run>,
): Promise<{ readonly left: Run; readonly right: Run }> {
  const runs: { left: Run; right: Run }[] = [];
  for (let i = 0; i < times; i++) runs.push({ left: await left(), right: await right() });
  return { left: median(runs.map((run) => run.left)), right: median(runs.map((run) => run.right)) };
}

export function median(runs: readonly Run[]): Run {
  const sorted = [...runs].sort((a, b) => a.seconds - b.seconds);
  const middle = sorted[Math.floor(sorted.length / 2)];
  if (middle === undefined) throw new Error('no runs');
  return { ...middle, peakMiB: Math.max(...runs.map((run) => run.peakMiB)) };
}
