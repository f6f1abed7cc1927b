import { MavenError } from '../errors.js';
import type { Author } from './author.js';
import { formatCommitMessage } from './commit-message.js';
import { nodeDisk } from './disk.js';
import { runGit } from './native-git.js';
import { readHead } from './refs.js';
import { type RemoteBranch, shortName, trackingRef } from './remote-branch.js';
import { complaintOf, remoteFailed, runRemoteGit } from './remote-git.js';
import type { Repository } from './repository.js';
import { artifactsFolder, countCommits, isAncestor } from './revision.js';
import { assertNoOperation, assertStillOn, operationInProgress } from './safety.js';

export interface MergeOutcome {
  readonly outcome: 'up to date' | 'fast-forward' | 'merged';
  readonly before: string;
  readonly after: string;
  /** How many commits came in. */
  readonly commits: number;
}

/**
 * Fetches the remote's branch.
 *
 * @returns its commit; null = the remote has no such branch yet.
 * @throws {@link MavenError} REMOTE_AUTH, REMOTE_FAILED.
 */
export async function fetchBranch(
  repo: Repository,
  { remote, branch }: RemoteBranch,
  timeoutMs: number,
): Promise<string | null> {
  const listed = await runRemoteGit(repo, ['ls-remote', '--quiet', '--', remote, branch], { timeoutMs });
  const oid = /^([0-9a-f]{40})\t/.exec(listed.stdout)?.[1];
  if (oid === undefined) return null;
  const tracking = trackingRef({ remote, branch });
  const args = ['fetch', '--quiet', '--no-tags', '--no-recurse-submodules', '--no-auto-gc', '--', remote];
  await runRemoteGit(repo, [...args, `+${branch}:${tracking}`], { timeoutMs });
  // Not what was listed: it may have moved on in between.
  return (await linesOf(repo, ['rev-parse', '--verify', '--quiet', tracking]))[0] ?? oid;
}

/**
 * Merges a fetched commit into HEAD's branch, in the working tree, as native git does it. The caller holds the lock of the
 * repository, so that none of our jobs commits in between.
 *
 * @throws {@link MavenError} COMMIT_UNSAFE for an operation in progress, unsaved or staged edits of artifacts, and where git
 *   would have to overwrite files; MERGE_CONFLICT naming the files that a person must settle, left as git leaves them.
 */
export async function mergeFetched(
  repo: Repository,
  theirs: string,
  from: RemoteBranch,
  author: Author,
  timeoutMs: number,
): Promise<MergeOutcome> {
  assertNoOperation(nodeDisk, repo.gitDir);
  const { ref, commit: before } = readHead(nodeDisk, repo);
  assertStillOn(ref, from.local);
  if (before !== null && (await isAncestor(repo, theirs, before))) {
    return { outcome: 'up to date', before, after: before, commits: 0 };
  }
  await assertCleanArtifacts(repo);
  const message = formatCommitMessage({
    subject: `sync: merge ${shortName(from.branch)} of ${from.remote}`,
    job: 'pull',
    records: 0,
  });
  const options = [
    '--quiet',
    '--no-edit',
    '--ff',
    '--no-gpg-sign',
    '--no-autostash',
    '--no-verify',
    '--no-stat',
  ];
  const { exitCode, stderr, stdout } = await runRemoteGit(
    repo,
    ['merge', ...options, '-m', message, theirs],
    {
      timeoutMs,
      config: [
        `user.name=${author.name}`,
        `user.email=${author.email}`,
        // Our commits run no hooks, and the reconcile follows anyway; so does the maintenance.
        'core.hooksPath=/dev/null',
        'maintenance.auto=false',
        'gc.auto=0',
      ],
      answers: [0, 1, 2, 128],
    },
  );
  if (exitCode !== 0) throw await mergeFailure(repo, from, `${stdout}\n${stderr}`);
  const after = readHead(nodeDisk, repo).commit ?? theirs;
  const commits = before === null ? 0 : await countCommits(repo, before, theirs);
  return { outcome: after === theirs ? 'fast-forward' : 'merged', before: before ?? after, after, commits };
}

/** @returns `pushed`; `up to date`; `rejected`, when the remote's branch is elsewhere than we know. */
export async function pushBranch(
  repo: Repository,
  { local, remote, branch, configured }: RemoteBranch,
  timeoutMs: number,
): Promise<'pushed' | 'up to date' | 'rejected'> {
  const options = ['--porcelain', '--no-force', '--no-recurse-submodules', ...(configured ? [] : ['-u'])];
  const args = ['push', ...options, '--', remote, `${local}:${branch}`];
  const { exitCode, stdout, stderr } = await runRemoteGit(repo, args, { timeoutMs, answers: [0, 1] });
  const flag = /^([ +\-*!=t])\t/m.exec(stdout)?.[1];
  if (exitCode === 0) return flag === '=' ? 'up to date' : 'pushed';
  // A remote that says no for a reason of its own (a rule, a hook) says so again; one that is written to by others does not.
  if (
    flag === '!' &&
    /\[rejected\]|cannot lock ref|failed to update ref|incorrect old value/.test(stdout + stderr)
  )
    return 'rejected';
  const summary = /^!\t[^\t]*\t(.*)$/m.exec(stdout)?.[1];
  // Without a word on the branch it was stopped here, by a hook, which has told why.
  const said = stderr
    .split('\n')
    .filter((line) => line !== '' && !/^(hint|To) |^error: failed to push/.test(line));
  if (summary !== undefined || exitCode === 1) {
    const why = summary ?? said.slice(0, 3).join('; ');
    throw new MavenError('REMOTE_REJECTED', `the push to ${remote} is refused: ${why}`, {
      hint: 'see what git push says; maven-git never forces',
      data: { remote, branch, said },
    });
  }
  throw remoteFailed(args, complaintOf(stderr));
}

async function assertCleanArtifacts(repo: Repository): Promise<void> {
  const args = ['status', '--porcelain=v1', '-z', '--untracked-files=no', '--', artifactsFolder];
  const dirty = (await runGit(repo, args)).stdout.toString('utf8').split('\0').filter(Boolean);
  if (dirty.length === 0) return;
  const paths = dirty.map((record) => record.slice(3));
  const more = paths.length > 3 ? ` and ${paths.length - 3} more` : '';
  throw new MavenError('COMMIT_UNSAFE', `not committed yet: ${paths.slice(0, 3).join(', ')}${more}`, {
    hint: 'commit or restore these edits (git status shows them), then try again',
    data: { paths },
  });
}

async function mergeFailure(repo: Repository, from: RemoteBranch, said: string): Promise<MavenError> {
  if (operationInProgress(nodeDisk, repo.gitDir) === null) {
    return new MavenError('COMMIT_UNSAFE', `git cannot merge: ${complaintOf(said)}`, {
      hint: 'mend what git names, then try again; nothing was changed',
      data: { said: said.slice(0, 2_000) },
    });
  }
  const args = ['diff', '--name-only', '--diff-filter=U', '-z'];
  const files = (await runGit(repo, args)).stdout.toString('utf8').split('\0').filter(Boolean);
  return new MavenError(
    'MERGE_CONFLICT',
    `${files.join(', ')}: changed here and at ${from.remote} in ways that only a person can settle`,
    {
      hint: [...files.filter(isNamedBySecond).map(keepBoth), SETTLE].join('; '),
      data: { files },
    },
  );
}

const SETTLE =
  'both versions stand in these files: settle them, git add, git commit; or git merge --abort to leave it for later';

/** Two clones recorded something in one second, before they knew of a remote. */
function isNamedBySecond(path: string): boolean {
  return /^\.moha\/maven\/(decisions|insights)\/[a-z]+_\d{8}_\d{6}(_\d+)?\.md$/.test(path);
}

function keepBoth(path: string): string {
  const other = path.replace(/\.md$/, '_1.md');
  return `${path} is two records of one second; to keep both: git show :3:${path} > ${other}; git checkout --ours ${path}; git add ${path} ${other}`;
}

async function linesOf(repo: Repository, args: readonly string[]): Promise<readonly string[]> {
  const { stdout } = await runGit(repo, args, { answers: [0, 1] });
  return stdout.toString('utf8').split('\n').filter(Boolean);
}
