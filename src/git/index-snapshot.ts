import { join } from 'node:path';
import type { Disk } from './disk.js';
import type { RacyCheck } from './index-edit.js';
import { emptyIndex, type IndexFile, parseIndex } from './index-file.js';
import { hashObject } from './loose-object.js';

/** The index as it was when it was read. */
export interface IndexSnapshot {
  readonly index: IndexFile;
  readonly mtimeNs: bigint;
  /** Permissions to keep. */
  readonly mode: number;
  /** Tells whether the file was replaced since. */
  readonly identity: string;
}

/** Coarser than the clock of any file system's times. */
const tickNs = 20_000_000n;

/** Path of the index of a working tree. */
export function indexFile(gitDir: string): string {
  return join(gitDir, 'index');
}

/**
 * Reads the index.
 *
 * @param earlier - returned again when the file did not change since.
 * @returns null when there is no index file.
 * @throws {@link MavenError} REPOSITORY_UNSUPPORTED, GIT_FAILED, see {@link parseIndex}.
 */
export function readIndex(
  disk: Disk,
  gitDir: string,
  earlier: IndexSnapshot | null = null,
): IndexSnapshot | null {
  const file = indexFile(gitDir);
  const stat = disk.lstat(file);
  if (stat === null) return null;
  const identity = [stat.dev, stat.ino, stat.size, stat.mtimeNs, stat.ctimeNs].join(' ');
  if (earlier?.identity === identity) return earlier;
  const bytes = disk.readFile(file);
  if (bytes === null) return null;
  return {
    index: parseIndex(bytes, file),
    mtimeNs: stat.mtimeNs,
    mode: Number(stat.mode & 0o777n),
    identity,
  };
}

/** The index of a repository that has none yet. */
export const noIndex: IndexSnapshot = { index: emptyIndex, mtimeNs: 0n, mode: 0o666, identity: '' };

/**
 * Compares the files of racy entries as native git does before it writes an index, but by their times first: reading every
 * file of a fresh clone would hold everybody up.
 */
export function racyCheck(disk: Disk, workTree: string, snapshot: IndexSnapshot): RacyCheck {
  return {
    indexMtimeNs: snapshot.mtimeNs,
    differs(path, entry, recorded) {
      if (!entry.mode.startsWith('100') || entry.stage !== 0) return false;
      // A name that is no UTF-8 cannot be looked up here: let git compare it.
      const name = path.toString('utf8');
      if (!Buffer.from(name).equals(path)) return true;
      const file = join(workTree, name);
      const stat = disk.lstat(file);
      // Gone, or of another size: that git sees.
      if (stat === null || !stat.isFile() || Number(BigInt.asUintN(32, stat.size)) !== recorded.size)
        return false;
      const isSettled = recorded.mtimeNs + tickNs < snapshot.mtimeNs;
      if (isSettled && stat.mtimeNs === recorded.mtimeNs) return false;
      const bytes = disk.readFile(file);
      return bytes !== null && hashObject('blob', bytes) !== entry.oid;
    },
  };
}
