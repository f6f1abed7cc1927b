import { dirname, join } from 'node:path';
import { type Disk, makeFolders } from './disk.js';
import { isTrue, lastValue } from './git-config.js';
import type { Journal } from './journal.js';
import { type Repository, readRepositoryConfig } from './repository.js';

/** Enough to hold the end of the line before ours. */
const longestLine = 4096;
const noCommit = '0'.repeat(40);

/**
 * Adds the commit to the reflogs that native git would add it to: that of HEAD and that of the branch.
 *
 * Adding twice does nothing, and a line that a crash cut in half is completed.
 *
 * @returns files and folders to be synced.
 */
export function appendReflogs(disk: Disk, repo: Repository, journal: Journal): readonly string[] {
  const logs = [join(journal.gitDir, 'logs', 'HEAD')];
  if (journal.ref !== null) logs.push(join(repo.commonDir, 'logs', journal.ref));
  const wanted = keepsReflogs(disk, repo, journal);
  const line = Buffer.from(`${journal.parent ?? noCommit} ${journal.commit} ${journal.reflog}\n`);
  return logs.flatMap((log) => {
    const stat = disk.lstat(log);
    if (stat === null && !wanted) return [];
    // An emptied folder of deleted branches; the log is a comfort and must not stop the commit.
    if (stat?.isDirectory() === true) return [];
    return appendOnce(disk, log, line);
  });
}

function appendOnce(disk: Disk, log: string, line: Buffer): readonly string[] {
  const before = disk.readEnd(log, line.length + longestLine);
  const grown = makeFolders(disk, dirname(log));
  const tail = before === null ? Buffer.alloc(0) : before.subarray(before.lastIndexOf(10, -2) + 1);
  if (tail.equals(line)) return [log];
  if (tail.length > 0 && tail.at(-1) !== 10) {
    const isOurs = line.subarray(0, tail.length).equals(tail);
    disk.append(log, isOurs ? line.subarray(tail.length) : Buffer.concat([Buffer.from('\n'), line]));
  } else {
    disk.append(log, line);
  }
  return before === null ? [...grown, dirname(log), log] : [log];
}

/** `core.logAllRefUpdates`, which defaults to yes where there is a working tree. */
function keepsReflogs(disk: Disk, repo: Repository, journal: Journal): boolean {
  const value = lastValue(readRepositoryConfig(disk, repo), 'core.logallrefupdates');
  return value === undefined ? journal.workTree !== null : value === 'always' || isTrue(value);
}
