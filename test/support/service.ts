import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { type CliOptions, PROGRAM } from './cli.js';

/** The built program running as a service, until it is ended. */
export interface Service {
  readonly pid: number;
  /** Everything it wrote so far, both streams. */
  output(): string;
  /** What it wrote to stdout alone. */
  stdout(): string;
  /** Waits until it has written a text `times` times; fails when it ends before. */
  said(text: string, times?: number): Promise<void>;
  /** Sends a signal and waits for its end. @returns its exit code; null = a signal ended it. */
  end(signal: NodeJS.Signals): Promise<number | null>;
  readonly ended: Promise<number | null>;
}

/** How long a test waits for what must happen; far more than it takes. */
const PATIENCE_MS = 90_000;

export function startService(args: readonly string[], options: CliOptions): Service {
  const { MAVEN_DATABASE_URL: _, DB_HOST: __, ...inherited } = process.env;
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    cwd: options.cwd,
    env: { ...inherited, MAVEN_GIT_AUTHOR: 'Test <test@example.com>', ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  let stdout = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      text += chunk.toString('utf8');
      if (stream === child.stdout) stdout += chunk.toString('utf8');
    });
  }
  let over = false;
  const ended = new Promise<number | null>((resolve) => {
    child.once('close', (exitCode) => {
      over = true;
      resolve(exitCode);
    });
  });
  return {
    pid: child.pid ?? 0,
    output: () => text,
    stdout: () => stdout,
    ended,
    said: (wanted, times = 1) =>
      until(
        () => text.split(wanted).length > times,
        () => over,
        () => `the service did not say ${JSON.stringify(wanted)} ${times} times; it said:\n${text}`,
      ),
    end: (signal) => {
      child.kill(signal);
      return ended;
    },
  };
}

/** Waits for a condition. @param hopeless - tells that it cannot come true any more. */
export async function until(
  condition: () => boolean,
  hopeless: () => boolean = () => false,
  message: () => string = () => 'it did not happen',
): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (!condition()) {
    if (hopeless() || performance.now() > deadline) throw new Error(message());
    await sleep(20);
  }
}
