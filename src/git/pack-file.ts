import { createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { deflate } from 'node:zlib';
import { MavenError } from '../errors.js';
import { collectingClient } from './collecting-client.js';
import { type Disk, makeFolders } from './disk.js';
import { loadIsomorphicGit } from './isomorphic.js';
import type { GitObject } from './loose-object.js';
import type { Repository } from './repository.js';

const SIGNATURE = 'PACK';
const CHECKSUM_BYTES = 20;
const TYPE_BITS = { commit: 1, tree: 2, blob: 3, tag: 4 } as const;
const compress = promisify(deflate);

/** Writes objects as a pack, each whole. */
export async function formatPack(objects: readonly GitObject[]): Promise<Buffer> {
  const header = Buffer.alloc(12);
  header.write(SIGNATURE, 'latin1');
  header.writeUInt32BE(2, 4);
  header.writeUInt32BE(objects.length, 8);
  const parts: Uint8Array[] = [header];
  for (const { type, bytes } of objects)
    parts.push(entryHeader(TYPE_BITS[type], bytes.length), await compress(bytes));
  const pack = Buffer.concat(parts);
  return Buffer.concat([pack, createHash('sha1').update(pack).digest()]);
}

/** Three bits of type and the length, its lowest bits first, seven to a byte after the first four. */
function entryHeader(type: number, length: number): Buffer {
  const bytes: number[] = [];
  let byte = (type << 4) | (length & 15);
  for (let left = Math.floor(length / 16); left > 0; left = Math.floor(left / 128)) {
    bytes.push(byte | 128);
    byte = left & 127;
  }
  return Buffer.from([...bytes, byte]);
}

/**
 * Puts a pack that came from a remote among the objects, durable, with its index: first the pack, then the index, by which
 * others see it.
 *
 * @returns the names of its objects.
 * @throws {@link MavenError} REMOTE_FAILED for one that is damaged; then nothing is written.
 */
export async function storePack(disk: Disk, repo: Repository, pack: Buffer): Promise<ReadonlySet<string>> {
  const checksum = pack.subarray(-CHECKSUM_BYTES);
  const body = pack.subarray(0, -CHECKSUM_BYTES);
  if (
    pack.toString('latin1', 0, 4) !== SIGNATURE ||
    !createHash('sha1').update(body).digest().equals(checksum)
  )
    throw damaged(pack);
  const count = body.readUInt32BE(8);
  // Everything we had already: an empty pack.
  if (count === 0) return new Set();
  const name = `pack-${checksum.toString('hex')}`;
  const folder = join(repo.commonDir, 'objects', 'pack');
  const index = await indexOf(name, pack);
  const names = namesIn(index);
  // An object that could not be read is left out of the index; git would refuse the whole pack for it.
  if (names.size !== count) throw damaged(pack);
  const files = [
    { path: join(folder, `${name}.pack`), bytes: pack },
    { path: join(folder, `${name}.idx`), bytes: index },
  ];
  await disk.sync(makeFolders(disk, folder));
  for (const { path, bytes } of files) {
    // As git names what it removes some day, should we be killed here.
    const temporary = join(
      folder,
      `tmp_${path.endsWith('.idx') ? 'idx' : 'pack'}_${randomBytes(6).toString('hex')}`,
    );
    disk.createFile(temporary, bytes, 0o444);
    await disk.sync([temporary]);
    disk.rename(temporary, path);
    await disk.sync([folder]);
  }
  return names;
}

function damaged(pack: Buffer): MavenError {
  return new MavenError('REMOTE_FAILED', 'the remote sent a damaged pack', {
    hint: 'try again; nothing was changed',
    data: { bytes: pack.length },
  });
}

/** Behind signature, version and 256 counts stand the names, twenty bytes each. */
function namesIn(index: Buffer): ReadonlySet<string> {
  const start = 8 + 256 * 4;
  const count = index.readUInt32BE(start - 4);
  return new Set(
    Array.from({ length: count }, (_, i) => index.toString('hex', start + i * 20, start + i * 20 + 20)),
  );
}

async function indexOf(name: string, pack: Buffer): Promise<Buffer> {
  const git = await loadIsomorphicGit();
  const files = new Map([[`/${name}.pack`, pack]]);
  const fs = collectingClient('/', files);
  await git.indexPack({ fs, dir: '/', gitdir: '/', filepath: `${name}.pack` });
  const index = files.get(`/${name}.idx`);
  if (index === undefined) throw new Error(`${name}: isomorphic-git wrote no index`);
  return index;
}
