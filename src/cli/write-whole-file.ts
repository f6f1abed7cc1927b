import { randomBytes } from 'node:crypto';
import { open, realpath, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { MavenError } from '../index.js';

/**
 * Writes a file wholly or not at all: what stood there stays until the new one is complete on the disk.
 *
 * @param file - a path; a link is followed, so that the link stays one.
 * @throws {@link MavenError} FILE_UNWRITABLE.
 */
export async function writeWholeFile(file: string, text: string): Promise<void> {
  const target = await targetOf(file);
  const folder = path.dirname(target);
  const temporary = path.join(
    folder,
    `.${path.basename(target).slice(0, 100)}.${randomBytes(6).toString('hex')}.tmp`,
  );
  try {
    const handle = await open(temporary, 'wx');
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    if ((await stat(folder).catch(() => null)) === null) throw noFolder(file, folder);
    throw unwritable(file, (error as Error).message, 'check the folder, its permissions and the disk');
  }
}

/**
 * Tells before the work is done that a file could not be written.
 *
 * @throws {@link MavenError} FILE_UNWRITABLE when it is a folder or a device, or its folder is missing.
 */
export async function refuseUnwritable(file: string): Promise<void> {
  const folder = path.dirname(await targetOf(file));
  if ((await stat(folder).catch(() => null)) === null) throw noFolder(file, folder);
}

/** The memory is written by jobs alone, and committed; a page or picture in its place would be lost work. */
function refuseMemory(file: string, target: string): void {
  if (!/(^|[\\/])\.moha[\\/]maven[\\/]/.test(path.resolve(target))) return;
  throw unwritable(file, 'it lies in .moha/maven, which holds artifacts only', 'name a file outside of it');
}

/** A device or a folder is no place for a rename: it would be replaced by a file. */
async function targetOf(file: string): Promise<string> {
  const target = await realpath(file).catch(() => file);
  refuseMemory(file, target);
  const found = await stat(target).catch(() => null);
  if (found === null || found.isFile()) return target;
  const what = found.isDirectory() ? 'is a folder' : 'is no regular file';
  throw unwritable(file, `it ${what}`, 'name a file');
}

function noFolder(file: string, folder: string): MavenError {
  return unwritable(file, `there is no folder ${folder}`, `make it first: mkdir -p ${folder}`);
}

function unwritable(file: string, why: string, hint: string): MavenError {
  return new MavenError('FILE_UNWRITABLE', `cannot write ${file}: ${why}`, { hint, data: { path: file } });
}
