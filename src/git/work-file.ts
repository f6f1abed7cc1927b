import type { BigIntStats } from 'node:fs';
import { dirname, join } from 'node:path';
import { codeOf, MavenError } from '../errors.js';
import { type Disk, makeFolders } from './disk.js';
import type { FileState } from './index-edit.js';
import { hashObject } from './loose-object.js';
import { artifactsFolder } from './revision.js';

/** A working file on its way from one state to another; null means there is none. */
export interface FileMove {
  readonly path: string;
  readonly from: FileState | null;
  readonly to: FileState | null;
  /** File with the content of `to`; made when it is not there. */
  readonly temporary: string;
}

export interface MovedFile {
  /** False when somebody has edited, made or removed the file since: it was left alone. */
  readonly moved: boolean;
  /** The file as it is in place, for the index; null when it may have been edited since, or is gone. */
  readonly stat: BigIntStats | null;
  /** Folders that gained or changed an entry, to be synced. */
  readonly folders: readonly string[];
}

export interface WorkTree {
  readonly dir: string;
  /** Bytes of a blob, for a temporary file that is gone. */
  contentOf(oid: string): Promise<Buffer>;
  /** Whether git turns LF into CRLF when it checks this file out. */
  convertsLineEnds(path: string): boolean;
}

/**
 * Refuses a working tree in which a path does not lead to a plain file (or nothing) through plain folders.
 *
 * @throws {@link MavenError} COMMIT_UNSAFE naming the symbolic link, nested repository or other obstacle.
 */
export function assertWorkPath(disk: Disk, workTree: string, path: string): void {
  const obstacle = obstacleOn(disk, workTree, path);
  if (obstacle === null) return;
  throw new MavenError('COMMIT_UNSAFE', `${join(workTree, obstacle.path)} is ${obstacle.what}`, {
    hint: `move it away; ${artifactsFolder} must be a plain folder of plain files in the repository itself`,
    data: { workTree, path: obstacle.path, what: obstacle.what },
  });
}

/**
 * Replaces a working file, if it still is what the parent commit says. An unsaved edit of a person is never overwritten.
 *
 * Between the look and the rename lie microseconds in which an editor could still save; a new file is linked, so there
 * even that is noticed.
 */
export async function moveWorkFile(disk: Disk, tree: WorkTree, move: FileMove): Promise<MovedFile> {
  const file = join(tree.dir, move.path);
  if (obstacleOn(disk, tree.dir, move.path) !== null) return keptAlone;
  const before = disk.lstat(file);
  const bytes = disk.readFile(file);
  if (holds(bytes, move.to) && !changesMode(move)) {
    disk.unlink(move.temporary);
    // Whoever removed it may have been killed before its folder.
    const folders = move.to === null ? removeEmptied(disk, tree.dir, dirname(file)) : [];
    return { moved: true, stat: statIfSame(disk, file, before), folders };
  }
  if (!holds(bytes, move.from) && !holdsConverted(tree, move, bytes)) return keptAlone;
  const folder = dirname(file);
  if (move.to === null) {
    disk.unlink(file);
    // Git keeps no empty folders.
    return { moved: true, stat: null, folders: removeEmptied(disk, tree.dir, folder) };
  }
  const folders = [...makeFolders(disk, folder), folder];
  if (disk.lstat(move.temporary) === null) {
    disk.createFile(move.temporary, await tree.contentOf(move.to.oid), permissions(move.to));
    await disk.sync([move.temporary]);
  }
  const written = disk.lstat(move.temporary);
  if (bytes !== null) disk.rename(move.temporary, file);
  else if (!linkNew(disk, move.temporary, file)) return { ...keptAlone, folders };
  return { moved: true, stat: statIfSame(disk, file, written), folders };
}

/** Tells whether a working file is in one of its two states, so that {@link moveWorkFile} would not leave it alone. */
export function isUntouched(disk: Disk, tree: WorkTree, move: Omit<FileMove, 'temporary'>): boolean {
  if (obstacleOn(disk, tree.dir, move.path) !== null) return false;
  const bytes = disk.readFile(join(tree.dir, move.path));
  return holds(bytes, move.from) || holds(bytes, move.to) || holdsConverted(tree, move, bytes);
}

/** The same content that may be run, or may no longer be. */
function changesMode({ from, to }: FileMove): boolean {
  return from !== null && to !== null && from.oid === to.oid && from.mode !== to.mode;
}

const keptAlone: MovedFile = { moved: false, stat: null, folders: [] };

/**
 * The file as it is now, if it still is the one that was looked at. An index that took the times of a later edit for
 * ours would hide that edit.
 */
function statIfSame(disk: Disk, file: string, known: BigIntStats | null): BigIntStats | null {
  const now = disk.lstat(file);
  if (now === null || known === null) return null;
  return now.ino === known.ino && now.mtimeNs === known.mtimeNs && now.size === known.size ? now : null;
}

/** Permissions a new working file is made with, before the umask. */
export function permissions(state: FileState): number {
  return state.mode === '100755' ? 0o777 : 0o666;
}

/** @returns the folder that lost an entry, to be synced: the nearest that is still there. */
function removeEmptied(disk: Disk, workTree: string, folder: string): readonly string[] {
  let left = folder;
  while (left !== workTree && (disk.readFolder(left)?.length ?? 0) === 0) {
    disk.removeFolder(left);
    left = dirname(left);
  }
  return [left];
}

function linkNew(disk: Disk, temporary: string, file: string): boolean {
  try {
    disk.link(temporary, file);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
  disk.unlink(temporary);
  return true;
}

function holds(bytes: Buffer | null, state: FileState | null): boolean {
  return bytes === null || state === null ? bytes === state : hashObject('blob', bytes) === state.oid;
}

/** A checkout with CRLF is no edit: git itself calls such a file unchanged. */
function holdsConverted(
  tree: WorkTree,
  { path, from }: Omit<FileMove, 'temporary'>,
  bytes: Buffer | null,
): boolean {
  if (bytes === null || from === null || !bytes.includes('\r\n')) return false;
  const plain = Buffer.from(bytes.toString('latin1').replaceAll('\r\n', '\n'), 'latin1');
  return holds(plain, from) && tree.convertsLineEnds(path);
}

function obstacleOn(
  disk: Disk,
  workTree: string,
  path: string,
): { readonly path: string; readonly what: string } | null {
  const parts = path.split('/');
  for (let depth = 1; depth <= parts.length; depth++) {
    const part = parts.slice(0, depth).join('/');
    const stat = disk.lstat(join(workTree, part));
    if (stat === null) return null;
    if (stat.isSymbolicLink()) return { path: part, what: 'a symbolic link' };
    if (depth === parts.length) return stat.isFile() ? null : { path: part, what: 'not a plain file' };
    if (!stat.isDirectory()) return { path: part, what: 'not a folder' };
    if (disk.lstat(join(workTree, part, '.git')) !== null) {
      return { path: part, what: 'a repository of its own (a submodule)' };
    }
  }
  return null;
}
