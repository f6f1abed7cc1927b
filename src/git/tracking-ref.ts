import { dirname } from 'node:path';
import { codeOf, MavenError } from '../errors.js';
import { type Disk, makeFolders } from './disk.js';
import { refFile } from './refs.js';
import type { Repository } from './repository.js';

/**
 * Writes down what a remote's branch is at, under git's own lock, durable.
 *
 * @throws {@link MavenError} LOCK_TIMEOUT when another git is about to do the same.
 */
export async function writeTrackingRef(
  disk: Disk,
  repo: Repository,
  ref: string,
  oid: string,
): Promise<void> {
  const file = refFile(repo, ref);
  const lock = `${file}.lock`;
  const grown = makeFolders(disk, dirname(file));
  try {
    disk.createFile(lock, Buffer.from(`${oid}\n`));
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    throw new MavenError(
      'LOCK_TIMEOUT',
      `${lock} is there: another git fetches, or was killed while it did`,
      {
        hint: 'wait for it to end, or remove the file when no git runs, then try again',
        data: { lock },
      },
    );
  }
  try {
    await disk.sync([lock]);
    disk.rename(lock, file);
  } catch (error) {
    disk.unlink(lock);
    throw error;
  }
  await disk.sync([...grown, dirname(file)]);
}
