import {
  existsSync,
  linkSync,
  mkdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  truncateSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { Disk } from '../../src/git/disk.js';
import type { Random } from './random.js';

/** A disk with a cache that a power cut empties. */
export interface PowerDisk {
  readonly disk: Disk;
  /** Takes away everything that was not synced: contents of files, and entries of folders. */
  cutPower(loss: Loss, random: Random): void;
}

/**
 * `contents`: unsynced files become empty (or as long as they were). `entries`: unsynced names are undone as well.
 * `some`: the names of some folders are undone, those of others had been written already.
 */
export type Loss = 'contents' | 'entries' | 'some';

interface Pending {
  /** The folder whose sync makes it durable. */
  readonly folder: string;
  readonly undo: () => void;
}

/**
 * Wraps a disk and keeps, beside the repository, what is needed to forget.
 *
 * The model: a file's content is durable from its sync on; a name from the sync of its folder on. Names that are lost
 * are undone from the newest back, so that a folder is always in a state it was in.
 */
export function powerDisk(disk: Disk, backupDir: string): PowerDisk {
  mkdirSync(backupDir, { recursive: true });
  const durableSize = new Map<string, number>();
  const pending: Pending[] = [];
  let backups = 0;
  const inodeOf = (path: string): string => String(statSync(path).ino);
  const paths = new Map<string, string>();
  const keep = (path: string): string | null => {
    if (!existsSync(path)) return null;
    const backup = join(backupDir, String(++backups));
    linkSync(path, backup);
    return backup;
  };
  const note = (path: string, undo: () => void): void => {
    pending.push({ folder: dirname(path), undo });
  };
  return {
    cutPower(loss, random) {
      for (const [inode, path] of paths) {
        const size = durableSize.get(inode);
        if (size !== undefined && existsSync(path) && inodeOf(path) === inode) truncateSync(path, size);
      }
      if (loss === 'contents') return;
      const folders = new Set(pending.map((entry) => entry.folder));
      const written = new Set([...folders].filter(() => loss === 'some' && random.next() < 0.5));
      for (const { folder, undo } of pending.toReversed()) if (!written.has(folder)) undo();
    },
    disk: {
      ...disk,
      makeFolder(path) {
        const existed = existsSync(path);
        disk.makeFolder(path);
        if (!existed) note(path, () => tolerant(() => rmdirSync(path)));
      },
      createFile(path, bytes, mode) {
        disk.createFile(path, bytes, mode);
        const inode = inodeOf(path);
        // A link that nothing renames, to find the content wherever its names go.
        paths.set(inode, keep(path) ?? path);
        durableSize.set(inode, 0);
        note(path, () => rmSync(path, { force: true }));
      },
      append(path, bytes) {
        const existed = existsSync(path);
        const size = existed ? statSync(path).size : 0;
        disk.append(path, bytes);
        const inode = inodeOf(path);
        if (!paths.has(inode)) paths.set(inode, keep(path) ?? path);
        if (!durableSize.has(inode)) durableSize.set(inode, size);
        if (!existed) note(path, () => rmSync(path, { force: true }));
      },
      rename(from, to) {
        const replaced = keep(to);
        disk.rename(from, to);
        note(to, () => {
          tolerant(() => renameSync(to, from));
          if (replaced !== null) tolerant(() => linkSync(replaced, to));
        });
      },
      link(from, to) {
        disk.link(from, to);
        note(to, () => rmSync(to, { force: true }));
      },
      unlink(path) {
        const removed = keep(path);
        disk.unlink(path);
        if (removed !== null) note(path, () => tolerant(() => linkSync(removed, path)));
      },
      async sync(list) {
        await disk.sync(list);
        for (const path of list) {
          if (statSync(path).isDirectory()) forgetFolder(pending, path);
          else durableSize.delete(inodeOf(path));
        }
      },
    },
  };
}

function forgetFolder(pending: Pending[], folder: string): void {
  for (let at = pending.length - 1; at >= 0; at--) {
    if (pending[at]?.folder === folder) pending.splice(at, 1);
  }
}

/** An undone name may hang on another that stayed; then it stays too. */
function tolerant(act: () => void): void {
  try {
    act();
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
  }
}
