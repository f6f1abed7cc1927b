import { spawn } from 'node:child_process';
import path from 'node:path';

// Seen from the sources (vitest) and from dist (the torture harness) the project's root is at different depths.
export const ROOT = import.meta.dirname.replace(/(\/dist)?\/test\/support$/, '');

export const PROGRAM = path.join(ROOT, 'dist/bin/maven-git.js');

export interface CliRun {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
}

/** Runs the built program as a person would, in a process of its own. */
export function maven(args: readonly string[], options: CliOptions): Promise<CliRun> {
  return new Promise((resolve, reject) => {
    const { MAVEN_DATABASE_URL: _, DB_HOST: __, ...inherited } = process.env;
    const child = spawn(process.execPath, [PROGRAM, ...args], {
      cwd: options.cwd,
      env: { ...inherited, MAVEN_GIT_AUTHOR: 'Test <test@example.com>', ...options.env },
      stdio: 'pipe',
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString('utf8');
    });
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString('utf8');
    });
    child.once('error', reject);
    child.once('close', (exitCode) => resolve({ exitCode, stdout, stderr }));
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input ?? '');
  });
}

/** What stands on stderr beside progress, which shows only on a machine that is slow enough. */
export function faultsIn(stderr: string): readonly string[] {
  return stderr.split('\n').filter((line) => line !== '' && !line.startsWith('  '));
}
