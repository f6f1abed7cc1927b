import { readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { MavenError } from '../errors.js';
import type { Disk } from './disk.js';
import type { Repository } from './repository.js';

/** Where HEAD stands. */
export interface Head {
  /** Full name of the branch (`refs/heads/main`); null when HEAD is detached. */
  readonly ref: string | null;
  /** Null only on a branch without commits. */
  readonly commit: string | null;
}

type Folders = Pick<Repository, 'gitDir' | 'commonDir'>;

const oidPattern = /^[0-9a-f]{40}$/;
const deepestSymbolicRef = 5;

/** Tells whether a text is a whole SHA-1 object name. */
export function isOid(text: string): boolean {
  return oidPattern.test(text);
}

/**
 * Reads HEAD, through to the commit.
 *
 * Read from the files themselves: an empty ref must be an error. isomorphic-git takes one for a branch without commits
 * (or falls back to an old packed value), and the next commit would then drop the whole history.
 *
 * @throws {@link MavenError} REF_INVALID when HEAD or its branch is malformed; REPOSITORY_UNSUPPORTED for a HEAD of
 *   the oldest kind (a symbolic link).
 */
export function readHead(disk: Disk, repo: Folders): Head {
  const file = join(repo.gitDir, 'HEAD');
  if (disk.lstat(file)?.isSymbolicLink() === true) {
    throw new MavenError('REPOSITORY_UNSUPPORTED', `${file} is a symbolic link to ${readlinkSync(file)}`, {
      hint: 'write it anew with git symbolic-ref HEAD refs/heads/<branch>',
      data: { file },
    });
  }
  const text = disk.readFile(file)?.toString('utf8') ?? '';
  const target = parseRef(file, text);
  if ('oid' in target) return { ref: null, commit: target.oid };
  const end = followSymbolicRefs(disk, repo, target.ref);
  return { ref: end, commit: readDirect(disk, repo, end)?.oid ?? null };
}

/**
 * Reads a ref by its full name, through symbolic refs.
 *
 * @returns null when it does not exist, loose or packed.
 * @throws {@link MavenError} REF_INVALID when its content is no object name.
 */
export function readRef(disk: Disk, repo: Folders, ref: string): string | null {
  return readDirect(disk, repo, followSymbolicRefs(disk, repo, ref))?.oid ?? null;
}

/** File of a loose ref: refs of one working tree live in its own folder, all others in the common one. */
export function refFile(repo: Folders, ref: string): string {
  const own = !ref.startsWith('refs/') || /^refs\/(bisect|rewritten|worktree)\//.test(ref);
  return join(own ? repo.gitDir : repo.commonDir, ref);
}

interface Direct {
  readonly oid: string;
}

interface Symbolic {
  readonly ref: string;
}

function followSymbolicRefs(disk: Disk, repo: Folders, start: string): string {
  let ref = start;
  for (let depth = 0; depth <= deepestSymbolicRef; depth++) {
    const file = refFile(repo, ref);
    const bytes = readLoose(disk, file);
    if (bytes === null) return ref;
    const target = parseRef(file, bytes.toString('utf8'));
    if ('oid' in target) return ref;
    ref = target.ref;
  }
  throw new MavenError(
    'REF_INVALID',
    `${start} leads through more than ${deepestSymbolicRef} symbolic refs`,
    {
      hint: 'point it at a branch with git symbolic-ref',
      data: { ref: start },
    },
  );
}

/**
 * Loose first, then packed, then loose again: `git pack-refs` removes the loose file after it has packed it, and a
 * new loose file may appear while we read the packed ones.
 */
function readDirect(disk: Disk, repo: Folders, ref: string): Direct | null {
  const file = refFile(repo, ref);
  for (let attempt = 0; attempt < 2; attempt++) {
    const bytes = readLoose(disk, file);
    if (bytes !== null) {
      const target = parseRef(file, bytes.toString('utf8'));
      // Became symbolic since we followed it: as good as not there, the caller reads again under the lock.
      return 'oid' in target ? target : null;
    }
    const packed = readPackedRef(disk, repo, ref);
    if (packed !== null) return { oid: packed };
  }
  return null;
}

/** A folder where the file would be (`refs/heads/topic/` for `refs/heads/topic`) is no ref either. */
function readLoose(disk: Disk, file: string): Buffer | null {
  const stat = disk.lstat(file);
  return stat === null || stat.isDirectory() ? null : disk.readFile(file);
}

function readPackedRef(disk: Disk, repo: Folders, ref: string): string | null {
  const file = join(repo.commonDir, 'packed-refs');
  const text = disk.readFile(file)?.toString('utf8');
  if (text === undefined) return null;
  const end = text.indexOf(` ${ref}\n`);
  if (end < 0) return null;
  const oid = text.slice(text.lastIndexOf('\n', end) + 1, end);
  if (isOid(oid)) return oid;
  throw malformed(file, oid);
}

function parseRef(file: string, text: string): Direct | Symbolic {
  const content = text.trim();
  if (isOid(content)) return { oid: content };
  const ref = /^ref:\s*(\S+)$/.exec(content)?.[1];
  if (ref !== undefined && isSafeRefName(ref)) return { ref };
  throw malformed(file, content);
}

/** Refuses names that would leave the folder of refs. */
export function isSafeRefName(ref: string): boolean {
  return ref.startsWith('refs/') && !/\.\.|\/\/|\/\.|[\u0000-\u0020\u007f~^:?*[\\]|\/$|\.lock$/.test(ref);
}

function malformed(file: string, content: string): MavenError {
  return new MavenError(
    'REF_INVALID',
    `${file} holds ${JSON.stringify(content.slice(0, 80))}, expected a commit or "ref: refs/..."`,
    {
      hint: 'restore it from git reflog (the file was left empty or torn by a crash); nothing was changed',
      data: { file, content: content.slice(0, 200) },
    },
  );
}
