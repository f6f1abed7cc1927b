import {
  appendFileSync,
  type BigIntStats,
  closeSync,
  fstatSync,
  fsync,
  linkSync,
  lstatSync,
  mkdirSync,
  open,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmdirSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { codeOf } from '../errors.js';

/**
 * Everything a commit does to files, and nothing else.
 *
 * One narrow door, so that tests can end the process, fail a call or forget what was not synced at any of these calls.
 * Calls are synchronous where they take microseconds; `sync` is not.
 */
export interface Disk {
  /** Whole content; null when there is no such file. */
  readFile(path: string): Buffer | null;
  /** The last bytes of a file, at most so many; null when there is no such file. */
  readEnd(path: string, length: number): Buffer | null;
  /** Never follows a symbolic link; null when there is nothing. */
  lstat(path: string): BigIntStats | null;
  /** Names in a folder; null when there is no such folder. */
  readFolder(path: string): readonly string[] | null;
  /** Makes one folder; one that exists is fine. */
  makeFolder(path: string): void;
  /** Writes a file that must not exist yet. */
  createFile(path: string, bytes: Uint8Array, mode?: number): void;
  append(path: string, bytes: Uint8Array): void;
  rename(from: string, to: string): void;
  /** Hard link; fails with EEXIST when `to` exists. */
  link(from: string, to: string): void;
  /** Removes a file; one that is gone is fine. */
  unlink(path: string): void;
  /** Removes an empty folder; one that is gone or not empty is fine. */
  removeFolder(path: string): void;
  /** Makes files and folder entries durable (fsync), all of them or an error. */
  sync(paths: readonly string[]): Promise<void>;
  /** Marks a named step of a commit, for the crash switch. */
  step(name: string): void;
}

const openFile = promisify(open);
const syncFile = promisify(fsync);
const syncedAtOnce = 32;

/** The disk of this machine. */
export const nodeDisk: Disk = {
  readFile: (path) => orNull(() => readFileSync(path)),
  readEnd: (path, length) => orNull(() => readEnd(path, length)),
  lstat: (path) => orNull(() => lstatSync(path, { bigint: true })),
  readFolder: (path) => orNull(() => readdirSync(path)),
  makeFolder: (path) => tolerate(['EEXIST'], () => mkdirSync(path)),
  createFile,
  append: (path, bytes) => appendFileSync(path, bytes),
  rename: (from, to) => renameSync(from, to),
  link: (from, to) => linkSync(from, to),
  unlink: (path) => tolerate(['ENOENT', 'ENOTDIR'], () => unlinkSync(path)),
  removeFolder: (path) => tolerate(['ENOENT', 'ENOTDIR', 'ENOTEMPTY', 'EEXIST'], () => rmdirSync(path)),
  sync,
  step: () => {},
};

/**
 * Makes a folder and its missing parents.
 *
 * @returns the folders that gained an entry, to be synced by the caller.
 */
export function makeFolders(disk: Disk, folder: string): readonly string[] {
  if (disk.lstat(folder) !== null) return [];
  const parent = dirname(folder);
  const grown = makeFolders(disk, parent);
  disk.makeFolder(folder);
  return [...grown, parent];
}

/** Makes the entries of folders durable; one that is gone has none to lose. */
export async function syncFolders(disk: Disk, folders: readonly string[]): Promise<void> {
  await disk.sync([...new Set(folders)].filter((folder) => disk.lstat(folder) !== null));
}

function readEnd(path: string, length: number): Buffer {
  const file = openSync(path, 'r');
  try {
    const size = fstatSync(file).size;
    const bytes = Buffer.alloc(Math.min(size, length));
    const read = readSync(file, bytes, 0, bytes.length, size - bytes.length);
    return bytes.subarray(0, read);
  } finally {
    closeSync(file);
  }
}

function createFile(path: string, bytes: Uint8Array, mode = 0o666): void {
  const file = openSync(path, 'wx', mode);
  try {
    for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
  } finally {
    closeSync(file);
  }
}

async function sync(paths: readonly string[]): Promise<void> {
  for (let at = 0; at < paths.length; at += syncedAtOnce) {
    await Promise.all(paths.slice(at, at + syncedAtOnce).map(syncOne));
  }
}

async function syncOne(path: string): Promise<void> {
  const file = await openFile(path, 'r');
  try {
    await syncFile(file);
  } finally {
    closeSync(file);
  }
}

function orNull<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw error;
  }
}

function tolerate(codes: readonly string[], act: () => void): void {
  try {
    act();
  } catch (error) {
    if (!codes.includes(codeOf(error) ?? '')) throw error;
  }
}
