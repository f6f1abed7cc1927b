import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { removeFolder } from '../../support/remove-folder.js';

/** A folder that a test owns, with native git at hand. */
export interface TemporaryFolder {
  readonly dir: string;
  remove(): void;
}

export function temporaryFolder(): TemporaryFolder {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'maven-git-test-')));
  return {
    dir,
    remove: () => removeFolder(dir),
  };
}

/** Environment for native git in tests: nothing of the machine's own configuration. */
export function gitEnvironment(): NodeJS.ProcessEnv {
  const env = { ...process.env };
  for (const name of Object.keys(env)) if (name.startsWith('GIT_')) delete env[name];
  return {
    ...env,
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: 'Una User',
    GIT_AUTHOR_EMAIL: 'una@example.org',
    GIT_COMMITTER_NAME: 'Una User',
    GIT_COMMITTER_EMAIL: 'una@example.org',
    GIT_AUTHOR_DATE: '2026-01-14T10:00:00Z',
    GIT_COMMITTER_DATE: '2026-01-14T10:00:00Z',
    // Garbage is collected before the command ends, so that no process outlives its test.
    GIT_CONFIG_COUNT: '2',
    GIT_CONFIG_KEY_0: 'gc.autoDetach',
    GIT_CONFIG_VALUE_0: 'false',
    GIT_CONFIG_KEY_1: 'maintenance.autoDetach',
    GIT_CONFIG_VALUE_1: 'false',
    LC_ALL: 'C',
  };
}

/** Runs native git and returns what it prints, without the final line end. */
export function git(dir: string, ...args: readonly string[]): string {
  return execFileSync('git', args, {
    cwd: dir,
    env: gitEnvironment(),
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    stdio: ['ignore', 'pipe', 'pipe'],
  }).replace(/\n$/, '');
}

export function writeFiles(dir: string, files: Readonly<Record<string, string | Buffer>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), content);
  }
}

/** A repository on branch `main`, with the given files committed (none: unborn). */
export function initRepository(dir: string, files: Readonly<Record<string, string | Buffer>> = {}): string {
  mkdirSync(dir, { recursive: true });
  git(dir, 'init', '-q', '-b', 'main');
  if (Object.keys(files).length > 0) commitFiles(dir, files, 'first');
  return dir;
}

export function commitFiles(
  dir: string,
  files: Readonly<Record<string, string | Buffer>>,
  message: string,
): string {
  writeFiles(dir, files);
  git(dir, 'add', '-f', '--', ...Object.keys(files));
  git(dir, 'commit', '-q', '-m', message);
  return git(dir, 'rev-parse', 'HEAD');
}
