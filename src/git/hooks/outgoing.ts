import { runGit } from '../native-git.js';
import type { Repository } from '../repository.js';
import { artifactsFolder } from '../revision.js';
import { parseRawDiff, type RawChange } from './raw-diff.js';

/** Git's name for a tree without entries; it exists in every repository. */
const EMPTY_TREE = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';
const OID = /^[0-9a-f]{40}$/;
/** More branches than this of a remote are not looked through for where a new one began. */
const MOST_BRANCHES = 100;

/**
 * Tells which artifacts a push would change at the remote: the two ends are compared, so the length of the history
 * between them costs nothing.
 *
 * @param refs - what git tells `pre-push`: `<local ref> <local oid> <remote ref> <remote oid>` a line.
 * @param remote - its name; or its URL, when it has none.
 * @throws {@link MavenError} GIT_FAILED.
 */
export async function outgoingChanges(
  repo: Repository,
  refs: string,
  remote: string,
): Promise<readonly RawChange[]> {
  const changes: RawChange[] = [];
  for (const line of refs.split('\n')) {
    const [, local = '', , there = ''] = line.split(' ');
    // A branch that is deleted at the remote has no content to check.
    if (!OID.test(local) || /^0+$/.test(local)) continue;
    const base = await knownBase(repo, local, there, remote);
    const args = ['diff-tree', '-r', '--raw', '-z', '--no-renames', '--no-abbrev', '--end-of-options'];
    const { stdout } = await runGit(repo, [...args, base, local, '--', artifactsFolder]);
    changes.push(...parseRawDiff(stdout.toString('latin1')));
  }
  return changes;
}

/** What the remote has already: its branch, or for a new one the nearest commit that any of its branches holds. */
async function knownBase(repo: Repository, local: string, there: string, remote: string): Promise<string> {
  if (OID.test(there) && !/^0+$/.test(there) && (await exists(repo, there))) return there;
  const list = [
    'for-each-ref',
    '--format=%(objectname)',
    `--count=${MOST_BRANCHES}`,
    `refs/remotes/${remote}/`,
  ];
  const heads = (await runGit(repo, list)).stdout.toString('utf8').split('\n').filter(Boolean);
  if (heads.length === 0) return EMPTY_TREE;
  const { stdout } = await runGit(repo, ['merge-base', '--end-of-options', local, ...heads], {
    answers: [0, 1],
  });
  return stdout.toString('utf8').trim().split('\n')[0] || EMPTY_TREE;
}

async function exists(repo: Repository, oid: string): Promise<boolean> {
  return (await runGit(repo, ['cat-file', '-e', oid], { answers: [0, 1, 128] })).exitCode === 0;
}
