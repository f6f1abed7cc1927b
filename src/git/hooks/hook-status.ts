import { join } from 'node:path';
import { type MergeDriverState, readMergeDriver } from '../merge-driver.js';
import type { Repository } from '../repository.js';
import { activeHooks, isActive, isOurFile, isThere, textOf } from './hook-files.js';
import {
  formerFolderOf,
  type HookMode,
  hooksFolder,
  readHooksPath,
  readInstallation,
  resolveHooksPath,
} from './hook-place.js';
import { requestFolder } from './hook-requests.js';
import { OUR_HOOKS } from './hook-script.js';
import { hookNames, scriptOf } from './install-hooks.js';
import { programHere } from './program.js';

/**
 * `current`: as this program would write it. `outdated`: ours, of another version, node or place. `foreign`: another's, where
 * ours would be. `not passed on`: a hook from before that ours does not call. `missing`: nothing is there.
 */
export type HookState = 'current' | 'outdated' | 'foreign' | 'missing' | 'not passed on';

export interface HookStatus {
  readonly hook: string;
  readonly state: HookState;
  /** The hook that is called first; null = there is none. */
  readonly chained: string | null;
}

export interface HooksStatus {
  readonly installed: boolean;
  /** Everything current, in effect, and the merge driver known. */
  readonly ready: boolean;
  readonly mode: HookMode | null;
  /** Where git looks for hooks now. */
  readonly folder: string;
  /** Whether that is where ours are. */
  readonly inEffect: boolean;
  /** Ours, and those that are passed on. */
  readonly hooks: readonly HookStatus[];
  readonly mergeDriver: MergeDriverState;
  /** Where the background reconciles write; there only after the first. */
  readonly log: string;
}

/** Tells which hooks are in place. Changes nothing. */
export async function hooksStatus(repo: Repository): Promise<HooksStatus> {
  const installation = readInstallation(repo);
  const effective = await readHooksPath(repo);
  const standard = hooksFolder(repo, 'folder');
  const looked =
    effective === null || effective.value === '' ? standard : resolveHooksPath(repo, effective.value);
  const mergeDriver = await readMergeDriver(repo);
  const log = join(requestFolder(repo), 'hooks.log');
  const common = { folder: looked, mergeDriver, log };
  if (installation === null) {
    const hooks = OUR_HOOKS.map((hook) => absentHook(looked, hook));
    return { ...common, installed: false, ready: false, mode: null, inEffect: false, hooks };
  }
  const ours = hooksFolder(repo, installation.mode);
  const former = formerFolderOf(repo, installation);
  const program = programHere();
  const hooks = hookNames(installation.mode, former).flatMap((hook): readonly HookStatus[] => {
    const chained = isActive(join(former, hook)) ? join(former, hook) : null;
    const expected = scriptOf(hook, installation, program);
    const state = stateOf(join(ours, hook), expected);
    if (OUR_HOOKS.includes(hook)) return [{ hook, state, chained }];
    if (chained === null && state === 'current') return [];
    return [{ hook, state: state === 'missing' ? 'not passed on' : state, chained }];
  });
  const inEffect = looked === ours;
  const current = hooks.every(({ state, hook }) => state === 'current' || !OUR_HOOKS.includes(hook));
  const ready = inEffect && current && mergeDriver.registered;
  return { ...common, installed: true, ready, mode: installation.mode, inEffect, hooks };
}

function absentHook(folder: string, hook: string): HookStatus {
  const state = activeHooks(folder).includes(hook) ? 'foreign' : 'missing';
  return { hook, state, chained: null };
}

function stateOf(file: string, expected: string): HookState {
  if (!isThere(file)) return 'missing';
  if (!isOurFile(file)) return 'foreign';
  return textOf(file) === expected && isActive(file) ? 'current' : 'outdated';
}
