import { basename, dirname, join } from 'node:path';
import type { Author } from './author.js';
import { collectingClient } from './collecting-client.js';
import { type Disk, makeFolders } from './disk.js';
import { loadIsomorphicGit } from './isomorphic.js';
import { deflateObject } from './loose-object.js';
import type { Repository } from './repository.js';

/** Makes objects in memory, then puts all of them on disk at once. */
export interface ObjectWriter {
  /** Takes blobs whose names are known; compresses them side by side, keeps them in the order given. */
  writeBlobs(blobs: readonly { readonly oid: string; readonly bytes: Uint8Array }[]): Promise<void>;
  writeTree(bytes: Uint8Array): Promise<string>;
  writeCommit(commit: NewCommit): Promise<string>;
  /** Makes every object durable; when it returns they survive a power loss. Returns their names. */
  store(disk: Disk, temporaryDir: string, id: string): Promise<readonly string[]>;
}

export interface NewCommit {
  readonly tree: string;
  /** The first is the branch's own; none for the first commit. */
  readonly parents: readonly string[];
  readonly message: string;
  readonly author: Author;
  readonly timestampSeconds: number;
}

/**
 * Opens a writer over isomorphic-git's plumbing.
 *
 * isomorphic-git decides the bytes and the place of an object. It would write them in place, one by one, without fsync:
 * a crash leaves torn objects that nothing repairs. So its writes are collected here and stored as git should: all to
 * temporary files, synced together, renamed, their folders synced. An object that exists is written again: it may be
 * torn, or about to be pruned for its age.
 */
export async function openObjectWriter(repo: Repository): Promise<ObjectWriter> {
  const git = await loadIsomorphicGit();
  const pending = new Map<string, Buffer>();
  const fs = collectingClient(repo.commonDir, pending);
  const place = { fs, gitdir: repo.commonDir };
  return {
    async writeBlobs(blobs) {
      // Ledgers grow large; isomorphic-git would compress them in JavaScript.
      const objects = await Promise.all(blobs.map(({ bytes }) => deflateObject('blob', bytes)));
      for (const [i, { oid }] of blobs.entries()) {
        const object = objects[i] ?? Buffer.alloc(0);
        await git.writeObject({ ...place, type: 'blob', format: 'deflated', oid, object });
      }
    },
    writeTree: (bytes) => git.writeObject({ ...place, type: 'tree', format: 'content', object: bytes }),
    writeCommit: (commit) => git.writeCommit({ ...place, commit: commitFields(commit) }),
    async store(disk, temporaryDir, id) {
      await storeAll(disk, pending, temporaryDir, id);
      return [...pending.keys()].map((file) => `${basename(dirname(file))}${basename(file)}`);
    },
  };
}

function commitFields(commit: NewCommit) {
  const by = { ...commit.author, timestamp: commit.timestampSeconds, timezoneOffset: 0 };
  return {
    tree: commit.tree,
    parent: [...commit.parents],
    message: commit.message,
    author: by,
    committer: by,
  };
}

async function storeAll(
  disk: Disk,
  pending: ReadonlyMap<string, Buffer>,
  temporaryDir: string,
  id: string,
): Promise<void> {
  const moves = [...pending].map(([file, bytes], number) => ({
    file,
    bytes,
    temporary: join(temporaryDir, `${id}.object.${number}`),
  }));
  for (const { temporary, bytes } of moves) disk.createFile(temporary, bytes, 0o444);
  await disk.sync(moves.map((move) => move.temporary));
  const folders = new Set<string>();
  for (const { file, temporary } of moves) {
    for (const grown of makeFolders(disk, dirname(file))) folders.add(grown);
    disk.rename(temporary, file);
    folders.add(dirname(file));
  }
  await disk.sync([...folders]);
}
