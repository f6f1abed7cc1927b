import { truncateSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readBlobs } from '../../src/git/blobs.js';
import { longestObjectBytes } from '../../src/git/loose-object.js';
import { openObjectReader } from '../../src/git/object-reader.js';
import { openRepository } from '../../src/git/repository.js';
import {
  git,
  initRepository,
  type TemporaryFolder,
  temporaryFolder,
  writeFiles,
} from './support/temporary.js';

/** A few hundred kilobytes that a remote sends, and that inflate to more than a process should hold. */
let folder: TemporaryFolder;
let oid: string;
beforeAll(() => {
  folder = temporaryFolder();
  initRepository(folder.dir, { 'README.md': 'a\n' });
  const file = '.moha/maven/personas/bomb.md';
  writeFiles(folder.dir, { [file]: '' });
  truncateSync(join(folder.dir, file), longestObjectBytes + 1);
  git(folder.dir, 'add', '--all');
  git(folder.dir, 'commit', '--quiet', '--message', 'bomb');
  oid = git(folder.dir, 'rev-parse', `HEAD:${file}`);
});
afterAll(() => folder.remove());

it.each(['loose', 'packed'])(
  'a %s object that no artifact can be is refused by name, and read in part where many are',
  async (kind) => {
    if (kind === 'packed') git(folder.dir, 'repack', '-adq');
    const repository = await openRepository(folder.dir);
    const reader = openObjectReader(repository);
    await expect(reader.read(oid)).rejects.toMatchObject({
      code: 'GIT_FAILED',
      message: expect.stringContaining('256 MiB'),
    });
    await reader.close();
    for await (const { bytes } of readBlobs(repository, [{ oid }]))
      expect(bytes.length).toBeLessThan(longestObjectBytes);
  },
);
