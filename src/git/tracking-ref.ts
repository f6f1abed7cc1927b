import { randomBytes } from 'node:crypto';
import { dirname, join } from 'node:path';
import { MavenError } from '../errors.js';
import { type Disk, makeFolders } from './disk.js';
import { mavenDir } from './journal.js';
import { refFile } from './refs.js';
import type { Repository } from './repository.js';

/**
 * Writes down what a remote's branch is at, durable.
 *
 * Without git's lock, which a kill would leave behind for ever: of two that fetch at once either is right, and the rename is
 * whole.
 *
 * @throws {@link MavenError} REF_INVALID where a ref of another name stands in the way.
 */
export async function writeTrackingRef(
  disk: Disk,
  repo: Repository,
  ref: string,
  oid: string,
): Promise<void> {
  const file = refFile(repo, ref);
  removeEmptyFolders(disk, file);
  const other = otherRefInTheWay(disk, repo, ref);
  if (other !== null) {
    throw new MavenError('REF_INVALID', `${ref} cannot be written: ${other} is in its way`, {
      hint: 'remove what the remote no longer has (git fetch --prune), then try again',
      data: { ref, other },
    });
  }
  // Beside the ref it would be another ref.
  const temporary = join(mavenDir(repo), `tracking-${randomBytes(6).toString('hex')}`);
  const grown = [...makeFolders(disk, mavenDir(repo)), ...makeFolders(disk, dirname(file))];
  disk.createFile(temporary, Buffer.from(`${oid}\n`));
  await disk.sync([temporary]);
  disk.rename(temporary, file);
  await disk.sync([...grown, dirname(file)]);
}

/** Git leaves them where refs were, and removes them when one of their name is to be written. */
function removeEmptyFolders(disk: Disk, folder: string): void {
  if (disk.lstat(folder)?.isDirectory() !== true) return;
  for (const name of disk.readFolder(folder) ?? []) removeEmptyFolders(disk, join(folder, name));
  disk.removeFolder(folder);
}

/** A name cannot be both a ref and a folder of refs. */
function otherRefInTheWay(disk: Disk, repo: Repository, ref: string): string | null {
  if (disk.lstat(refFile(repo, ref))?.isDirectory() === true) return `${ref}/`;
  const parts = ref.split('/');
  for (let depth = 3; depth < parts.length; depth++) {
    const above = parts.slice(0, depth).join('/');
    if (disk.lstat(refFile(repo, above))?.isDirectory() === false) return above;
  }
  return null;
}
