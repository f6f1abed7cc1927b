import { execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { commitArtifacts } from '../../src/git/commit.js';
import { openRepository } from '../../src/git/repository.js';
import { compiled, ended } from './support/children.js';
import { committing } from './support/committing.js';
import { decision, identity, temporaryProject } from './support/project.js';
import { commitFiles, git, initRepository, type TemporaryFolder, writeFiles } from './support/temporary.js';

let folder: TemporaryFolder;
let dir: string;

beforeEach(() => {
  ({ folder, dir } = temporaryProject());
});
afterEach(() => folder.remove());

async function expectRefused(place: string, code: string, words: RegExp): Promise<void> {
  for (const nativeGit of [true, false]) {
    const attempt = async () =>
      commitArtifacts(await openRepository(place, { nativeGit }), committing({ [decision]: 'one\n' }));
    await expect(attempt()).rejects.toMatchObject({ code, message: expect.stringMatching(words) });
  }
}

describe('a commit is refused by name in', () => {
  it('a SHA-256 repository', async () => {
    const place = join(folder.dir, 'sha256');
    git(folder.dir, 'init', '-q', '--object-format=sha256', place);
    await expectRefused(place, 'REPOSITORY_UNSUPPORTED', /sha256/);
  });

  it('a reftable repository', async () => {
    git(dir, 'config', 'core.repositoryFormatVersion', '1');
    git(dir, 'config', 'extensions.refStorage', 'reftable');
    await expectRefused(dir, 'REPOSITORY_UNSUPPORTED', /reftable/);
  });

  it('a repository with an unknown extension or version', async () => {
    git(dir, 'config', 'core.repositoryFormatVersion', '1');
    git(dir, 'config', 'extensions.future', 'true');
    await expectRefused(dir, 'REPOSITORY_UNSUPPORTED', /extensions\.future/);
    writeFileSync(join(dir, '.git/config'), '[core]\n\trepositoryformatversion = 2\n');
    await expectRefused(dir, 'REPOSITORY_UNSUPPORTED', /version 2/);
  });

  it('a partial clone', async () => {
    git(dir, 'config', 'uploadpack.allowFilter', 'true');
    git(folder.dir, 'clone', '-q', '--filter=blob:none', `file://${dir}`, 'partial');
    await expectRefused(join(folder.dir, 'partial'), 'REPOSITORY_UNSUPPORTED', /partial clone/);
  });

  it('a repository with index version 4', async () => {
    git(dir, 'update-index', '--index-version', '4');
    await expectRefused(dir, 'REPOSITORY_UNSUPPORTED', /version 4/);
  });

  it('a repository with a split index', async () => {
    git(dir, 'update-index', '--split-index');
    await expectRefused(dir, 'REPOSITORY_UNSUPPORTED', /split index/);
  });

  it('a repository with a sparse index', async () => {
    git(dir, 'sparse-checkout', 'set', '--cone', '--sparse-index', '.moha');
    await expectRefused(dir, 'REPOSITORY_UNSUPPORTED', /sparse index/);
  });

  it('a damaged index', async () => {
    const file = join(dir, '.git/index');
    const bytes = readFileSync(file);
    writeFileSync(file, bytes.subarray(0, bytes.length - 7));
    await expectRefused(dir, 'GIT_FAILED', /index is damaged/);
    writeFileSync(file, '');
    await expectRefused(dir, 'GIT_FAILED', /index is damaged/);
  });

  it('a repository with .moha as a submodule', async () => {
    const outer = initRepository(join(folder.dir, 'outer'), { 'a.txt': 'a\n' });
    git(outer, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', dir, '.moha');
    await expectRefused(
      outer,
      'COMMIT_UNSAFE',
      /\.moha is a(?: repository of its own \(a submodule\)|staged)/,
    );
    git(outer, 'commit', '-q', '-m', 'add');
    await expectRefused(outer, 'COMMIT_UNSAFE', /\.moha is a submodule/);
  });

  it('a repository with a nested repository on the way', async () => {
    initRepository(join(dir, '.moha/maven/decisions'));
    await expectRefused(dir, 'COMMIT_UNSAFE', /repository of its own/);
  });

  it('a repository whose .moha, or a part of it, is a symbolic link', async () => {
    renameSync(join(dir, '.moha/maven'), join(folder.dir, 'outside'));
    symlinkSync(join(folder.dir, 'outside'), join(dir, '.moha/maven'));
    await expectRefused(dir, 'COMMIT_UNSAFE', /maven is a symbolic link/);
    expect(existsSync(join(folder.dir, 'outside/decisions'))).toBe(false);
    git(dir, 'add', '-A');
    git(dir, 'commit', '-q', '-m', 'link');
    await expectRefused(dir, 'COMMIT_UNSAFE', /\.moha\/maven is a symbolic link/);
  });

  it('a repository whose artifact is a symbolic link or a folder', async () => {
    mkdirSync(join(dir, '.moha/maven/decisions'));
    symlinkSync('/etc/passwd', join(dir, decision));
    await expectRefused(dir, 'COMMIT_UNSAFE', /one\.md is a symbolic link/);
    rmSync(join(dir, decision));
    mkdirSync(join(dir, decision));
    await expectRefused(dir, 'COMMIT_UNSAFE', /one\.md is not a plain file/);
    expect(lstatSync('/etc/passwd').isFile()).toBe(true);
  });

  it('a repository with a staged file where a folder must be', async () => {
    git(dir, 'rm', '-rq', '--cached', '.moha');
    const blob = git(dir, 'rev-parse', 'HEAD:README.md');
    git(dir, 'update-index', '--add', '--cacheinfo', `100644,${blob},.moha`);
    await expectRefused(dir, 'COMMIT_UNSAFE', /\.moha is staged/);
  });

  it.each([
    ['filter=lfs', '.moha/** filter=lfs\n'],
    ['ident', '*.md ident\n'],
    ['working-tree-encoding', '* working-tree-encoding=UTF-16\n'],
    ['filter=mine', '[attr]big filter=mine\n.moha/**/*.md big\n'],
  ])('a repository with the attribute %s on our paths', async (name, text) => {
    writeFiles(dir, { '.gitattributes': text });
    await expectRefused(dir, 'COMMIT_UNSAFE', new RegExp(name));
    rmSync(join(dir, '.gitattributes'));
    mkdirSync(join(dir, '.git/info'), { recursive: true });
    writeFileSync(join(dir, '.git/info/attributes'), text);
    await expectRefused(dir, 'COMMIT_UNSAFE', new RegExp(name));
  });

  it('a bare repository with a filter in its commit', async () => {
    commitFiles(dir, { '.gitattributes': '.moha/** filter=lfs\n' }, 'filter');
    git(folder.dir, 'clone', '-q', '--bare', dir, 'bare.git');
    await expectRefused(join(folder.dir, 'bare.git'), 'COMMIT_UNSAFE', /filter=lfs/);
  });

  it.each([
    ['rebase', ['rebase', 'side'], /a rebase/],
    ['rebase --apply', ['rebase', '--apply', 'side'], /a rebase/],
    ['merge', ['merge', 'side'], /a merge/],
    ['cherry-pick', ['cherry-pick', 'side'], /a cherry-pick/],
    ['revert', ['revert', '--no-edit', 'HEAD~1'], /a revert/],
    ['bisect', ['bisect', 'start'], /a bisect/],
  ] as const)('the middle of a %s', async (_name, args, words) => {
    git(dir, 'checkout', '-q', '-b', 'side');
    commitFiles(dir, { 'README.md': 'side\n' }, 'side');
    git(dir, 'checkout', '-q', 'main');
    commitFiles(dir, { 'README.md': 'main\n' }, 'main');
    commitFiles(dir, { 'README.md': 'more\n' }, 'more');
    spawnSync('git', ['-c', 'user.name=x', '-c', 'user.email=x', ...args], { cwd: dir });
    await expectRefused(dir, 'COMMIT_UNSAFE', words);
  });

  it('an unresolved conflict on our path without a merge (git stash pop)', async () => {
    writeFiles(dir, { [identity]: '{"stashed":1}\n' });
    git(dir, 'stash', '-q');
    commitFiles(dir, { [identity]: '{"other":1}\n' }, 'other');
    spawnSync('git', ['stash', 'pop'], { cwd: dir });
    const repo = await openRepository(dir);
    await expect(commitArtifacts(repo, committing({ [identity]: '{"n":5}\n' }))).rejects.toMatchObject({
      code: 'COMMIT_UNSAFE',
      message: expect.stringContaining('unresolved'),
    });
  });

  it('no repository at all', async () => {
    await expectRefused(folder.dir, 'REPOSITORY_NOT_FOUND', /no git repository/);
    await expectRefused(join(folder.dir, 'nowhere'), 'REPOSITORY_NOT_FOUND', /cannot open/);
    mkdirSync(join(folder.dir, 'stray'));
    writeFileSync(join(folder.dir, 'stray/.git'), 'gitdir: /nowhere\n');
    await expectRefused(join(folder.dir, 'stray'), 'REPOSITORY_NOT_FOUND', /points to/);
  });

  const isRoot = process.geteuid?.() === 0;

  it.runIf(isRoot)('a repository that this user may only read', async () => {
    const nobody = 65_534;
    chmodSync(folder.dir, 0o755);
    execFileSync('chown', ['-R', `${nobody}:${nobody}`, dir]);
    execFileSync('chmod', ['-R', 'a-w', dir]);
    const child = await ended(
      spawn(process.execPath, [compiled('git/support/writer.js'), dir, 'x', '1'], {
        uid: nobody,
        gid: nobody,
        env: {},
      }),
    );
    expect(child.stderr).toContain("code: 'COMMIT_UNSAFE'");
    expect(child.stderr).toContain('read-only');
  });

  it.runIf(isRoot)('a repository of another user, unless it is named safe', async () => {
    chownSync(join(dir, '.git'), 12345, 12345);
    await expectRefused(dir, 'REPOSITORY_UNSUPPORTED', /belongs to user 12345/);
    const config = join(folder.dir, 'config');
    writeFileSync(config, `[safe]\n\tdirectory = ${realpathSync(dir)}\n`);
    const before = process.env.GIT_CONFIG_GLOBAL;
    process.env.GIT_CONFIG_GLOBAL = config;
    try {
      expect((await openRepository(dir)).workTree).toBe(dir);
    } finally {
      if (before === undefined) delete process.env.GIT_CONFIG_GLOBAL;
      else process.env.GIT_CONFIG_GLOBAL = before;
    }
  });
});
