import { createHash } from 'node:crypto';
import { MavenError } from '../errors.js';

/**
 * Git's index (staging area), read so far as to find an entry and to change one without touching any other byte.
 *
 * @see https://git-scm.com/docs/index-format
 */
export interface IndexFile {
  readonly version: 2 | 3;
  readonly bytes: Buffer;
  /** Where each entry starts, in the index's order; one more for the end of the last. */
  readonly starts: Uint32Array;
  readonly extensions: readonly IndexExtension[];
}

export interface IndexExtension {
  /** Four letters; a capital first one means that readers may ignore it. */
  readonly name: string;
  readonly content: Buffer;
}

/** An entry as far as it matters here. */
export interface IndexEntry {
  readonly mode: string;
  readonly oid: string;
  /** 0, or 1 to 3 while a merge is unresolved. */
  readonly stage: number;
  /** Added with `git add -N`: a name without content yet. */
  readonly intentToAdd: boolean;
  /** Left out of this working tree by a sparse checkout. */
  readonly skipWorktree: boolean;
}

const headerSize = 12;
const checksumSize = 20;
const fixedSize = 62;
const flagsAt = 60;
const extendedBit = 0x4000;
const nameMask = 0x0fff;

/** An index without entries, as a repository without commits has. */
export const emptyIndex: IndexFile = {
  version: 2,
  bytes: Buffer.from([0x44, 0x49, 0x52, 0x43, 0, 0, 0, 2, 0, 0, 0, 0]),
  starts: Uint32Array.of(headerSize),
  extensions: [],
};

/**
 * Parses an index file.
 *
 * @param file - its path, for messages.
 * @throws {@link MavenError} REPOSITORY_UNSUPPORTED by name: version 4, split index, sparse index, an extension that must
 *   be understood and is not; GIT_FAILED when it is damaged.
 */
export function parseIndex(bytes: Buffer, file: string): IndexFile {
  if (bytes.length < headerSize + checksumSize || bytes.toString('latin1', 0, 4) !== 'DIRC') {
    throw damaged(file, 'no index header');
  }
  const version = bytes.readUInt32BE(4);
  if (version === 4) throw unsupported(file, 'index version 4', 'git update-index --index-version 2');
  if (version !== 2 && version !== 3)
    throw unsupported(file, `index version ${version}`, 'git read-tree HEAD');
  const end = bytes.length - checksumSize;
  // All zeros: written with index.skipHash.
  const checksum = bytes.subarray(end);
  if (!checksum.every((byte) => byte === 0) && !checksum.equals(sha1(bytes.subarray(0, end)))) {
    throw damaged(file, 'its checksum is wrong');
  }
  const entries = bytes.readUInt32BE(8);
  if (entries * fixedSize > bytes.length) throw damaged(file, `it says that it has ${entries} entries`);
  const starts = new Uint32Array(entries + 1);
  let at = headerSize;
  for (let entry = 0; entry + 1 < starts.length; entry++) {
    starts[entry] = at;
    at = endOfEntry(bytes, at);
    if (at > end) throw damaged(file, 'an entry runs over its end');
  }
  starts[starts.length - 1] = at;
  return { version, bytes, starts, extensions: parseExtensions(bytes.subarray(at, end), file) };
}

/**
 * Finds where a name stands or would stand.
 *
 * @returns index of the first entry whose name is not smaller; the number of entries when all are.
 */
export function lowerBound(index: IndexFile, name: Buffer): number {
  let low = 0;
  let high = index.starts.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (Buffer.compare(nameAt(index, middle), name) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Name of an entry; empty past the last one. */
export function nameAt(index: IndexFile, entry: number): Buffer {
  const start = index.starts[entry];
  if (start === undefined || entry + 1 >= index.starts.length) return Buffer.alloc(0);
  const nameStart = start + headerOfEntry(index.bytes, start);
  return index.bytes.subarray(nameStart, index.bytes.indexOf(0, nameStart));
}

/** The entry at a place of the index. */
export function entryAt(index: IndexFile, entry: number): IndexEntry {
  const start = index.starts[entry] ?? 0;
  const flags = index.bytes.readUInt16BE(start + flagsAt);
  const extended = (flags & extendedBit) === 0 ? 0 : index.bytes.readUInt16BE(start + fixedSize);
  return {
    mode: index.bytes
      .readUInt32BE(start + 24)
      .toString(8)
      .padStart(6, '0'),
    oid: index.bytes.toString('hex', start + 40, start + 60),
    stage: (flags >> 12) & 3,
    intentToAdd: (extended & 0x2000) !== 0,
    skipWorktree: (extended & 0x4000) !== 0,
  };
}

/** The entries of a name: none, one, or up to three while a merge is unresolved. */
export function entriesNamed(index: IndexFile, name: string): readonly IndexEntry[] {
  const wanted = Buffer.from(name);
  const found: IndexEntry[] = [];
  for (let entry = lowerBound(index, wanted); nameAt(index, entry).equals(wanted); entry++) {
    found.push(entryAt(index, entry));
  }
  return found;
}

/**
 * Tells what stands in the way of an entry: a file or submodule where it needs a folder, or the other way round.
 *
 * @returns the name in the way, null when there is none.
 */
export function nameInTheWay(index: IndexFile, path: string): string | null {
  const parts = path.split('/');
  for (let depth = 1; depth < parts.length; depth++) {
    const folder = parts.slice(0, depth).join('/');
    if (entriesNamed(index, folder).length > 0) return folder;
  }
  const below = Buffer.from(`${path}/`);
  const next = nameAt(index, lowerBound(index, below));
  return next.subarray(0, below.length).equals(below) ? next.toString('utf8') : null;
}

/** The checksum over pieces as if they were one. */
export function sha1(...pieces: readonly Uint8Array[]): Buffer {
  const hash = createHash('sha1');
  for (const piece of pieces) hash.update(piece);
  return hash.digest();
}

/** Bytes before the name: two more when the entry has extended flags. */
function headerOfEntry(bytes: Buffer, start: number): number {
  return (bytes.readUInt16BE(start + flagsAt) & extendedBit) === 0 ? fixedSize : fixedSize + 2;
}

/** Entries are padded with 1 to 8 NULs to a multiple of eight. */
function endOfEntry(bytes: Buffer, start: number): number {
  if (start + fixedSize > bytes.length) return bytes.length + 1;
  const header = headerOfEntry(bytes, start);
  const stored = bytes.readUInt16BE(start + flagsAt) & nameMask;
  // Longer names do not fit the field; they end where the first NUL is.
  const length = stored < nameMask ? stored : bytes.indexOf(0, start + header) - start - header;
  return length < 0 ? bytes.length + 1 : start + ((header + length + 8) & ~7);
}

function parseExtensions(bytes: Buffer, file: string): IndexExtension[] {
  const extensions: IndexExtension[] = [];
  for (let at = 0; at < bytes.length; ) {
    if (at + 8 > bytes.length) throw damaged(file, 'an extension is cut off');
    const name = bytes.toString('latin1', at, at + 4);
    const end = at + 8 + bytes.readUInt32BE(at + 4);
    if (end > bytes.length) throw damaged(file, `extension ${name} is cut off`);
    if (name === 'link') throw unsupported(file, 'a split index', 'git update-index --no-split-index');
    if (name === 'sdir')
      throw unsupported(file, 'a sparse index', 'git sparse-checkout init --cone --no-sparse-index');
    if (!/^[A-Z]/.test(name)) throw unsupported(file, `index extension ${name}`, 'git read-tree HEAD');
    extensions.push({ name, content: bytes.subarray(at + 8, end) });
    at = end;
  }
  return extensions;
}

function unsupported(file: string, what: string, command: string): MavenError {
  return new MavenError('REPOSITORY_UNSUPPORTED', `${file}: ${what}, which this program would damage`, {
    hint: `convert it with: ${command}`,
    data: { file, reason: what },
  });
}

function damaged(file: string, what: string): MavenError {
  return new MavenError('GIT_FAILED', `${file} is damaged: ${what}`, {
    hint: 'move it away and run git reset to build it anew; nothing was changed',
    data: { file, reason: what },
  });
}
