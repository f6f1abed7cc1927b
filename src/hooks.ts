import { existsSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import type { Context } from './context.js';
import { MavenError } from './errors.js';
import type { HooksStatus } from './git/hooks/hook-status.js';
import type { InstalledHooks } from './git/hooks/install-hooks.js';
import type { UninstalledHooks } from './git/hooks/uninstall-hooks.js';
import { openRepository } from './git/repository.js';
import type { CheckReport } from './hooks-check.js';
import type { HookWorkerOptions } from './hooks-worker.js';

export interface HookInstallOptions {
  /** File of `NAME=value` lines that background reconciles read, relative to `folder`; the environment of git wins. */
  readonly envFile?: string | undefined;
  readonly folder: string;
}

/** Puts git hooks in place; see the git layer for how. @throws {@link MavenError} */
export async function installGitHooks(
  context: Context,
  options: HookInstallOptions,
): Promise<InstalledHooks & { readonly expectsServer: boolean }> {
  const { installHooks } = await import('./git/hooks/install-hooks.js');
  const { envFile = null, folder } = options;
  const file = envFile === null || isAbsolute(envFile) ? envFile : resolve(folder, envFile);
  if (file !== null && !existsSync(file)) {
    throw new MavenError('FILE_UNREADABLE', `${file} is not there`, {
      hint: 'name a file of NAME=value lines, such as .env',
      data: { file },
    });
  }
  const expectsServer = context.config.database.kind === 'postgres';
  return { ...(await installHooks(context.repository, { envFile: file, expectsServer })), expectsServer };
}

export async function uninstallGitHooks(context: Context): Promise<UninstalledHooks> {
  const { uninstallHooks } = await import('./git/hooks/uninstall-hooks.js');
  return uninstallHooks(context.repository);
}

export async function gitHooksStatus(context: Context): Promise<HooksStatus> {
  const { hooksStatus } = await import('./git/hooks/hook-status.js');
  return hooksStatus(context.repository);
}

/**
 * Checks what is about to be committed. Opens nothing but the repository: git holds its index's lock meanwhile.
 *
 * @param rawDiff - what `git diff --cached --raw -z --no-renames --no-abbrev` prints, one character a byte.
 */
export async function checkStaged(repo: string, rawDiff: string): Promise<CheckReport> {
  const { parseRawDiff } = await import('./git/hooks/raw-diff.js');
  const { checkChanges } = await import('./hooks-check.js');
  return checkChanges(await openRepository(repo), parseRawDiff(rawDiff));
}

/** Checks what is about to be pushed. @param refs - as git tells the hook. */
export async function checkOutgoing(repo: string, refs: string, remote: string): Promise<CheckReport> {
  const { outgoingChanges } = await import('./git/hooks/outgoing.js');
  const { checkChanges } = await import('./hooks-check.js');
  const repository = await openRepository(repo);
  return checkChanges(repository, await outgoingChanges(repository, refs, remote));
}

/** Reconciles for the hooks, in the background. */
export async function serveHookRequests(options: HookWorkerOptions): Promise<void> {
  const { serveHookRequests: run } = await import('./hooks-worker.js');
  return run(options);
}

/** Exit code by which `hook-run` tells the hook's script that it refuses. */
export { REFUSED as HOOK_REFUSED } from './git/hooks/hook-script.js';
