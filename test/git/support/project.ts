import { join } from 'node:path';
import { initRepository, type TemporaryFolder, temporaryFolder } from './temporary.js';

export const identity = '.moha/maven/identity.json';
export const decision = '.moha/maven/decisions/one.md';

export interface TemporaryProject {
  /** Holds the repository; remove it after the test. */
  readonly folder: TemporaryFolder;
  /** Of the repository. */
  readonly dir: string;
}

/** A repository on branch `main` with code of its own and one artifact, {@link identity}. */
export function temporaryProject(): TemporaryProject {
  const folder = temporaryFolder();
  const dir = initRepository(join(folder.dir, 'repo'), {
    'README.md': 'a project\n',
    'src/code.txt': 'code\n',
    [identity]: '{"n":1}\n',
  });
  return { folder, dir };
}
