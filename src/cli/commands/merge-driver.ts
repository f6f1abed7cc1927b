import { isUtf8 } from 'node:buffer';
import { readFile, writeFile } from 'node:fs/promises';
import { mergeArtifact } from '../../index.js';
import type { CliIo } from '../io.js';
import { safeText } from '../output/safe-text.js';

/** Files with the three versions, and the path that they are versions of. */
export interface MergeCall {
  readonly base: string;
  /** Git reads the result from here. */
  readonly ours: string;
  readonly theirs: string;
  readonly path: string;
}

/**
 * Called by git for files that attributes give `merge=maven-records`.
 *
 * @returns the exit code: 1 with the file untouched leaves it to git's own merge by line.
 */
export async function mergeDriver(io: CliIo, { base, ours, theirs, path }: MergeCall): Promise<number> {
  const versions = await Promise.all([base, ours, theirs].map((file) => readFile(file)));
  if (!versions.every((bytes) => isUtf8(bytes))) {
    io.stderr.write(`${safeText(path)}: one side is not UTF-8, merged line by line\n`);
    return 1;
  }
  const [before = '', our = '', their = ''] = versions.map((bytes) => bytes.toString('utf8'));
  const merged = await mergeArtifact(path, before, our, their);
  await writeFile(ours, merged.text);
  for (const conflict of merged.conflicts) io.stderr.write(`${safeText(path)}: ${safeText(conflict)}\n`);
  return merged.conflicts.length > 0 ? 1 : 0;
}
