import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** How git starts this program from a hook or as a merge driver: by absolute paths, since its PATH may be anybody's. */
export interface HookProgram {
  readonly node: string;
  /** The built command line. */
  readonly script: string;
}

/** The node that runs now, and the built command line of this package. */
export function programHere(): HookProgram {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error(`package.json is in no folder above ${import.meta.url}`);
    folder = parent;
  }
  return { node: process.execPath, script: join(folder, 'dist', 'bin', 'maven-git.js') };
}

/** Quotes a text for sh, whatever is in it. */
export function shellQuote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
