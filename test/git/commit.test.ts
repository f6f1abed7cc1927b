import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { commitArtifacts } from '../../src/git/commit.js';
import { openRepository } from '../../src/git/repository.js';
import { appending, author, commitFilesWith, ledger } from './support/committing.js';
import { identity, temporaryProject } from './support/project.js';
import { assertSound } from './support/soundness.js';
import { git, type TemporaryFolder, writeFiles } from './support/temporary.js';

let folder: TemporaryFolder;
let dir: string;

beforeEach(() => {
  ({ folder, dir } = temporaryProject());
});
afterEach(() => folder.remove());

describe('a commit', () => {
  it('lands on the branch, in the working tree and in the index', async () => {
    const parent = git(dir, 'rev-parse', 'HEAD');
    const result = await commitFilesWith(dir, { [identity]: '{"n":2}\n', '.moha/maven/a/b/new.md': 'new\n' });
    expect(result).toEqual({
      commit: git(dir, 'rev-parse', 'HEAD'),
      parent,
      paths: ['.moha/maven/a/b/new.md', identity],
      keptDirty: [],
    });
    // Without looking at content: the index knows the files as they are.
    expect(git(dir, 'diff-files')).toBe('');
    expect(git(dir, 'status', '--porcelain')).toBe('');
    expect(readFileSync(join(dir, identity), 'utf8')).toBe('{"n":2}\n');
    expect(git(dir, 'show', '--format=', '--name-status', 'HEAD')).toBe(
      `A\t.moha/maven/a/b/new.md\nM\t${identity}`,
    );
    assertSound(dir);
  });

  it('says who, when and why, and is in the reflog', async () => {
    await commitFilesWith(dir, { [identity]: '{}\n' }, { job: 'record decision' });
    expect(git(dir, 'log', '-1', '--format=%an <%ae> %at %cn %ct%n%B')).toBe(
      'Maven <maven@example.org> 1768400648 Maven 1768400648\ntest: files\n\nMaven-Job: record decision\nMaven-Records: 1\n',
    );
    expect(git(dir, 'log', '-1', '--format=%(trailers:key=Maven-Job,valueonly)')).toBe('record decision\n');
    for (const ref of ['HEAD', 'main']) {
      expect(git(dir, 'reflog', '-1', '--format=%H %gs', ref)).toBe(
        `${git(dir, 'rev-parse', 'HEAD')} commit: test: files`,
      );
    }
    expect(git(dir, 'rev-parse', 'HEAD@{1}')).toBe(git(dir, 'rev-parse', 'HEAD~1'));
  });

  it('is never empty', async () => {
    const head = git(dir, 'rev-parse', 'HEAD');
    expect(await commitFilesWith(dir, { [identity]: '{"n":1}\n' })).toBeNull();
    expect(await commitFilesWith(dir, {})).toBeNull();
    expect(await commitFilesWith(dir, {}, { build: async () => null })).toBeNull();
    expect(git(dir, 'rev-parse', 'HEAD')).toBe(head);
  });

  it('gives its builder the parent commit, not the working tree or the index', async () => {
    writeFiles(dir, { [identity]: 'unsaved\n', '.moha/maven/untracked.md': 'x\n' });
    let seen: unknown;
    await commitFilesWith(
      dir,
      {},
      {
        build: async (base) => {
          seen = [
            (await base.read(identity))?.toString('utf8'),
            await base.read('.moha/maven/untracked.md'),
            await base.list('.moha/maven'),
            await base.list('.moha/maven/decisions/'),
          ];
          return null;
        },
      },
    );
    expect(seen).toEqual(['{"n":1}\n', null, [identity], []]);
  });

  it('passes an error of its builder on as it is, and holds no lock afterwards', async () => {
    const failure = new Error('mine');
    const build = async () => {
      throw failure;
    };
    await expect(commitFilesWith(dir, {}, { build })).rejects.toBe(failure);
    expect(await commitFilesWith(dir, { [identity]: '{}\n' })).not.toBeNull();
  });

  it('refuses to drop or change a ledger line', async () => {
    await commitFilesWith(dir, { [ledger]: '{"id":1}\n{"id":2}\n' });
    for (const text of ['{"id":1}\n', '{"id":2}\n{"id":1}\n', '', '{"id":1}\n{"id":2}']) {
      await expect(commitFilesWith(dir, { [ledger]: text }), text).rejects.toMatchObject({
        code: 'COMMIT_UNSAFE',
      });
    }
    expect(await commitFilesWith(dir, { [ledger]: '{"id":1}\n{"id":2}\n{"id":3}\n' })).not.toBeNull();
    await commitFilesWith(dir, { [identity]: '' });
  });

  it('leaves nothing of its own behind', async () => {
    await commitFilesWith(dir, { [identity]: '{}\n' });
    expect(readdirSync(join(dir, '.git/maven/tmp'))).toEqual([]);
    expect(readdirSync(join(dir, '.git/maven')).sort()).toEqual(['lock', 'tmp']);
    expect(readdirSync(join(dir, '.git')).filter((name) => name.endsWith('.lock'))).toEqual([]);
    expect(statSync(join(dir, identity)).nlink).toBe(1);
    expect(statSync(join(dir, '.git/refs/heads/main')).nlink).toBe(1);
  });

  it('keeps names that are no UTF-8 beside it', async () => {
    const name = Buffer.concat([Buffer.from(`${dir}/caf`), Buffer.from([0xe9]), Buffer.from('.txt')]);
    writeFileSync(name, 'latin\n');
    git(dir, 'add', '-A');
    git(dir, 'commit', '-q', '-m', 'latin');
    await commitFilesWith(dir, { [identity]: '{}\n' });
    expect(git(dir, 'status', '--porcelain')).toBe('');
    expect(git(dir, 'ls-tree', '--name-only', 'HEAD')).toContain('"caf\\351.txt"');
  });

  it('commits an ignored folder all the same', async () => {
    writeFiles(dir, { '.gitignore': '.moha/\n' });
    git(dir, 'add', '-A');
    git(dir, 'commit', '-q', '-m', 'ignore');
    await commitFilesWith(dir, { '.moha/maven/decisions/one.md': 'one\n' });
    expect(git(dir, 'show', 'HEAD:.moha/maven/decisions/one.md')).toBe('one');
    expect(git(dir, 'status', '--porcelain')).toBe('');
  });

  it('keeps the executable bit', async () => {
    git(dir, 'update-index', '--chmod=+x', identity);
    git(dir, 'commit', '-q', '-m', 'x');
    git(dir, 'checkout', '-q', '--', '.');
    rmSync(join(dir, identity));
    git(dir, 'checkout', '-q', '--', '.');
    await commitFilesWith(dir, { [identity]: '{}\n' });
    expect(git(dir, 'status', '--porcelain')).toBe('');
    expect(git(dir, 'ls-tree', 'HEAD', identity)).toContain('100755');
  });

  it('refuses an author that would forge a header', async () => {
    for (const name of ['a\nb', 'a\0b', '<x>', ' ']) {
      const forged = { ...author, name };
      await expect(commitFilesWith(dir, { [identity]: '' }, { author: forged })).rejects.toMatchObject({
        code: 'CONFIG_INVALID',
      });
    }
  });

  it.each([
    '../x',
    '.moha/maven/../x',
    '.moha/x',
    'README.md',
    '.moha/maven',
    '.moha/maven/',
    '.moha/maven//x',
    '.moha/maven/a/./x',
    '.moha/maven/.git/config',
    '.moha/maven/.GIT/config',
    '.moha/maven/.git./x',
    '.moha/maven/git~1/x',
    '.moha/maven/.gi\u200ct/x',
    '.moha/maven/a\\b',
    '.moha/maven/a\nb',
    '.moha/maven/a\0b',
    '.moha/maven/\ud800',
    `.moha/maven/${'x'.repeat(256)}`,
    '/etc/passwd',
  ])('refuses the path %j', async (path) => {
    await expect(commitFilesWith(dir, { [path]: 'x' })).rejects.toMatchObject({ code: 'INPUT_INVALID' });
  });

  it('refuses a name that is both a file and a folder', async () => {
    const files = { '.moha/maven/x': '1', '.moha/maven/x/y': '2' };
    await expect(commitFilesWith(dir, files)).rejects.toMatchObject({ code: 'INPUT_INVALID' });
    await expect(commitFilesWith(dir, { [`${identity}/x`]: '1' })).rejects.toMatchObject({
      code: 'COMMIT_UNSAFE',
    });
  });
});

it('commits one after the other in one process', async () => {
  const repo = await openRepository(dir);
  const lines = Array.from({ length: 8 }, (_, number) => `line ${number}`);
  await Promise.all(lines.map((line) => commitArtifacts(repo, appending(line, { timeoutMs: 30_000 }))));
  expect(git(dir, 'show', `HEAD:${ledger}`).split('\n').sort()).toEqual(lines);
  expect(git(dir, 'rev-list', '--count', 'HEAD')).toBe('9');
});
