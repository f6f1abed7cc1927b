import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { childEnvironment } from './environment.js';
import { runGit } from './native-git.js';
import type { Repository } from './repository.js';

/** `switched off`: git is told to leave maintenance to somebody else (`git maintenance start` does so). */
export type Maintenance = 'not needed' | 'started' | 'switched off' | 'no native git';

/** Of 256 folders git counts the objects of this one, and takes the others to hold as many. */
const COUNTED_FOLDER = '17';
/** Git's own limit, `gc.auto` 6700, in one folder. */
const MANY_IN_ONE = 27;

/**
 * Starts git's own maintenance in the background where commits have left many loose objects, as `git commit` does at its
 * end: our commits are made without it, and a loop that commits every five minutes leaves a million objects a year.
 *
 * Git decides what there is to do, by its settings (`gc.auto`, `maintenance.*`, a `pre-auto-gc` hook); one process at a
 * time does it, and nothing younger than two weeks is removed, whatever `gc.pruneExpire` says. Costs one look at a folder where there is nothing to do.
 *
 * @returns once it is started: whoever committed does not wait for it.
 */
export async function startMaintenance(repo: Repository): Promise<Maintenance> {
  if (!repo.nativeGit) return 'no native git';
  if (looseInOneFolder(repo) < MANY_IN_ONE) return 'not needed';
  const asked = ['config', '--type=bool', '--default', 'true', '--get', 'maintenance.auto'];
  const { stdout } = await runGit(repo, asked);
  if (stdout.toString('latin1').trim() !== 'true') return 'switched off';
  const args = [
    '--git-dir',
    repo.gitDir,
    ...(await pruningLess(repo)),
    'maintenance',
    'run',
    '--auto',
    '--quiet',
  ];
  const child = spawn('git', args, {
    cwd: repo.commonDir,
    env: childEnvironment(),
    stdio: 'ignore',
    detached: true,
    windowsHide: true,
  });
  // Nobody waits for it; where it could not even start, the next commit tries again and doctor tells.
  child.once('error', () => {});
  child.unref();
  return 'started';
}

/**
 * Whoever has set `gc.pruneExpire` to a short time runs git gc when nobody else commits. Here the next commit comes while
 * it runs: its objects, to which nothing points yet, would be gone, and history broken.
 */
async function pruningLess(repo: Repository): Promise<readonly string[]> {
  const { stdout } = await runGit(repo, ['config', '--get', 'gc.pruneExpire'], { answers: [0, 1] });
  return stdout.toString('latin1').trim() === '' ? [] : ['-c', 'gc.pruneExpire=never'];
}

function looseInOneFolder(repo: Repository): number {
  try {
    return readdirSync(join(repo.commonDir, 'objects', COUNTED_FOLDER)).length;
  } catch {
    // No object has fallen into it yet.
    return 0;
  }
}
