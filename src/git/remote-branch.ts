import { MavenError } from '../errors.js';
import { nodeDisk } from './disk.js';
import { type ConfigEntry, lastValue } from './git-config.js';
import { runGit } from './native-git.js';
import { isSafeRefName, readHead } from './refs.js';
import { type Repository, readRepositoryConfig } from './repository.js';

/** The branch of HEAD, and the one of a remote that it is exchanged with. */
export interface RemoteBranch {
  /** Full name: `refs/heads/main`. */
  readonly local: string;
  readonly remote: string;
  /** Full name at the remote. */
  readonly branch: string;
  /** Whether git's configuration says so; otherwise a push makes it. */
  readonly configured: boolean;
}

/**
 * Finds out what HEAD's branch is exchanged with: what is asked for, else what git's configuration says, else the branch of
 * the same name at the only remote, or at `origin`.
 *
 * @throws {@link MavenError} REF_INVALID for a detached HEAD; CONFIG_INVALID when no remote can be told.
 */
export async function findRemoteBranch(
  repo: Repository,
  asked: { readonly remote?: string | undefined; readonly branch?: string | undefined },
): Promise<RemoteBranch> {
  const { ref } = readHead(nodeDisk, repo);
  if (ref === null || !ref.startsWith('refs/heads/')) {
    throw new MavenError('REF_INVALID', 'HEAD is detached, so there is no branch to exchange', {
      hint: 'check out a branch first (git switch main)',
    });
  }
  const name = ref.slice('refs/heads/'.length);
  const { remotes, upstream } = await (repo.nativeGit ? askGit(repo, name) : readConfig(repo, name));
  const remote = asked.remote ?? upstream.remote ?? onlyRemote(remotes);
  if (remote === null || !remotes.includes(remote)) {
    const known = remotes.length === 0 ? 'there is none' : `known: ${remotes.join(', ')}`;
    throw new MavenError('CONFIG_INVALID', `no remote ${remote ?? ''} to exchange with; ${known}`, {
      hint: 'add one (git remote add origin URL), or name it with --remote',
      data: { remotes },
    });
  }
  const own = upstream.remote === remote ? upstream.branch : undefined;
  const branch = asked.branch === undefined ? (own ?? ref) : `refs/heads/${asked.branch}`;
  // Both become parts of a file's name.
  for (const name of [branch, `refs/remotes/${remote}`]) if (!isSafeRefName(name)) throw noName(name);
  return { local: ref, remote, branch, configured: own === branch };
}

function noName(name: string): MavenError {
  return new MavenError('INPUT_INVALID', `${JSON.stringify(name)} is no name of a branch or a remote`, {
    hint: 'name them as git branch and git remote show them',
    data: { name },
  });
}

/** What git's configuration says. */
interface Exchange {
  readonly remotes: readonly string[];
  /** What the branch is exchanged with. */
  readonly upstream: { readonly remote: string | undefined; readonly branch: string | undefined };
}

async function askGit(repo: Repository, name: string): Promise<Exchange> {
  const [remotes, [remote], [branch]] = await Promise.all([
    linesOf(repo, ['remote']),
    linesOf(repo, ['config', '--get', `branch.${name}.remote`]),
    linesOf(repo, ['config', '--get', `branch.${name}.merge`]),
  ]);
  return { remotes, upstream: { remote, branch } };
}

async function readConfig(repo: Repository, name: string): Promise<Exchange> {
  const config = readRepositoryConfig(nodeDisk, repo);
  const settingOf = (key: string): string | undefined =>
    lastValue(config, `branch.${name}.${key}`) ?? undefined;
  return {
    remotes: remotesIn(config),
    upstream: { remote: settingOf('remote'), branch: settingOf('merge') },
  };
}

/** Whether this clone exchanges commits with another: it names a remote. */
export function hasRemote(repo: Repository): boolean {
  return remotesIn(readRepositoryConfig(nodeDisk, repo)).length > 0;
}

function remotesIn(config: readonly ConfigEntry[]): readonly string[] {
  return [...new Set(config.flatMap(({ key }) => /^remote\.(.+)\.url$/s.exec(key)?.[1] ?? []))];
}

/** Where the fetched state of a remote's branch is kept. */
export function trackingRef({ remote, branch }: Pick<RemoteBranch, 'remote' | 'branch'>): string {
  return `refs/remotes/${remote}/${shortName(branch)}`;
}

/** `main` of `refs/heads/main`. */
export function shortName(ref: string): string {
  return ref.replace(/^refs\/heads\//, '');
}

function onlyRemote(remotes: readonly string[]): string | null {
  if (remotes.includes('origin')) return 'origin';
  return remotes.length === 1 ? (remotes[0] ?? null) : null;
}

async function linesOf(repo: Repository, args: readonly string[]): Promise<readonly string[]> {
  const { stdout } = await runGit(repo, args, { answers: [0, 1] });
  return stdout.toString('utf8').split('\n').filter(Boolean);
}
