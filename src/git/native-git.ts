import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { MavenError } from '../errors.js';
import { childEnvironment } from './environment.js';
import type { Repository } from './repository.js';

export interface GitResult {
  readonly exitCode: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

export interface GitRunOptions {
  readonly input?: string | Buffer | undefined;
  /** Exit codes that are answers, not failures; default 0 alone. */
  readonly answers?: readonly number[] | undefined;
}

/** Nothing of the repository or the user may run as a side effect, and nothing may reach the network. */
const guards = ['core.hooksPath=/dev/null', 'core.fsmonitor=false', 'protocol.allow=never'] as const;

/**
 * Starts native git on a repository. The only place that does.
 *
 * The caller passes options and object names as separate arguments, with `--end-of-options` or `--` before anything
 * that comes from outside, or feeds them through standard input. No shell is involved.
 */
export function startGit(repo: Repository, args: readonly string[]): ChildProcessWithoutNullStreams {
  const place = ['--git-dir', repo.gitDir, ...(repo.workTree === null ? [] : ['--work-tree', repo.workTree])];
  return spawn('git', [...place, ...guards.flatMap((guard) => ['-c', guard]), ...args], {
    cwd: repo.workTree ?? repo.gitDir,
    env: childEnvironment(),
    stdio: 'pipe',
    windowsHide: true,
  });
}

/**
 * Runs native git to its end and collects what it says.
 *
 * @throws {@link MavenError} GIT_FAILED when it cannot be started, is killed, or exits with a code that is no answer.
 */
export async function runGit(
  repo: Repository,
  args: readonly string[],
  options: GitRunOptions = {},
): Promise<GitResult> {
  const child = startGit(repo, args);
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  // A child that ends before it has read everything closes the pipe; its exit code tells the story.
  child.stdin.on('error', () => {});
  child.stdin.end(options.input ?? '');
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.once('error', (error) => reject(gitFailed(args, String(error), error)));
    child.once('close', (code) => resolve(code));
  });
  const complaint = Buffer.concat(stderr).toString('utf8');
  if (exitCode === null || !(options.answers ?? [0]).includes(exitCode)) {
    throw gitFailed(args, `exit ${exitCode ?? 'by signal'}: ${firstLine(complaint)}`);
  }
  return { exitCode, stdout: Buffer.concat(stdout), stderr: complaint };
}

/** The error for a native git that did not do its part. */
export function gitFailed(args: readonly string[], what: string, cause?: unknown): MavenError {
  return new MavenError('GIT_FAILED', `git ${args[0] ?? ''} failed: ${what}`, {
    hint: 'run git fsck in the repository; MAVEN_NATIVE_GIT=false reads without native git',
    data: { args },
    cause,
  });
}

function firstLine(text: string): string {
  const line = text.split('\n').find((candidate) => candidate.trim() !== '') ?? 'no message';
  // From a child: may quote file names with terminal escapes.
  return line.replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ').slice(0, 300);
}
