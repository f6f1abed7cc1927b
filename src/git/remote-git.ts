import { spawn } from 'node:child_process';
import { codeOf, type ErrorCode, MavenError } from '../errors.js';
import { childEnvironment } from './environment.js';
import type { Repository } from './repository.js';

export interface RemoteGitOptions {
  readonly timeoutMs: number;
  /** Settings for this call alone. */
  readonly config?: readonly string[];
  /** Exit codes that are answers, not failures; default 0 alone. */
  readonly answers?: readonly number[];
}

export interface RemoteGitResult {
  readonly exitCode: number;
  readonly stdout: string;
  /** Without credentials. */
  readonly stderr: string;
}

/** A killed git gets this long to leave its folder tidy. */
const GRACE_MS = 5_000;

/**
 * Runs native git where it may reach the network, the person's hooks and helpers included, but never asks anybody: no
 * terminal, no window, no host key to confirm.
 *
 * @throws {@link MavenError} REMOTE_AUTH, REMOTE_FAILED, without any credentials in it.
 */
export async function runRemoteGit(
  repo: Repository,
  args: readonly string[],
  options: RemoteGitOptions,
): Promise<RemoteGitResult> {
  const place = ['--git-dir', repo.gitDir, ...(repo.workTree === null ? [] : ['--work-tree', repo.workTree])];
  const config = ['core.askPass=', ...(options.config ?? [])].flatMap((setting) => ['-c', setting]);
  const child = spawn('git', [...place, ...config, ...args], {
    cwd: repo.workTree ?? repo.gitDir,
    env: silentEnvironment(),
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own, without a terminal: what git starts (git-remote-http, ssh) can ask nobody, and ends with it.
    detached: true,
    windowsHide: true,
  });
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    endGroup(child.pid, 'SIGTERM');
    setTimeout(() => endGroup(child.pid, 'SIGKILL'), GRACE_MS).unref();
  }, options.timeoutMs);
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString('utf8');
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString('utf8');
  });
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.once('error', (error) => reject(remoteFailed(args, String(error))));
    child.once('close', resolve);
  }).finally(() => clearTimeout(timer));
  if (late) throw remoteFailed(args, `no end after ${Math.round(options.timeoutMs / 1000)} s`);
  if (exitCode === null) throw remoteFailed(args, 'ended by a signal');
  const result = { exitCode, stdout: withoutCredentials(stdout), stderr: withoutCredentials(stderr) };
  if (!(options.answers ?? [0]).includes(exitCode)) throw failureOf(args, result);
  return result;
}

function endGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch (error) {
    // All of it has ended already.
    if (codeOf(error) !== 'ESRCH') throw error;
  }
}

/** Takes user names and passwords out of the URLs of a text, and bearer tokens out of its headers. */
export function withoutCredentials(text: string): string {
  return text
    .replace(/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/]+@/gi, '$1')
    .replace(/\b(authorization:\s*)\S.*/gi, '$1...')
    .replace(/\b(basic|bearer)\s+[A-Za-z0-9+/=._-]{8,}/gi, '$1 ...');
}

/** One line of what git complains about, the last it says before it gives up. */
export function complaintOf(stderr: string): string {
  const lines = stderr
    .split(/[\r\n]+/)
    .map((line) => line.replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ').trim())
    .filter((line) => line !== '' && !line.startsWith('hint:'));
  const fatal = lines.filter((line) => /^(fatal|error|remote: error)/.test(line));
  return (fatal.at(-1) ?? lines.at(-1) ?? 'no message').slice(0, 300);
}

export function remoteFailed(
  args: readonly string[],
  what: string,
  code: ErrorCode = 'REMOTE_FAILED',
): MavenError {
  const hint =
    code === 'REMOTE_AUTH'
      ? 'give git credentials it need not ask for: a credential helper, an ssh key with an agent, a token'
      : 'check the remote (git remote -v) and the network, then try again; nothing was lost';
  return new MavenError(code, `git ${args[0] ?? ''} failed: ${withoutCredentials(what)}`, { hint });
}

/** Git has no codes for why; these words are its own in every version, in the C locale. */
function failureOf(args: readonly string[], { exitCode, stderr }: RemoteGitResult): MavenError {
  const refused =
    /Authentication failed|terminal prompts disabled|could not read (Username|Password)|Permission denied|Host key verification failed|returned error: 40[13]/.test(
      stderr,
    );
  return remoteFailed(
    args,
    `${complaintOf(stderr)} (exit ${exitCode})`,
    refused ? 'REMOTE_AUTH' : 'REMOTE_FAILED',
  );
}

/** Without a terminal ssh asks nobody either: how it is started stays the person's to say (`core.sshCommand`). */
function silentEnvironment(): Record<string, string> {
  return {
    ...childEnvironment(),
    // An empty program is not run; without it git would look for the next one.
    GIT_ASKPASS: '',
    SSH_ASKPASS: '',
    SSH_ASKPASS_REQUIRE: 'never',
    GCM_INTERACTIVE: 'never',
    // What a partial clone lacks may be fetched here.
    GIT_NO_LAZY_FETCH: '0',
  };
}
