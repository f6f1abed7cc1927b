import { readBlobs } from './blobs.js';
import { fileHistory } from './file-history.js';
import type { Repository } from './repository.js';

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;

/**
 * Finds the commits that brought lines into a file: for each, the oldest in the history of `commit` whose version of the
 * file holds it, wherever it stands there.
 *
 * Not `git blame`: a merge by record moves lines, and a line that moved was still brought by whoever wrote it first. Each
 * version is read at most once, and none after the last line is found.
 *
 * @param lines - without their ends.
 * @returns in the order of `lines`; null = no version holds it.
 */
export async function commitsOfLines(
  repo: Repository,
  commit: string,
  path: string,
  lines: readonly Buffer[],
): Promise<readonly (string | null)[]> {
  const found: (string | null)[] = lines.map(() => null);
  const wanted = new Set(lines.keys());
  for await (const { entry, bytes } of readBlobs(repo, await versionsOf(repo, commit, path))) {
    for (const index of wanted) {
      const line = lines[index];
      if (line === undefined || !holdsLine(bytes, line)) continue;
      found[index] = entry.commit;
      wanted.delete(index);
    }
    if (wanted.size === 0) break;
  }
  return found;
}

/** Each version once, by the oldest commit that made it. */
async function versionsOf(repo: Repository, commit: string, path: string) {
  const makers = new Map<string, string>();
  for (const { oid, commit: maker } of await fileHistory(repo, commit, path))
    if (oid !== null && !makers.has(oid)) makers.set(oid, maker);
  return Array.from(makers, ([oid, maker]) => ({ oid, commit: maker, path }));
}

function holdsLine(bytes: Buffer, line: Buffer): boolean {
  for (let at = bytes.indexOf(line); at !== -1; at = bytes.indexOf(line, at + 1)) {
    const after = bytes[at + line.length];
    const ends = after === undefined || after === LINE_FEED || after === CARRIAGE_RETURN;
    if (ends && (at === 0 || bytes[at - 1] === LINE_FEED)) return true;
  }
  return false;
}
