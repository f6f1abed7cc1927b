import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { createDeflate, inflateSync } from 'node:zlib';
import { codeOf, MavenError } from '../errors.js';
import type { Disk } from './disk.js';

export type ObjectType = 'blob' | 'commit' | 'tag' | 'tree';

export interface GitObject {
  readonly type: ObjectType;
  readonly bytes: Buffer;
}

/** Level 1: four times as fast as the default for a tenth more space, which gc takes back. */
const compressionLevel = 1;
/** Each piece of output is a trip to another thread and back. */
const outputPiece = 256 * 1024;

/** Of an object that is read whole; no artifact may be half as long. A few kilobytes from a remote can inflate to gigabytes. */
export const longestObjectBytes = 256 * 1_048_576;

/** The error for an object that is not read for its length. @param name - its file or its oid. */
export function tooLong(name: string): MavenError {
  return new MavenError(
    'GIT_FAILED',
    `the object ${name} has more than ${longestObjectBytes / 1_048_576} MiB, which no artifact may have`,
    { hint: 'find what it is with git cat-file, and take it out of .moha/maven', data: { name } },
  );
}

/** File of a loose object below a folder of objects. */
export function looseObjectFile(objectsDir: string, oid: string): string {
  return join(objectsDir, oid.slice(0, 2), oid.slice(2));
}

/**
 * Reads a loose object and checks it against its name.
 *
 * @returns null when there is none. An empty file counts as none: that is what a power loss leaves of an object that
 *   was not synced.
 * @throws {@link MavenError} GIT_FAILED when the file is damaged.
 */
export function readLooseObject(disk: Disk, objectsDir: string, oid: string): GitObject | null {
  const file = looseObjectFile(objectsDir, oid);
  const deflated = disk.readFile(file);
  if (deflated === null || deflated.length === 0) return null;
  let wrapped: Buffer;
  try {
    wrapped = inflateSync(deflated, { maxOutputLength: longestObjectBytes });
  } catch (error) {
    throw codeOf(error) === 'ERR_BUFFER_TOO_LARGE' ? tooLong(file) : damaged(file, error);
  }
  const headerEnd = wrapped.indexOf(0);
  const header = /^(blob|commit|tag|tree) ([0-9]+)$/.exec(
    wrapped.toString('latin1', 0, Math.max(headerEnd, 0)),
  );
  const bytes = wrapped.subarray(headerEnd + 1);
  if (header === null || Number(header[2]) !== bytes.length || sha1(wrapped) !== oid) throw damaged(file);
  return { type: header[1] as ObjectType, bytes };
}

/** Name of an object, as git computes it. */
export function hashObject(type: ObjectType, bytes: Uint8Array): string {
  return createHash('sha1').update(`${type} ${bytes.length}\0`).update(bytes).digest('hex');
}

/** The bytes of a loose object's file, compressed off the main thread. */
export async function deflateObject(type: ObjectType, bytes: Uint8Array): Promise<Buffer> {
  const stream = createDeflate({ level: compressionLevel, chunkSize: outputPiece });
  stream.write(`${type} ${bytes.length}\0`);
  stream.end(bytes);
  return buffer(stream);
}

function sha1(bytes: Uint8Array): string {
  return createHash('sha1').update(bytes).digest('hex');
}

function damaged(file: string, cause?: unknown): MavenError {
  return new MavenError('GIT_FAILED', `the object file ${file} is damaged`, {
    hint: 'run git fsck; restore the object from another clone',
    data: { file },
    cause,
  });
}
