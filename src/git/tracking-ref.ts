import { dirname, join } from 'node:path';
import { type Disk, makeFolders } from './disk.js';
import { mavenDir } from './journal.js';
import { refFile } from './refs.js';
import type { Repository } from './repository.js';

/**
 * Writes down what a remote's branch is at, durable.
 *
 * Without git's lock, which a kill would leave behind for ever: of two that fetch at once either is right, and the rename is
 * whole.
 */
export async function writeTrackingRef(
  disk: Disk,
  repo: Repository,
  ref: string,
  oid: string,
): Promise<void> {
  const file = refFile(repo, ref);
  // Beside the ref it would be another ref.
  const temporary = join(mavenDir(repo), `tracking-${process.pid}`);
  const grown = [...makeFolders(disk, mavenDir(repo)), ...makeFolders(disk, dirname(file))];
  disk.unlink(temporary);
  disk.createFile(temporary, Buffer.from(`${oid}\n`));
  await disk.sync([temporary]);
  disk.rename(temporary, file);
  await disk.sync([...grown, dirname(file)]);
}
