import { objectNotFound, readBatch } from './cat-file.js';
import type { GitObject } from './loose-object.js';
import { openObjectReader } from './object-reader.js';
import type { Repository } from './repository.js';

/** Longer blobs are cut here: more than any kind of artifact may have, so that one huge file cannot fill the memory. */
export const longestBlobBytes = 136 * 1_048_576;

export interface BlobOf<T> {
  readonly entry: T;
  /** Cut at {@link longestBlobBytes}, which readers report as too large. */
  readonly bytes: Buffer;
}

/**
 * Reads the bytes of many files, in order, one at a time.
 *
 * Memory holds a pipe's worth of blobs, or one that is larger, whatever the number: the next are read when the caller asks
 * for them. Leaving the loop early ends the child. Submodules have no bytes and must not be asked for.
 *
 * @throws {@link MavenError} OBJECT_NOT_FOUND naming the object; GIT_FAILED.
 */
export async function* readBlobs<T extends { readonly oid: string }>(
  repo: Repository,
  entries: readonly T[],
): AsyncGenerator<BlobOf<T>, void, undefined> {
  for await (const blobs of readBlobBatches(repo, entries)) yield* blobs;
}

/** As {@link readBlobs}, those that arrived together at a time. Whoever keeps the bytes of one keeps those of all. */
export async function* readBlobBatches<T extends { readonly oid: string }>(
  repo: Repository,
  entries: readonly T[],
): AsyncGenerator<readonly BlobOf<T>[], void, undefined> {
  if (entries.length === 0) return;
  if (!repo.nativeGit) {
    yield* readSingly(repo, entries);
    return;
  }
  let next = 0;
  const oids = entries.map((entry) => entry.oid);
  for await (const answers of readBatch(repo, oids, longestBlobBytes)) {
    yield answers.map(({ oid, object }) => {
      const entry = entries[next++];
      if (entry === undefined || entry.oid !== oid)
        throw objectNotFound(repo, entry?.oid ?? oid, 'out of order');
      return { entry, bytes: blobBytes(repo, entry, object) };
    });
  }
}

async function* readSingly<T extends { readonly oid: string }>(
  repo: Repository,
  entries: readonly T[],
): AsyncGenerator<readonly BlobOf<T>[], void, undefined> {
  const reader = openObjectReader(repo);
  try {
    for (const entry of entries)
      yield [{ entry, bytes: blobBytes(repo, entry, await reader.read(entry.oid)) }];
  } finally {
    await reader.close();
  }
}

function blobBytes(repo: Repository, entry: { readonly oid: string }, object: GitObject | null): Buffer {
  if (object?.type === 'blob') return object.bytes.subarray(0, longestBlobBytes);
  const path = 'path' in entry && typeof entry.path === 'string' ? entry.path : 'blob';
  throw objectNotFound(repo, entry.oid, object === null ? path : `${path}, a ${object.type}`);
}
