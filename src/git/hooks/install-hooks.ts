import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { MavenError } from '../../errors.js';
import { configureMergeDriver, readMergeDriver } from '../merge-driver.js';
import { runGit } from '../native-git.js';
import type { Repository } from '../repository.js';
import { activeHooks, isOurFile, isThere, listFolder, writeIfOther } from './hook-files.js';
import {
  folderBeside,
  formerFolderOf,
  type HookMode,
  type HooksPath,
  hooksFolder,
  type Installation,
  installationFile,
  readHooksPath,
  readInstallation,
  readLocalHooksPaths,
  resolveHooksPath,
} from './hook-place.js';
import { hookScript, OUR_HOOKS } from './hook-script.js';
import { type HookProgram, programHere } from './program.js';
import { uninstallHooks } from './uninstall-hooks.js';

export interface HookOptions {
  /** File of environment variables for the reconciles, absolute; null = none. */
  readonly envFile: string | null;
  /** Whether the configuration of this moment names a server. */
  readonly expectsServer: boolean;
}

export interface InstalledHooks {
  readonly mode: HookMode;
  /** Where git finds the hooks now. */
  readonly folder: string;
  readonly hooks: readonly string[];
  /** Hooks that were there before, and are called first: their files. */
  readonly chained: readonly string[];
  /** Whether anything had to be written. */
  readonly changed: boolean;
}

/**
 * Hooks of a team's folder that may come with a later pull are passed through from the beginning. Those whose mere
 * presence changes what git does (`reference-transaction`, `push-to-checkout`) only where they are there.
 */
const PASSED_THROUGH = [
  'applypatch-msg',
  'commit-msg',
  'post-applypatch',
  'pre-applypatch',
  'pre-auto-gc',
  'pre-merge-commit',
  'pre-rebase',
  'prepare-commit-msg',
  'sendemail-validate',
];

/**
 * Puts our hooks where git looks for them, and the merge driver into this clone's configuration.
 *
 * Again and again with the same outcome. No hook that is not ours is changed; see {@link HookMode}.
 *
 * @throws {@link MavenError} REPOSITORY_UNSUPPORTED for a bare repository, without native git, and where another setting
 *   would overrule ours; FILE_UNREADABLE; GIT_FAILED.
 */
export async function installHooks(repo: Repository, options: HookOptions): Promise<InstalledHooks> {
  const program = programHere();
  assertPossible(repo, program);
  const before = readInstallation(repo);
  const effective = await readHooksPath(repo);
  const mode = chooseMode(repo, effective, before);
  if (before !== null && before.mode !== mode) await uninstallHooks(repo);
  const former = mode === 'folder' ? null : await formerSetting(repo, effective, before);
  const merges = (await readMergeDriver(repo)).command !== 'missing';
  const installation: Installation = {
    mode,
    localValue: former?.localValue ?? null,
    formerFolder: former?.formerFolder ?? null,
    registeredDriver: before?.registeredDriver ?? !merges,
    ...options,
  };
  const changed =
    mode === 'folder'
      ? placeFolder(repo, installation, program)
      : await placeConfig(repo, installation, program);
  const remembered = remember(repo, installation);
  await configureMergeDriver(repo);
  const formerFolder = formerFolderOf(repo, installation);
  return {
    mode,
    folder: hooksFolder(repo, mode),
    hooks: OUR_HOOKS,
    chained: activeHooks(formerFolder).map((name) => join(formerFolder, name)),
    changed: changed || remembered,
  };
}

/** The text that one of our hooks has, or should have. */
export function scriptOf(hook: string, installation: Installation, program: HookProgram): string {
  const { mode, formerFolder, envFile, expectsServer } = installation;
  const former = mode === 'folder' ? 'beside' : { folder: formerFolder ?? '' };
  return hookScript({ hook, program, former, envFile, expectsServer });
}

/** Every hook that our folder must hold, when others are called from `former`. */
export function hookNames(mode: HookMode, former: string): readonly string[] {
  const always = mode === 'config' ? PASSED_THROUGH : [];
  return [...new Set([...OUR_HOOKS, ...always, ...activeHooks(former)])];
}

function assertPossible(repo: Repository, program: HookProgram): void {
  if (repo.workTree === null) {
    throw new MavenError('REPOSITORY_UNSUPPORTED', `${repo.gitDir} has no working tree`, {
      hint: 'nobody commits in a bare repository; install the hooks in a clone of it',
      data: { gitDir: repo.gitDir },
    });
  }
  if (!repo.nativeGit) {
    throw new MavenError('REPOSITORY_UNSUPPORTED', 'there is no native git, and only that runs hooks', {
      hint: 'install git, then run maven-git hooks install again',
    });
  }
  if (!existsSync(program.script)) {
    throw new MavenError('FILE_UNREADABLE', `${program.script} is not there, and the hooks would call it`, {
      hint: 'build it with npm run build',
      data: { path: program.script },
    });
  }
}

function chooseMode(repo: Repository, effective: HooksPath | null, before: Installation | null): HookMode {
  if (effective === null || effective.value === '') return 'folder';
  const folder = resolveHooksPath(repo, effective.value);
  if (folder === hooksFolder(repo, 'folder')) return 'folder';
  if (effective.scope === 'worktree') {
    throw new MavenError(
      'REPOSITORY_UNSUPPORTED',
      `core.hooksPath is set for this working tree alone (${effective.value})`,
      {
        hint: 'set it for the whole clone (git config --local core.hooksPath ...), then install again',
        data: { hooksPath: effective.value },
      },
    );
  }
  if (folder === hooksFolder(repo, 'config') && before?.mode !== 'config') {
    throw new MavenError(
      'FILE_UNREADABLE',
      `${installationFile(repo)} is gone, core.hooksPath is still ours`,
      {
        hint: 'set core.hooksPath to what it was, or git config --unset core.hooksPath, then install again',
        data: { path: installationFile(repo) },
      },
    );
  }
  return 'config';
}

/** What `core.hooksPath` was before us: as remembered while it is ours, as it stands when somebody has set it anew. */
async function formerSetting(
  repo: Repository,
  effective: HooksPath | null,
  before: Installation | null,
): Promise<Pick<Installation, 'localValue' | 'formerFolder'>> {
  const value = effective?.value ?? '';
  if (before?.mode === 'config' && resolveHooksPath(repo, value) === hooksFolder(repo, 'config'))
    return before;
  const local = await readLocalHooksPaths(repo);
  if (local.length > 1) {
    throw new MavenError('REPOSITORY_UNSUPPORTED', 'core.hooksPath stands more than once in this clone', {
      hint: 'leave one value (git config --local --edit), then try again',
      data: { values: local },
    });
  }
  return { localValue: local[0] ?? null, formerFolder: value };
}

/** @returns whether anything had to be written. */
function placeFolder(repo: Repository, installation: Installation, program: HookProgram): boolean {
  const ours = hooksFolder(repo, 'folder');
  const beside = folderBeside(repo);
  const installed = listFolder(ours).some((name) => isOurFile(join(ours, name)));
  if (!installed && isThere(ours)) {
    if (isThere(beside)) throw twoFolders(ours, beside);
    const next = `${ours}.maven-git-new`;
    rmSync(next, { recursive: true, force: true });
    // The scripts are whole before they are seen; a kill between the two renames is mended by installing again.
    writeScripts(next, hookNames('folder', ours), installation, program);
    renameSync(ours, beside);
    renameSync(next, ours);
    return true;
  }
  for (const name of OUR_HOOKS) {
    const file = join(ours, name);
    if (isThere(file) && !isOurFile(file)) makeRoom(file, join(beside, name));
  }
  return writeScripts(ours, hookNames('folder', beside), installation, program);
}

/** Somebody has put a hook over ours since: it joins those that were there before. */
function makeRoom(file: string, place: string): void {
  if (isThere(place)) throw twoFolders(file, place);
  mkdirSync(dirname(place), { recursive: true });
  renameSync(file, place);
}

function twoFolders(ours: string, beside: string): MavenError {
  return new MavenError(
    'FILE_UNREADABLE',
    `${ours} and ${beside} are both there, and neither is maven-git's`,
    {
      hint: 'remove the one that is no longer wanted, then install again',
      data: { ours, beside },
    },
  );
}

function writeScripts(
  folder: string,
  names: readonly string[],
  installation: Installation,
  program: HookProgram,
): boolean {
  const written = names.filter((hook) => {
    const file = join(folder, hook);
    // A hook that we only pass on gives way to one that somebody has put there since.
    if (!OUR_HOOKS.includes(hook) && isThere(file) && !isOurFile(file)) return false;
    return writeIfOther(file, scriptOf(hook, installation, program), true);
  });
  return written.length > 0;
}

async function placeConfig(
  repo: Repository,
  installation: Installation,
  program: HookProgram,
): Promise<boolean> {
  const folder = hooksFolder(repo, 'config');
  const names = hookNames('config', formerFolderOf(repo, installation));
  const written = writeScripts(folder, names, installation, program);
  const isOurs = (path: HooksPath | null): boolean =>
    path !== null && resolveHooksPath(repo, path.value) === folder;
  if (isOurs(await readHooksPath(repo))) return written;
  // Before the setting: whoever is killed in between can still find out what it was.
  remember(repo, installation);
  await runGit(repo, ['config', '--local', 'core.hooksPath', folder]);
  const now = await readHooksPath(repo);
  if (isOurs(now)) return true;
  await uninstallHooks(repo);
  throw new MavenError(
    'REPOSITORY_UNSUPPORTED',
    `core.hooksPath is overruled by another setting (${now?.value ?? 'none'})`,
    { hint: 'see git config --show-origin --get-all core.hooksPath', data: { ...now } },
  );
}

function remember(repo: Repository, installation: Installation): boolean {
  return writeIfOther(installationFile(repo), `${JSON.stringify(installation, null, 2)}\n`, false);
}
