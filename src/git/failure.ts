import { codeOf, MavenError } from '../errors.js';

/**
 * Turns what the file system throws into an error that says what to do. Errors of ours pass as they are.
 *
 * @param what - what was being done: `cannot commit to /srv/repo`.
 */
export function describeFailure(error: unknown, what: string): MavenError {
  if (error instanceof MavenError) return error;
  const code = codeOf(error);
  const path = typeof error === 'object' && error !== null && 'path' in error ? String(error.path) : null;
  const place = path === null ? '' : ` at ${path}`;
  if (code === 'EROFS' || code === 'EACCES' || code === 'EPERM') {
    return new MavenError('COMMIT_UNSAFE', `${what}: the repository is read-only${place} (${code})`, {
      hint: 'give this user write access to the repository, its .git folder included',
      data: { code, path },
      cause: error,
    });
  }
  return new MavenError('GIT_FAILED', `${what}: ${code ?? String(error)}${place}`, {
    hint: hints.get(code ?? '') ?? 'try again; run git fsck if it stays',
    data: { code: code ?? null, path },
    cause: error,
  });
}

const hints: ReadonlyMap<string, string> = new Map([
  ['EDQUOT', 'free some space, then try again; nothing was committed'],
  ['EIO', 'check the disk; nothing was acknowledged'],
  ['EMFILE', 'raise the limit of open files (ulimit -n), then try again'],
  ['ENFILE', 'the system is out of file handles; try again'],
  ['ENOSPC', 'free some space, then try again; nothing was committed'],
]);
