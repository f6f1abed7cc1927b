import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, renameSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ArtifactCommit, commitArtifacts } from '../../src/git/commit.js';
import { openRepository } from '../../src/git/repository.js';
import { resolveRevision } from '../../src/git/revision.js';
import { listArtifacts } from '../../src/git/tree.js';
import { removeFolder } from '../support/remove-folder.js';
import { committing } from './support/committing.js';
import { decision, identity, temporaryProject } from './support/project.js';
import { commitFiles, git, initRepository, type TemporaryFolder, writeFiles } from './support/temporary.js';

let folder: TemporaryFolder;
let dir: string;

beforeEach(() => {
  ({ folder, dir } = temporaryProject());
});
afterEach(() => folder.remove());

/** Two commits, then everything a reader and native git must agree on. */
async function expectRight(place: string, nativeGit: boolean, tracked = true): Promise<ArtifactCommit> {
  const before = tracked ? git(place, 'status', '--porcelain') : '';
  const round = git(place, 'rev-list', '--count', '--all');
  const first = await commitArtifacts(
    await openRepository(place, { nativeGit }),
    committing({ [decision]: `one ${round}\n` }),
  );
  const repo = await openRepository(place, { nativeGit });
  const second = await commitArtifacts(
    repo,
    committing({ [identity]: `{"n":${round}2}\n`, [decision]: `two ${round}\n` }),
  );
  expect(second?.parent).toBe(first?.commit);
  expect(git(place, 'rev-parse', 'HEAD')).toBe(second?.commit);
  expect(git(place, 'show', `HEAD:${decision}`)).toBe(`two ${round}`);
  expect(git(place, 'fsck', '--strict', '--no-dangling')).toBe('');
  if (tracked) {
    expect(git(place, 'status', '--porcelain')).toBe(before);
    const root = git(place, 'rev-parse', '--show-toplevel');
    expect(readFileSync(join(root, decision), 'utf8')).toBe(`two ${round}\n`);
  }
  const revision = await resolveRevision(repo);
  expect(revision?.commit).toBe(second?.commit);
  const entries = await listArtifacts(repo, revision?.artifactsTree ?? '');
  expect(entries.map((entry) => entry.path)).toContain(decision);
  if (second === null) throw new Error('no commit');
  return second;
}

async function expectRefused(place: string, code: string, words: RegExp): Promise<void> {
  for (const nativeGit of [true, false]) {
    const attempt = async () =>
      commitArtifacts(await openRepository(place, { nativeGit }), committing({ [decision]: 'one\n' }));
    await expect(attempt()).rejects.toMatchObject({ code, message: expect.stringMatching(words) });
  }
}

describe.each([
  ['native git', true],
  ['isomorphic-git', false],
])('with %s, a commit is right in', (_name, nativeGit) => {
  it('a subfolder', async () => {
    await expectRight(join(dir, 'src'), nativeGit);
  });

  it('the .git folder itself', async () => {
    const repo = await openRepository(join(dir, '.git'), { nativeGit });
    expect(repo.workTree).toBe(dir);
    expect((await openRepository(join(dir, '.git', 'refs'), { nativeGit })).workTree).toBe(dir);
  });

  it('a branch without commits', async () => {
    const empty = initRepository(join(folder.dir, 'empty'));
    const first = await commitArtifacts(
      await openRepository(empty, { nativeGit }),
      committing({ [identity]: '{}\n' }),
    );
    expect(first?.parent).toBeNull();
    expect(git(empty, 'status', '--porcelain')).toBe('');
    expect(git(empty, 'reflog', '-1', '--format=%gs')).toBe('commit (initial): test: files');
    await expectRight(empty, nativeGit);
    expect(git(empty, 'rev-list', '--count', 'HEAD')).toBe('3');
  });

  it('a branch without commits, with staged files', async () => {
    const empty = initRepository(join(folder.dir, 'empty'));
    writeFiles(empty, { 'mine.txt': 'mine\n' });
    git(empty, 'add', 'mine.txt');
    await commitArtifacts(await openRepository(empty, { nativeGit }), committing({ [identity]: '{}\n' }));
    expect(git(empty, 'status', '--porcelain')).toBe('A  mine.txt');
    expect(git(empty, 'ls-tree', '-r', '--name-only', 'HEAD')).toBe(identity);
  });

  it('a branch whose first commit is empty', async () => {
    const empty = initRepository(join(folder.dir, 'empty'));
    git(empty, 'commit', '-q', '--allow-empty', '-m', 'nothing');
    git(empty, 'gc', '-q');
    await expectRight(empty, nativeGit);
  });

  it('a branch that another git renames just then', async () => {
    const file = join(dir, '.git/refs/heads/main');
    renameSync(file, `${file}.away`);
    setTimeout(() => renameSync(`${file}.away`, file), 100);
    const result = await commitArtifacts(
      await openRepository(dir, { nativeGit }),
      committing({ [identity]: '{}\n' }),
    );
    expect(result?.parent).not.toBeNull();
  });

  it('an orphan branch', async () => {
    git(dir, 'checkout', '-q', '--orphan', 'fresh');
    git(dir, 'rm', '-rfq', '.');
    await commitArtifacts(await openRepository(dir, { nativeGit }), committing({ [identity]: '{}\n' }));
    expect(git(dir, 'rev-list', '--count', 'HEAD')).toBe('1');
    expect(git(dir, 'status', '--porcelain')).toBe('');
  });

  it('a detached HEAD', async () => {
    git(dir, 'checkout', '-q', '--detach');
    const main = git(dir, 'rev-parse', 'main');
    await expectRight(dir, nativeGit);
    expect(git(dir, 'rev-parse', 'main')).toBe(main);
    expect(git(dir, 'reflog', '-1', '--format=%gs')).toBe('commit: test: files');
    expect((await resolveRevision(await openRepository(dir, { nativeGit })))?.branch).toBeNull();
  });

  it('packed refs and objects, with commit-graph and multi-pack-index', async () => {
    git(dir, 'gc', '-q');
    git(dir, 'commit-graph', 'write');
    git(dir, 'multi-pack-index', 'write');
    await expectRight(dir, nativeGit);
  });

  it('packed refs that are out of date', async () => {
    git(dir, 'pack-refs', '--all');
    const second = commitFiles(dir, { 'x.txt': 'x\n' }, 'second');
    await expectRight(dir, nativeGit);
    expect(git(dir, 'rev-parse', 'HEAD~2')).toBe(second);
  });

  it('a branch with slashes, packed', async () => {
    git(dir, 'checkout', '-q', '-b', 'feature/deep/one');
    git(dir, 'pack-refs', '--all', '--prune');
    await expectRight(dir, nativeGit);
    expect(git(dir, 'symbolic-ref', 'HEAD')).toBe('refs/heads/feature/deep/one');
  });

  it('a symbolic branch', async () => {
    git(dir, 'symbolic-ref', 'refs/heads/alias', 'refs/heads/main');
    git(dir, 'symbolic-ref', 'HEAD', 'refs/heads/alias');
    const commit = await expectRight(dir, nativeGit);
    expect(git(dir, 'rev-parse', 'main')).toBe(commit.commit);
  });

  it('a shallow clone', async () => {
    commitFiles(dir, { 'x.txt': 'x\n' }, 'second');
    git(folder.dir, 'clone', '-q', '--depth', '1', `file://${dir}`, 'shallow');
    await expectRight(join(folder.dir, 'shallow'), nativeGit);
    expect(git(join(folder.dir, 'shallow'), 'rev-list', '--count', 'HEAD')).toBe('3');
  });

  it.each(['loose', 'packed'])('a clone that borrows objects (alternates), %s', async (kind) => {
    if (kind === 'packed') git(dir, 'gc', '-q');
    git(folder.dir, 'clone', '-q', '--shared', dir, 'borrower');
    await expectRight(join(folder.dir, 'borrower'), nativeGit);
  });

  it('a bare repository', async () => {
    git(folder.dir, 'clone', '-q', '--bare', dir, 'bare.git');
    const bare = join(folder.dir, 'bare.git');
    await expectRight(bare, nativeGit, false);
    expect(existsSync(join(bare, 'index'))).toBe(false);
    expect(existsSync(join(bare, '.moha'))).toBe(false);
    git(folder.dir, 'clone', '-q', bare, 'again');
    expect(readFileSync(join(folder.dir, 'again', decision), 'utf8')).toMatch(/^two /);
  });

  it('a linked worktree, and the main one stays as it was', async () => {
    git(dir, 'worktree', 'add', '-q', '-b', 'side', join(folder.dir, 'side'));
    const main = git(dir, 'rev-parse', 'main');
    await expectRight(join(folder.dir, 'side'), nativeGit);
    expect(git(dir, 'rev-parse', 'main')).toBe(main);
    expect(git(dir, 'status', '--porcelain')).toBe('');
    expect(git(dir, 'show', `side:${decision}`)).toMatch(/^two /);
    await expectRight(dir, nativeGit);
  });

  it('a linked worktree of a bare repository', async () => {
    git(folder.dir, 'clone', '-q', '--bare', dir, 'bare.git');
    git(join(folder.dir, 'bare.git'), 'worktree', 'add', '-q', join(folder.dir, 'tree'), 'main');
    await expectRight(join(folder.dir, 'tree'), nativeGit);
  });

  it.runIf(existsSync('/dev/shm'))('a linked worktree on another disk', async () => {
    const place = `/dev/shm/maven-git-test-${process.pid}-${String(nativeGit)}`;
    try {
      git(dir, 'worktree', 'add', '-q', '-b', 'side', place);
      await expectRight(place, nativeGit);
    } finally {
      removeFolder(place);
    }
  });

  it('a separate git folder', async () => {
    const place = join(folder.dir, 'apart');
    git(folder.dir, 'clone', '-q', '--separate-git-dir', join(folder.dir, 'apart.git'), dir, place);
    await expectRight(place, nativeGit);
  });

  it('a submodule', async () => {
    const outer = initRepository(join(folder.dir, 'outer'), { 'a.txt': 'a\n' });
    git(outer, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', dir, 'inner');
    git(outer, 'commit', '-q', '-m', 'add');
    await expectRight(join(outer, 'inner'), nativeGit);
    expect(git(outer, 'status', '--porcelain')).toBe(' M inner');
  });

  it('a clone without checkout: nothing is written, a later checkout has everything', async () => {
    git(folder.dir, 'clone', '-q', '--no-checkout', dir, 'empty');
    const place = join(folder.dir, 'empty');
    await expectRight(place, nativeGit, false);
    expect(existsSync(join(place, '.moha'))).toBe(false);
    git(place, 'checkout', '-q', 'main');
    expect(git(place, 'status', '--porcelain')).toBe('');
    expect(readFileSync(join(place, decision), 'utf8')).toMatch(/^two /);
  });

  it('a sparse checkout without .moha', async () => {
    git(dir, 'sparse-checkout', 'set', '--no-sparse-index', 'src');
    expect(existsSync(join(dir, identity))).toBe(false);
    const repo = await openRepository(dir, { nativeGit });
    const result = await commitArtifacts(repo, committing({ [identity]: '{"n":2}\n' }));
    expect(result?.keptDirty).toEqual([]);
    expect(existsSync(join(dir, identity))).toBe(false);
    expect(git(dir, 'status', '--porcelain')).toBe('');
    git(dir, 'sparse-checkout', 'disable');
    expect(readFileSync(join(dir, identity), 'utf8')).toBe('{"n":2}\n');
  });

  it('an index with extended flags, resolve-undo, untracked cache and threads', async () => {
    git(dir, 'config', 'index.threads', '2');
    git(dir, 'update-index', '--untracked-cache');
    writeFiles(dir, { 'later.txt': '', 'skip.txt': 's\n', 'z.txt': 'z\n' });
    git(dir, 'add', 'skip.txt');
    git(dir, 'add', '-N', 'later.txt');
    git(dir, 'update-index', '--skip-worktree', 'README.md');
    git(dir, 'update-index', '--assume-unchanged', identity);
    git(dir, 'status', '--porcelain');
    const flags = git(dir, 'ls-files', '-v', 'README.md', identity);
    await expectRight(dir, nativeGit);
    expect(git(dir, 'ls-files', '-v', 'README.md', identity)).toBe(flags);
    expect(git(dir, 'status', '--porcelain')).toContain('?? z.txt');
  });

  it('a commit after a resolved merge', async () => {
    git(dir, 'checkout', '-q', '-b', 'side');
    commitFiles(dir, { 'README.md': 'side\n' }, 'side');
    git(dir, 'checkout', '-q', 'main');
    commitFiles(dir, { 'README.md': 'main\n' }, 'main');
    spawnSync('git', ['merge', 'side'], { cwd: dir });
    await expectRefused(dir, 'COMMIT_UNSAFE', /a merge is in progress/);
    commitFiles(dir, { 'README.md': 'both\n' }, 'merged');
    await expectRight(dir, nativeGit);
    expect(git(dir, 'rev-list', '--count', '--merges', 'HEAD')).toBe('1');
  });

  it('a hook, whatever GIT_ variables it is given', async () => {
    const other = initRepository(join(folder.dir, 'other'), { 'o.txt': 'o\n' });
    const names = {
      GIT_DIR: join(other, '.git'),
      GIT_INDEX_FILE: '.git/other',
      GIT_WORK_TREE: other,
      GIT_PREFIX: 'x',
    };
    Object.assign(process.env, names);
    try {
      await expectRight(dir, nativeGit);
      git(dir, 'gc', '-q');
      await expectRight(join(dir, 'src'), nativeGit);
    } finally {
      for (const name of Object.keys(names)) delete process.env[name];
    }
    expect(git(other, 'status', '--porcelain')).toBe('');
    expect(git(other, 'rev-list', '--count', '--all')).toBe('1');
  });

  it('line end conversion by attributes', async () => {
    commitFiles(dir, { '.gitattributes': '* text=auto eol=crlf\n' }, 'attributes');
    git(dir, 'rm', '-q', '--cached', '-r', '.');
    git(dir, 'reset', '-q', '--hard');
    await expectRight(dir, nativeGit);
  });

  it('attributes with filters for other files', async () => {
    commitFiles(dir, { '.gitattributes': '*.psd filter=lfs diff=lfs -text\n/src/** ident\n' }, 'attributes');
    await expectRight(dir, nativeGit);
  });

  it('a filter that .moha is excepted from', async () => {
    commitFiles(
      dir,
      { '.gitattributes': '* filter=lfs\n', '.moha/maven/.gitattributes': '* -filter -text\n' },
      'a',
    );
    await expectRight(dir, nativeGit);
  });
});

describe('a repository found', () => {
  it('through a folder reached by a symbolic link', async () => {
    symlinkSync(join(dir, 'src'), join(folder.dir, 'shortcut'));
    expect((await openRepository(join(folder.dir, 'shortcut'))).workTree).toBe(dir);
  });

  it('costs no child process and little time', async () => {
    await openRepository(dir);
    const started = performance.now();
    for (let round = 0; round < 20; round++) await openRepository(dir);
    expect((performance.now() - started) / 20).toBeLessThan(100);
  });

  it('has no native git when there is none on PATH', async () => {
    const script = `
      import { openRepository } from ${JSON.stringify(join(process.cwd(), 'dist/src/git/repository.js'))};
      console.log((await openRepository(process.argv[1])).nativeGit);`;
    if (!existsSync(join(process.cwd(), 'dist/src/git/repository.js'))) return;
    const run = (path: string) =>
      execFileSync(process.execPath, ['--input-type=module', '-e', script, dir], {
        env: { PATH: path },
        encoding: 'utf8',
      });
    expect(run('/nowhere')).toBe('false\n');
    expect(run(process.env.PATH ?? '')).toBe('true\n');
  });
});
