import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { MavenError } from '../../errors.js';
import { mavenDir } from '../journal.js';
import { runGit } from '../native-git.js';
import type { Repository } from '../repository.js';
import { FORMER_SUFFIX } from './hook-script.js';

/**
 * Where our hooks go, so that no file of anybody's is ever changed.
 *
 * `folder`: git looks into its own `hooks` folder, which makes room whole: it is renamed, ours takes its name, and every hook
 * of it is called from there, beside the files it may need and by its own name.
 *
 * `config`: `core.hooksPath` names a folder (husky's, a team's, one that all repositories of a person share). It may be
 * tracked or shared, so nothing is written into it: this clone's setting is pointed to a folder of ours, which calls the
 * hooks of the other.
 */
export type HookMode = 'folder' | 'config';

/** What an installation must remember: what it was told, and how to undo it. */
export interface Installation {
  readonly mode: HookMode;
  /** What this clone's own `core.hooksPath` was, as written there; null = it had none. */
  readonly localValue: string | null;
  /** The folder that `core.hooksPath` named, from wherever; null in mode `folder`. */
  readonly formerFolder: string | null;
  /** Whether the merge driver came with the hooks, and goes with them. */
  readonly registeredDriver: boolean;
  readonly envFile: string | null;
  readonly expectsServer: boolean;
}

/** `core.hooksPath` as it is in effect without us, `~` expanded. */
export interface HooksPath {
  readonly value: string;
  readonly scope: string;
}

/** Folder of requests, the log, and what {@link Installation} remembers. */
export function hooksStateFolder(repo: Pick<Repository, 'commonDir'>): string {
  return join(mavenDir(repo), 'hooks');
}

/** Our folder in each mode. */
export function hooksFolder(repo: Repository, mode: HookMode): string {
  return mode === 'folder' ? join(repo.commonDir, 'hooks') : join(hooksStateFolder(repo), 'scripts');
}

/** Where a hooks folder that made room for ours stands. */
export function folderBeside(repo: Repository): string {
  return `${hooksFolder(repo, 'folder')}${FORMER_SUFFIX}`;
}

export function installationFile(repo: Repository): string {
  return join(hooksStateFolder(repo), 'installed.json');
}

/** @returns null = hooks were never installed, or taken away again. */
export function readInstallation(repo: Repository): Installation | null {
  try {
    return JSON.parse(readFileSync(installationFile(repo), 'utf8')) as Installation;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new MavenError('FILE_UNREADABLE', `cannot read ${installationFile(repo)}: ${String(error)}`, {
      hint: 'look at git config core.hooksPath and the hooks folder, then delete this file and install again',
      data: { path: installationFile(repo) },
      cause: error,
    });
  }
}

/** Reads `core.hooksPath` as git would in this working tree; null = not set. */
export async function readHooksPath(repo: Repository): Promise<HooksPath | null> {
  const args = ['config', '--show-scope', '--type=path', '-z', '--get-all', 'core.hooksPath'];
  const { stdout } = await runGit(repo, args, { answers: [0, 1] });
  const fields = stdout.toString('utf8').split('\0');
  let found: HooksPath | null = null;
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const scope = fields[i] ?? '';
    // Our own native git is told on its command line to run no hooks.
    if (scope !== 'command') found = { scope, value: fields[i + 1] ?? '' };
  }
  return found;
}

/** Every value of this clone's own configuration, as written there. */
export async function readLocalHooksPaths(repo: Repository): Promise<readonly string[]> {
  const args = ['config', '--local', '-z', '--get-all', 'core.hooksPath'];
  const { stdout } = await runGit(repo, args, { answers: [0, 1] });
  return stdout.toString('utf8').split('\0').slice(0, -1);
}

/** Absolute, as git finds it from the working tree's root, where hooks run. */
export function resolveHooksPath(repo: Repository, value: string): string {
  return resolve(repo.workTree ?? repo.gitDir, value);
}

/** The folder whose hooks are called from ours. */
export function formerFolderOf(repo: Repository, { mode, formerFolder }: Installation): string {
  return mode === 'folder' ? folderBeside(repo) : resolveHooksPath(repo, formerFolder ?? '');
}
