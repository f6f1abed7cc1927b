import { realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { codeOf, MavenError } from '../errors.js';
import { type Disk, nodeDisk } from './disk.js';
import { hasNativeGit } from './environment.js';
import { type ConfigEntry, isTrue, lastValue, parseGitConfig } from './git-config.js';
import { assertOwned } from './ownership.js';
import { assertSupportedFormat } from './repository-format.js';

/** A repository as found on disk. Plain data: nothing is kept open. */
export interface Repository {
  /** Absolute path of the working tree, null in a bare repository. */
  readonly workTree: string | null;
  /** Absolute path of this working tree's own folder (`HEAD`, `index`). */
  readonly gitDir: string;
  /** Absolute path of the folder all working trees share (`objects`, `refs`, `config`); `gitDir` in the main one. */
  readonly commonDir: string;
  /** Whether a native `git` was found along PATH (and not switched off). */
  readonly nativeGit: boolean;
}

export interface OpenOptions {
  /** `false` reads through isomorphic-git even where a native git is there. */
  readonly nativeGit?: boolean | undefined;
}

/**
 * Finds the repository around a folder: a working tree or any folder below it, a linked worktree, a submodule, a bare
 * repository, or a `.git` folder itself.
 *
 * Reads a handful of small files and starts no child. `GIT_DIR` and its like are not consulted: in a hook they
 * belong to the git command that runs it.
 *
 * @throws {@link MavenError} REPOSITORY_NOT_FOUND; REPOSITORY_UNSUPPORTED for SHA-256 objects, reftable, partial
 *   clones, unknown extensions, and repositories of another user.
 */
export async function openRepository(startDir: string, options: OpenOptions = {}): Promise<Repository> {
  const found = discover(nodeDisk, physicalPath(startDir), startDir);
  const pointer = nodeDisk.readFile(join(found.gitDir, 'commondir'));
  const commonDir = pointer === null ? found.gitDir : resolve(found.gitDir, pointer.toString('utf8').trim());
  const config = readRepositoryConfig(nodeDisk, { gitDir: found.gitDir, commonDir });
  assertSupportedFormat(config, commonDir);
  const workTree = pointer === null ? mainWorkTree(found, config) : linkedWorkTree(nodeDisk, found);
  assertOwned(found.gitDir, workTree);
  return {
    workTree,
    gitDir: found.gitDir,
    commonDir,
    nativeGit: options.nativeGit !== false && hasNativeGit(),
  };
}

/** Settings of the repository itself, those of this working tree last; files outside it are not read. */
export function readRepositoryConfig(
  disk: Disk,
  repo: Pick<Repository, 'gitDir' | 'commonDir'>,
): readonly ConfigEntry[] {
  const shared = parseGitConfig(disk.readFile(join(repo.commonDir, 'config'))?.toString('utf8') ?? '');
  if (!isTrue(lastValue(shared, 'extensions.worktreeconfig'))) return shared;
  const own = disk.readFile(join(repo.gitDir, 'config.worktree'))?.toString('utf8') ?? '';
  return [...shared, ...parseGitConfig(own)];
}

interface Found {
  readonly gitDir: string;
  /** The folder that holds `.git`; null when the search started inside the git folder. */
  readonly workTree: string | null;
}

function physicalPath(startDir: string): string {
  try {
    return realpathSync(startDir);
  } catch (error) {
    throw new MavenError('REPOSITORY_NOT_FOUND', `cannot open the folder ${startDir} (${codeOf(error)})`, {
      hint: 'name an existing folder inside a git repository',
      data: { startDir },
      cause: error,
    });
  }
}

function discover(disk: Disk, start: string, shown: string): Found {
  for (let folder = start; ; folder = dirname(folder)) {
    const dotGit = join(folder, '.git');
    const pointer = gitFileTarget(disk, dotGit, folder);
    if (pointer !== null) return { gitDir: pointer, workTree: folder };
    if (isGitDir(disk, dotGit)) return { gitDir: realpathSync(dotGit), workTree: folder };
    if (isGitDir(disk, folder)) return { gitDir: folder, workTree: null };
    if (folder === dirname(folder)) break;
  }
  throw new MavenError('REPOSITORY_NOT_FOUND', `no git repository at ${shown} or above it`, {
    hint: 'run inside a git repository, name one with --repo, or make one with git init',
    data: { startDir: shown },
  });
}

/** Follows a `.git` file (linked worktree, submodule, separate git folder); null when `.git` is no file. */
function gitFileTarget(disk: Disk, dotGit: string, folder: string): string | null {
  if (disk.lstat(dotGit)?.isFile() !== true) return null;
  const text = disk.readFile(dotGit)?.toString('utf8') ?? '';
  const target = /^gitdir: (.+?)\s*$/.exec(text)?.[1];
  const gitDir = target === undefined ? null : resolve(folder, target);
  if (gitDir !== null && isGitDir(disk, gitDir)) return realpathSync(gitDir);
  throw new MavenError(
    'REPOSITORY_NOT_FOUND',
    `${dotGit} points to ${gitDir ?? 'nothing'}, which is no git folder`,
    {
      hint: 'repair it with git worktree repair or git submodule update, or clone again',
      data: { dotGit, gitDir },
    },
  );
}

function isGitDir(disk: Disk, dir: string): boolean {
  if (disk.lstat(join(dir, 'HEAD')) === null) return false;
  return (
    disk.lstat(join(dir, 'commondir')) !== null ||
    (disk.lstat(join(dir, 'objects')) !== null && disk.lstat(join(dir, 'refs')) !== null)
  );
}

function mainWorkTree(found: Found, config: readonly ConfigEntry[]): string | null {
  const configured = lastValue(config, 'core.worktree');
  if (typeof configured === 'string' && configured !== '') return resolve(found.gitDir, configured);
  if (isTrue(lastValue(config, 'core.bare'))) return null;
  if (found.workTree !== null) return found.workTree;
  return basename(found.gitDir) === '.git' ? dirname(found.gitDir) : null;
}

function linkedWorkTree(disk: Disk, found: Found): string | null {
  if (found.workTree !== null) return found.workTree;
  const back = disk.readFile(join(found.gitDir, 'gitdir'))?.toString('utf8').trim();
  return back === undefined || back === '' ? null : dirname(resolve(found.gitDir, back));
}
