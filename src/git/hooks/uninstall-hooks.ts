import { renameSync, rmdirSync, rmSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { MavenError } from '../../errors.js';
import { forgetMergeDriver } from '../merge-driver.js';
import { runGit } from '../native-git.js';
import type { Repository } from '../repository.js';
import { isOurFile, isThere, listFolder } from './hook-files.js';
import {
  folderBeside,
  hooksFolder,
  hooksStateFolder,
  type Installation,
  installationFile,
  readInstallation,
  readLocalHooksPaths,
  resolveHooksPath,
} from './hook-place.js';

export interface UninstalledHooks {
  /** False when there was nothing to take away. */
  readonly removed: boolean;
  /** What stands where git looks again, as it was: a folder, or the value of `core.hooksPath`; null = nothing did. */
  readonly restored: string | null;
}

/**
 * Takes our hooks away and puts back what was there before, as it was. Hooks that somebody has added meanwhile stay.
 *
 * @throws {@link MavenError} FILE_UNREADABLE when a hook stands where another must go back to, before anything is changed.
 */
export async function uninstallHooks(repo: Repository): Promise<UninstalledHooks> {
  const installation = readInstallation(repo);
  const folder = removeFolderMode(repo);
  const config = await removeConfigMode(repo, installation);
  if (installation?.registeredDriver === true) await forgetMergeDriver(repo);
  rmSync(installationFile(repo), { force: true });
  return { removed: folder.removed || config.removed, restored: config.restored ?? folder.restored };
}

function removeFolderMode(repo: Repository): UninstalledHooks {
  const ours = hooksFolder(repo, 'folder');
  const beside = folderBeside(repo);
  const names = listFolder(ours);
  const own = names.filter((name) => isOurFile(join(ours, name)));
  if (own.length === 0 && (isThere(ours) || !isThere(beside))) return { removed: false, restored: null };
  const added = names.filter((name) => !own.includes(name));
  const clash = added.find((name) => isThere(join(beside, name)));
  if (clash !== undefined) {
    throw new MavenError(
      'FILE_UNREADABLE',
      `${join(ours, clash)} stands where ${join(beside, clash)} must go back to`,
      {
        hint: 'remove the one that is no longer wanted, then uninstall again',
        data: { added: clash },
      },
    );
  }
  for (const name of own) unlinkSync(join(ours, name));
  if (!isThere(beside)) return { removed: true, restored: null };
  for (const name of added) renameSync(join(ours, name), join(beside, name));
  if (isThere(ours)) rmdirSync(ours);
  renameSync(beside, ours);
  return { removed: true, restored: ours };
}

async function removeConfigMode(
  repo: Repository,
  installation: Installation | null,
): Promise<UninstalledHooks> {
  const folder = hooksFolder(repo, 'config');
  const removed = isThere(folder);
  const local = await readLocalHooksPaths(repo);
  let restored: string | null = null;
  // A setting that somebody has made since is theirs.
  if (local.some((value) => resolveHooksPath(repo, value) === folder)) {
    const before = installation?.localValue ?? null;
    const change = before === null ? ['--unset', 'core.hooksPath'] : ['core.hooksPath', before];
    await runGit(repo, ['config', '--local', ...change]);
    restored = before ?? installation?.formerFolder ?? null;
  }
  rmSync(folder, { recursive: true, force: true });
  rmSync(join(hooksStateFolder(repo), 'program-missing.log'), { force: true });
  return { removed, restored };
}
