import { git } from './temporary.js';

/** Throws when native git finds anything wrong with a repository. */
export function assertSound(dir: string): void {
  const complaints = git(dir, 'fsck', '--strict', '--no-dangling');
  if (complaints !== '') throw new Error(`git fsck: ${complaints}`);
  git(dir, 'rev-parse', '--verify', 'HEAD');
}

/** What native git calls changed among the artifacts; empty when it is clean. */
export function statusOfArtifacts(dir: string): string {
  return git(dir, 'status', '--porcelain', '--', '.moha');
}
