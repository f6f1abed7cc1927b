import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { commitArtifacts } from './git/commit.js';
import { createRepository } from './git/create-repository.js';
import { openRepository } from './git/repository.js';

/** Makes the `.moha` folder in a folder a repository with one commit. Only for scratch copies. */
export async function makeExampleRepository(folder: string, now: Date): Promise<void> {
  await createRepository(folder);
  const repository = await openRepository(folder);
  const names = await readdir(path.join(folder, '.moha'), { recursive: true, withFileTypes: true });
  const files = new Map<string, Buffer>();
  for (const entry of names) {
    if (!entry.isFile()) continue;
    const file = path.join(entry.parentPath, entry.name);
    files.set(path.relative(folder, file).split(path.sep).join('/'), await readFile(file));
  }
  await commitArtifacts(repository, {
    author: { name: 'Maven', email: 'maven@localhost' },
    now,
    job: 'drill',
    purpose: 'drill',
    build: async () => ({ files, subject: 'example: history', records: files.size }),
  });
}
