import {
  appendFileSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { codeOf } from '../../errors.js';
import { makeFolders, nodeDisk } from '../disk.js';
import type { Repository } from '../repository.js';

/**
 * What hooks leave for the worker, in the git folder of their working tree.
 *
 * `request`: names of hooks, a line each, that ran since the worker looked. `worker`: the pid of the worker that will look
 * again; hooks start another when it is gone, dead, or has not been touched for five minutes. `unserved`: names of hooks whose
 * reconcile failed.
 */
export function requestFolder(repo: Pick<Repository, 'gitDir'>): string {
  return join(repo.gitDir, 'maven', 'hooks');
}

/** Makes the folder, for a worker that was started by hand. */
export function makeRequestFolder(repo: Pick<Repository, 'gitDir'>): string {
  const folder = requestFolder(repo);
  makeFolders(nodeDisk, folder);
  return folder;
}

/** Milliseconds since a hook last asked; null = nobody does. */
export function requestAgeMs(folder: string): number | null {
  try {
    return Date.now() - statSync(join(folder, 'request')).mtimeMs;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

/**
 * Takes what was asked for so far; hooks that run from now on ask anew.
 *
 * @returns the names of the hooks, also of those whose reconcile failed before; null = nobody asked.
 */
export function takeRequests(folder: string): ReadonlySet<string> | null {
  const taken = join(folder, 'request.taken');
  try {
    renameSync(join(folder, 'request'), taken);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
  const hooks = new Set([...namesIn(taken), ...namesIn(join(folder, 'unserved'))]);
  rmSync(taken, { force: true });
  return hooks;
}

/** Keeps what could not be served for the next request; or forgets it, once everything has been served. */
export function keepUnserved(folder: string, hooks: ReadonlySet<string>): void {
  if (hooks.size === 0) rmSync(join(folder, 'unserved'), { force: true });
  else writeFileSync(join(folder, 'unserved'), `${[...hooks].join('\n')}\n`);
}

/** Tells hooks that this process will look again, and keeps telling them so. */
export function claimWorker(folder: string): { release(): void } {
  const file = join(folder, 'worker');
  writeFileSync(file, `${process.pid}\n`);
  const heartbeat = setInterval(() => {
    try {
      utimesSync(file, new Date(), new Date());
    } catch (error) {
      // The whole working tree may have been removed meanwhile.
      if (codeOf(error) !== 'ENOENT') throw error;
    }
  }, HEARTBEAT_MS);
  heartbeat.unref();
  return {
    release: () => {
      clearInterval(heartbeat);
      rmSync(file, { force: true });
    },
  };
}

const HEARTBEAT_MS = 60_000;
const LONGEST_LOG_BYTES = 262_144;

/** Appends to the log of the hooks; it never grows beyond a quarter of a megabyte, and what was before it as much. */
export function appendHookLog(folder: string, line: string): void {
  const file = join(folder, 'hooks.log');
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size + line.length > LONGEST_LOG_BYTES) renameSync(file, `${file}.1`);
  appendFileSync(file, line);
}

function namesIn(file: string): readonly string[] {
  try {
    return readFileSync(file, 'utf8').split('\n').filter(Boolean);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
}
