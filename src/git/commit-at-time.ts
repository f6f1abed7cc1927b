import { objectNotFound } from './cat-file.js';
import { shallowCommits } from './commit-walk.js';
import { runGit } from './native-git.js';
import { parseCommit } from './object-format.js';
import { openObjectReader } from './object-reader.js';
import type { Repository } from './repository.js';

/**
 * Finds what was committed at a time: the newest commit at or before it on the line of first parents, by the committer's
 * clock. What came in by a merge counts from the merge on.
 *
 * @param start - object name of the newest commit of the line.
 * @param time - canonical; commits know whole seconds.
 * @returns null = every commit of the line is later.
 */
export async function commitAtTime(repo: Repository, start: string, time: string): Promise<string | null> {
  const seconds = Math.floor(Date.parse(time) / 1000);
  // Git knows no time before 1970.
  if (seconds < 0) return null;
  if (!repo.nativeGit) return walkFirstParents(repo, start, seconds);
  const args = [
    'rev-list',
    '--first-parent',
    '--max-count=1',
    `--min-age=${seconds}`,
    '--end-of-options',
    start,
  ];
  const { stdout } = await runGit(repo, args);
  return /^[0-9a-f]{40}$/m.exec(stdout.toString('latin1'))?.[0] ?? null;
}

async function walkFirstParents(repo: Repository, start: string, seconds: number): Promise<string | null> {
  const reader = openObjectReader(repo);
  const shallow = shallowCommits(repo);
  try {
    let commit: string | null = start;
    while (commit !== null) {
      const object = await reader.read(commit);
      if (object?.type !== 'commit') throw objectNotFound(repo, commit, 'commit');
      const header = object.bytes.toString('latin1').split('\n\n', 1)[0] ?? '';
      const committed = /^committer .*> (-?\d{1,15}) [+-]\d+$/m.exec(header)?.[1];
      if (committed !== undefined && Number(committed) <= seconds) return commit;
      commit = shallow.has(commit) ? null : (parseCommit(object.bytes).parents[0] ?? null);
    }
    return null;
  } finally {
    await reader.close();
  }
}
