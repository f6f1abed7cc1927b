import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mergeCommit } from '../../src/git/merge-commit.js';
import { openRepository } from '../../src/git/repository.js';
import { mergeBytes } from '../../src/merge-artifact.js';
import { createTestRepository, type TestRepository } from '../support/test-repository.js';

describe('a merge without native git, beside what a working tree holds', () => {
  let repository: TestRepository;
  beforeEach(() => {
    repository = createTestRepository();
  });
  afterEach(() => repository.remove());

  const git = (...args: readonly string[]): string => repository.git(...args).trim();
  const file = (name: string): string => path.join(repository.folder, name);
  const merge = async () =>
    mergeCommit(await openRepository(repository.folder, { nativeGit: false }), {
      author: { name: 'Test', email: 'test@example.com' },
      now: new Date('2026-02-01T00:00:00Z'),
      job: 'pull',
      purpose: 'pull',
      onto: 'refs/heads/main',
      theirs: git('rev-parse', 'side'),
      from: 'side of here',
      mergeFile: mergeBytes,
      orNative: false,
    });
  const onSide = (change: () => void): void => {
    git('switch', '--quiet', '--create', 'side');
    change();
    git('switch', '--quiet', 'main');
  };

  it('takes the mode of one side and the content of the other, of any file', async () => {
    repository.commit({ 'a.sh': 'true\n', 'b.sh': 'true\n' });
    onSide(() => {
      chmodSync(file('a.sh'), 0o755);
      repository.commit({ 'b.sh': 'false\n' });
    });
    chmodSync(file('b.sh'), 0o755);
    repository.commit({ 'a.sh': 'false\n' });
    expect(await merge()).toMatchObject({ outcome: 'merged' });
    const listed = git('ls-tree', '--format=%(objectmode) %(path)', 'HEAD').split('\n');
    expect(listed.filter((line) => line.endsWith('.sh'))).toEqual(['100755 a.sh', '100755 b.sh']);
    expect([readFileSync(file('a.sh'), 'utf8'), readFileSync(file('b.sh'), 'utf8')]).toEqual([
      'false\n',
      'false\n',
    ]);
    expect(git('status', '--porcelain')).toBe('');
  });

  it('names a folder, or a file, that is in the way, and leaves it', async () => {
    repository.commit({ 'a.txt': 'a\n' });
    onSide(() => repository.commit({ 'new.txt': 'n\n', 'folder/deep.txt': 'd\n' }));
    const before = git('rev-parse', 'HEAD');
    mkdirSync(file('new.txt'));
    writeFileSync(file('folder'), 'mine\n');
    await expect(merge()).rejects.toMatchObject({
      code: 'COMMIT_UNSAFE',
      data: { paths: ['folder/deep.txt', 'new.txt'] },
    });
    expect(git('rev-parse', 'HEAD')).toBe(before);
    expect(readFileSync(file('folder'), 'utf8')).toBe('mine\n');
    rmSync(file('new.txt'), { recursive: true });
    rmSync(file('folder'));
    expect(await merge()).toMatchObject({ outcome: 'fast-forward' });
  });
});
