import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { codeOf } from '../errors.js';
import { packageRoot } from '../package-root.js';

/** Made by the build: the files of an empty database, packed. */
const IMAGE = 'dist/postgres.tar.gz';

/**
 * Reads the packed files of an empty database, which a new one begins with: unpacking them takes a fifth of the time in
 * which PGlite makes them itself.
 *
 * @returns null where the build left none; then PGlite makes its own.
 */
export async function readEmbeddedImage(): Promise<Blob | null> {
  try {
    return new Blob([await readFile(path.join(packageRoot(), IMAGE))]);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}
