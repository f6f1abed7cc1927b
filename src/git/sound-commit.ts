import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { shallowCommits } from './commit-walk.js';
import { mavenDir } from './journal.js';
import type { Repository } from './repository.js';
import { isAncestor } from './revision.js';

/**
 * Reads up to which commit the history of the ledgers was found sound by this clone.
 *
 * @param head - the commit that is asked about; a note that is no ancestor of it says nothing.
 * @returns null = nothing is known, all of the history has to be read.
 */
export async function readSoundCommit(repo: Repository, head: string): Promise<string | null> {
  let commit: string;
  try {
    commit = readFileSync(notePath(repo), 'utf8').trim();
  } catch {
    // Absent or unreadable: the same as never checked.
    return null;
  }
  if (!/^[0-9a-f]{40}$/.test(commit)) return null;
  return (await isAncestor(repo, commit, head)) ? commit : null;
}

/**
 * Notes that the ledgers are sound in all history up to a commit. Where it cannot be noted, it is checked again; a shallow
 * clone has not seen all of it.
 */
export function noteSoundCommit(repo: Repository, commit: string): void {
  if (shallowCommits(repo).size > 0) return;
  const temporary = `${notePath(repo)}.${process.pid}`;
  try {
    mkdirSync(mavenDir(repo), { recursive: true });
    writeFileSync(temporary, `${commit}\n`);
    renameSync(temporary, notePath(repo));
  } catch {
    // A repository that can only be read is checked in full each time.
  }
}

function notePath(repo: Repository): string {
  return join(mavenDir(repo), 'ledger-sound');
}
