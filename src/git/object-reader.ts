import fs from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { codeOf, MavenError } from '../errors.js';
import { type CatFile, openCatFile } from './cat-file.js';
import { type Disk, nodeDisk } from './disk.js';
import { type IsomorphicGit, loadIsomorphicGit } from './isomorphic.js';
import { type GitObject, looseObjectFile, type ObjectType, readLooseObject } from './loose-object.js';
import type { Repository } from './repository.js';

/** Reads single objects of any kind; to be closed, since it may hold a child. */
export interface ObjectReader {
  /** Null when the repository has no such object. */
  read(oid: string): Promise<GitObject | null>;
  close(): Promise<void>;
}

const deepestAlternate = 5;

/**
 * Opens a reader for a few objects.
 *
 * Loose objects, which are what was committed lately, are read here; packed ones by native git, or by isomorphic-git
 * where there is none. Neither is started before it is needed.
 */
export function openObjectReader(repo: Repository, disk: Disk = nodeDisk): ObjectReader {
  const folders = objectFolders(disk, repo.commonDir);
  let catFile: CatFile | null = null;
  const cache: object = {};
  return {
    async read(oid) {
      const loose = readLoose(disk, folders, oid);
      if (loose !== null) return loose;
      if (!repo.nativeGit) return readPacked(await loadIsomorphicGit(), folders, oid, cache);
      catFile ??= openCatFile(repo);
      return catFile.read(oid);
    },
    async close() {
      await catFile?.close();
    },
  };
}

/** Opens a reader that knows loose objects only: for a first try that must cost next to nothing. */
export function openLooseReader(repo: Repository, disk: Disk = nodeDisk): ObjectReader {
  const folders = objectFolders(disk, repo.commonDir);
  return { read: async (oid) => readLoose(disk, folders, oid), close: async () => {} };
}

function readLoose(disk: Disk, folders: readonly string[], oid: string): GitObject | null {
  for (const folder of folders) {
    const found = readLooseObject(disk, folder, oid);
    if (found !== null) return found;
  }
  return null;
}

/**
 * Looks for objects that should be there; cheap while they are loose.
 *
 * @returns the first that is missing, null when all are there.
 */
export async function missingObject(
  disk: Disk,
  repo: Repository,
  reader: ObjectReader,
  oids: readonly string[],
): Promise<string | null> {
  for (const oid of oids) {
    const stat = disk.lstat(looseObjectFile(join(repo.commonDir, 'objects'), oid));
    if ((stat === null || stat.size === 0n) && (await reader.read(oid)) === null) return oid;
  }
  return null;
}

/** The repository's folder of objects and those it borrows from (`info/alternates`), nearest first. */
export function objectFolders(disk: Disk, commonDir: string): readonly string[] {
  const folders: string[] = [];
  const visit = (folder: string, depth: number): void => {
    if (folders.includes(folder) || depth > deepestAlternate) return;
    folders.push(folder);
    const text = disk.readFile(join(folder, 'info', 'alternates'))?.toString('utf8') ?? '';
    for (const line of text.split('\n')) {
      if (line !== '' && !line.startsWith('#')) visit(resolve(folder, line), depth + 1);
    }
  };
  visit(join(commonDir, 'objects'), 0);
  return folders;
}

async function readPacked(
  git: IsomorphicGit,
  folders: readonly string[],
  oid: string,
  cache: object,
): Promise<GitObject | null> {
  for (const folder of folders) {
    // isomorphic-git knows no alternates, and fails where there is no folder of packs.
    if (basename(folder) !== 'objects' || !fs.existsSync(join(folder, 'pack'))) continue;
    try {
      const found = await git.readObject({ fs, gitdir: dirname(folder), oid, format: 'content', cache });
      if (found.object instanceof Uint8Array) {
        return { type: (found.type ?? 'blob') as ObjectType, bytes: Buffer.from(found.object) };
      }
    } catch (error) {
      if (codeOf(error) !== 'NotFoundError') throw unreadable(oid, error);
    }
  }
  return null;
}

function unreadable(oid: string, cause: unknown): MavenError {
  return new MavenError('GIT_FAILED', `cannot read object ${oid} without native git: ${String(cause)}`, {
    hint: 'install git, which reads any repository; or run git fsck',
    data: { oid },
    cause,
  });
}
