import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** How a child process ended. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A script of the test folder, compiled: a child runs plain JavaScript. */
export function compiled(script: string): string {
  // Seen from the sources (vitest) and from dist (the torture harness) the project's root is at different depths.
  const root = import.meta.dirname.replace(/(\/dist)?\/test\/git\/support$/, '');
  const file = join(root, 'dist', 'test', script);
  if (!existsSync(file)) throw new Error(`${file} is missing: run npm run build first`);
  return file;
}

/** Runs a compiled script to its end. */
export async function runScript(
  script: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  return ended(spawn(process.execPath, [compiled(script), ...args], { env: { ...process.env, ...env } }));
}

/** Waits for a child and collects what it prints. */
export function ended(child: ChildProcess): Promise<Ended> {
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    stdout += chunk.toString('utf8');
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    stderr += chunk.toString('utf8');
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}

/** The lines a writer has acknowledged. */
export function acknowledged(output: string): readonly { readonly line: string; readonly commit: string }[] {
  return [...output.matchAll(/^ack (\S+) ([0-9a-f]{40})$/gm)].map(([, line = '', commit = '']) => ({
    line,
    commit,
  }));
}
