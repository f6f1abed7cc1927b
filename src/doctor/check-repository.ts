import { statSync } from 'node:fs';
import { join } from 'node:path';
import { resolveAuthor } from '../git/author.js';
import { shallowCommits } from '../git/commit-walk.js';
import { nodeDisk } from '../git/disk.js';
import { isTrue, lastValue } from '../git/git-config.js';
import { hooksStatus } from '../git/hooks/hook-status.js';
import { runGit } from '../git/native-git.js';
import { readRepositoryConfig } from '../git/repository.js';
import { resolveRevision } from '../git/revision.js';
import { operationInProgress } from '../git/safety.js';
import { readLockHolder } from '../process-lock.js';
import { type Check, failure, notChecked, notSetUp, ok, warning } from './check.js';

/** `git cat-file --batch-check` and what else is used is older, but nobody tests with older ones. */
const OLDEST_GIT = [2, 20];
const STALE_LOCK_MS = 60_000;

export const checkGit: Check = async ({ repository }) => {
  if (!repository.nativeGit)
    return warning(
      'no native git: isomorphic-git reads, some 50 times slower',
      'install git (or set MAVEN_NATIVE_GIT=on)',
    );
  const { stdout } = await runGit(repository, ['version']);
  const version = stdout.toString('utf8').trim();
  const [, major = '0', minor = '0'] = /(\d+)\.(\d+)/.exec(version) ?? [];
  const old =
    Number(major) < (OLDEST_GIT[0] ?? 0) || (Number(major) === 2 && Number(minor) < (OLDEST_GIT[1] ?? 0));
  return old ? warning(`${version} is old`, `install git ${OLDEST_GIT.join('.')} or newer`) : ok(version);
};

export const checkRepository: Check = async ({ repository }) => {
  const place = repository.workTree ?? repository.gitDir;
  const operation = operationInProgress(nodeDisk, repository.gitDir);
  if (operation !== null)
    return warning(`${place}: ${operation.name} is in progress, so nothing is committed`, operation.end);
  const head = await resolveRevision(repository);
  if (head === null) return failure(`${place} has no commit yet`, 'maven-git init');
  if (head.branch === null)
    return warning(`${place}: HEAD is detached; commits would belong to no branch`, 'git switch main');
  return ok(`${place}, branch ${head.branch} at ${head.commit.slice(0, 12)}`);
};

export const checkMemory: Check = async ({ repository }) => {
  const head = await resolveRevision(repository);
  if (head?.artifactsTree === null || head === null)
    return failure('HEAD has no .moha/maven', 'maven-git init');
  return ok('.moha/maven is in git');
};

export const checkShallow: Check = async ({ repository }) => {
  const cut = shallowCommits(repository).size;
  if (cut === 0) return ok('complete');
  return warning(
    'a shallow clone: whether the ledger only grew, and --at, cannot be answered before its oldest commit',
    'git fetch --unshallow',
  );
};

export const checkIdentity: Check = async ({ repository, config }) => {
  const { name, email } = await resolveAuthor(repository, { MAVEN_GIT_AUTHOR: config.gitAuthor });
  const author = `${name} <${email}>`;
  if (author === 'Maven <maven@localhost>')
    return warning(
      `nobody is named: commits will be by ${author}`,
      'git config user.name "..." and git config user.email "...", or MAVEN_GIT_AUTHOR="Name <mail>"',
    );
  return ok(author);
};

/** Git must hand out the bytes that were committed; a text conversion would make every ledger line another one. */
export const checkLineEndings: Check = async ({ repository }) => {
  if (repository.nativeGit && repository.workTree !== null) {
    const probe = '.moha/maven/trades/probe.jsonl';
    const { stdout } = await runGit(repository, ['check-attr', '-z', 'text', '--', probe]);
    if (stdout.toString('utf8').split('\0')[2] === 'unset')
      return ok('artifacts are kept byte for byte (-text)');
  }
  const attributes =
    repository.workTree === null ? null : join(repository.workTree, '.moha/maven/.gitattributes');
  const text = attributes === null ? undefined : nodeDisk.readFile(attributes)?.toString('utf8');
  if (text !== undefined && /^\* +-text\s*$/m.test(text))
    return ok('artifacts are kept byte for byte (-text)');
  const converts = isTrue(lastValue(readRepositoryConfig(nodeDisk, repository), 'core.autocrlf'));
  const mend = 'maven-git init, which adds .moha/maven/.gitattributes with "* -text"';
  if (converts) return failure('core.autocrlf is on and nothing keeps artifacts from being converted', mend);
  return warning('nothing tells git to keep artifacts byte for byte', mend);
};

export const checkMergeDriver: Check = async ({ repository }) => {
  const driver = lastValue(readRepositoryConfig(nodeDisk, repository), 'merge.maven-records.driver');
  if (driver !== undefined && driver !== null) return ok('ledgers merge record by record');
  if (!repository.nativeGit) return notChecked('no native git that would merge');
  return warning(
    'this clone merges ledgers line by line, which stops at a conflict',
    'maven-git hooks install (or maven-git init): registers the merge driver',
  );
};

export const checkHooks: Check = async ({ repository }) => {
  if (!repository.nativeGit || repository.workTree === null)
    return notChecked('no native git that would run hooks');
  const { installed, ready } = await hooksStatus(repository);
  if (ready) return ok('a commit, merge, checkout or rebase brings the database to HEAD');
  if (!installed)
    return notSetUp(
      'nothing reconciles after a git command, and nothing checks a commit',
      'maven-git hooks install',
    );
  return warning(
    'installed, but not as they should be',
    'maven-git hooks status names each; hooks install mends',
  );
};

export const checkLocks: Check = async ({ repository, clock }) => {
  const now = clock().getTime();
  for (const file of [join(repository.gitDir, 'index.lock'), join(repository.gitDir, 'HEAD.lock')]) {
    const found = nodeDisk.lstat(file);
    if (found !== null && now - statSync(file).mtimeMs > STALE_LOCK_MS)
      return failure(`${file} has stood for more than a minute`, `if no git command runs: rm '${file}'`);
  }
  const folder = join(repository.commonDir, 'maven', 'lock');
  const holder = nodeDisk.lstat(folder) === null ? null : readLockHolder(folder);
  if (holder === null) return ok('free');
  const detail = `held by process ${holder.pid} on ${holder.host} (${holder.purpose}, since ${holder.since})`;
  const old = now - Date.parse(holder.since) > STALE_LOCK_MS;
  return old ? warning(detail, 'wait, or end that process; a dead one is succeeded by itself') : ok(detail);
};
