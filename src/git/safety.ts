import { join } from 'node:path';
import { MavenError } from '../errors.js';
import type { Disk } from './disk.js';

/** What git leaves in a working tree's folder while an operation waits for the user, and how that ends. */
const operations = [
  { file: 'rebase-merge', name: 'a rebase', end: 'git rebase --continue or --abort' },
  {
    file: 'rebase-apply',
    name: 'a rebase or git am',
    end: 'git rebase --continue or --abort (git am --abort)',
  },
  { file: 'MERGE_HEAD', name: 'a merge', end: 'git merge --continue or --abort' },
  { file: 'CHERRY_PICK_HEAD', name: 'a cherry-pick', end: 'git cherry-pick --continue or --abort' },
  { file: 'REVERT_HEAD', name: 'a revert', end: 'git revert --continue or --abort' },
  {
    file: 'sequencer',
    name: 'a cherry-pick or revert of several commits',
    end: 'git cherry-pick --continue or --abort',
  },
  { file: 'BISECT_LOG', name: 'a bisect', end: 'git bisect reset' },
] as const;

/** Name of the operation that waits for the user in a working tree; null when there is none. */
export function operationInProgress(disk: Disk, gitDir: string): (typeof operations)[number] | null {
  return operations.find(({ file }) => disk.lstat(join(gitDir, file)) !== null) ?? null;
}

/**
 * Refuses to go on where somebody has switched branches since it was said which one is meant.
 *
 * @param current - full name of HEAD's branch; null when it is detached.
 * @throws {@link MavenError} COMMIT_CONFLICT naming both.
 */
export function assertStillOn(current: string | null, meant: string): void {
  if (current === meant) return;
  throw new MavenError('COMMIT_CONFLICT', `HEAD is at ${current ?? 'no branch'} now, no longer at ${meant}`, {
    hint: 'check out the branch that is meant, then try again; nothing was merged',
    data: { current, meant },
  });
}

/**
 * Refuses a working tree in the middle of an operation: a commit now would become part of it, or be lost when it ends.
 *
 * @throws {@link MavenError} COMMIT_UNSAFE naming it and the command that ends it.
 */
export function assertNoOperation(disk: Disk, gitDir: string): void {
  const operation = operationInProgress(disk, gitDir);
  if (operation === null) return;
  throw new MavenError(
    'COMMIT_UNSAFE',
    `${operation.name} is in progress (${join(gitDir, operation.file)})`,
    {
      hint: `finish it with ${operation.end}, then try again`,
      data: { operation: operation.name, file: join(gitDir, operation.file) },
    },
  );
}
