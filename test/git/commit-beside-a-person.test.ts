import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { commitFilesWith } from './support/committing.js';
import { identity, temporaryProject } from './support/project.js';
import { statusOfArtifacts } from './support/soundness.js';
import { git, type TemporaryFolder, writeFiles } from './support/temporary.js';

let folder: TemporaryFolder;
let dir: string;

beforeEach(() => {
  ({ folder, dir } = temporaryProject());
});
afterEach(() => folder.remove());

describe('what a person is working on', () => {
  it('is not overwritten in the working tree', async () => {
    writeFiles(dir, { [identity]: '{"mine":1}\n' });
    const result = await commitFilesWith(dir, { [identity]: '{"n":2}\n' });
    expect(result?.keptDirty).toEqual([identity]);
    expect(readFileSync(join(dir, identity), 'utf8')).toBe('{"mine":1}\n');
    expect(statusOfArtifacts(dir)).toBe(` M ${identity}`);
    expect(git(dir, 'show', `HEAD:${identity}`)).toBe('{"n":2}');
  });

  it('is not overwritten in the index', async () => {
    writeFiles(dir, { [identity]: '{"mine":1}\n' });
    git(dir, 'add', identity);
    const result = await commitFilesWith(dir, { [identity]: '{"n":2}\n' });
    expect(result?.keptDirty).toEqual([identity]);
    expect(git(dir, 'show', `:${identity}`)).toBe('{"mine":1}');
  });

  it('is not overwritten where it has a file that we add', async () => {
    writeFiles(dir, { '.moha/maven/new.md': 'mine\n' });
    const result = await commitFilesWith(dir, { '.moha/maven/new.md': 'theirs\n' });
    expect(result?.keptDirty).toEqual(['.moha/maven/new.md']);
    expect(readFileSync(join(dir, '.moha/maven/new.md'), 'utf8')).toBe('mine\n');
    expect(statusOfArtifacts(dir)).toBe(' M .moha/maven/new.md');
  });

  it('stays deleted where it deleted', async () => {
    rmSync(join(dir, identity));
    const result = await commitFilesWith(dir, { [identity]: '{"n":2}\n' });
    expect(result?.keptDirty).toEqual([identity]);
    expect(existsSync(join(dir, identity))).toBe(false);
    expect(statusOfArtifacts(dir)).toBe(` D ${identity}`);
  });

  it('stays staged, beside ours', async () => {
    writeFiles(dir, {
      'staged.txt': 's\n',
      'README.md': 'changed\n',
      'unstaged.txt': 'u\n',
      '.moha/maven/mine.md': 'm\n',
    });
    git(dir, 'add', 'staged.txt', 'README.md', '.moha/maven/mine.md');
    writeFiles(dir, { 'README.md': 'changed again\n' });
    const before = [git(dir, 'status', '--porcelain'), git(dir, 'diff', '--cached'), git(dir, 'diff')];
    await commitFilesWith(dir, {
      [identity]: '{"n":2}\n',
      '.moha/maven/m.md': 'x\n',
      '.moha/maven/zz.md': 'x\n',
    });
    expect([git(dir, 'status', '--porcelain'), git(dir, 'diff', '--cached'), git(dir, 'diff')]).toEqual(
      before,
    );
    expect(git(dir, 'show', '--format=', '--name-only', 'HEAD').split('\n')).toHaveLength(3);
  });

  it('takes a name added without content (git add -N) over', async () => {
    writeFiles(dir, { '.moha/maven/n.md': 'n\n' });
    git(dir, 'add', '-N', '.moha/maven/n.md');
    await commitFilesWith(dir, { '.moha/maven/n.md': 'n\n' });
    expect(git(dir, 'status', '--porcelain')).toBe('');
  });

  it('counts a checkout with CRLF as no edit', async () => {
    git(dir, 'config', 'core.autocrlf', 'true');
    rmSync(join(dir, identity));
    git(dir, 'checkout', '-q', '--', identity);
    expect(readFileSync(join(dir, identity), 'utf8')).toBe('{"n":1}\r\n');
    const result = await commitFilesWith(dir, { [identity]: '{"n":2}\n' });
    expect(result?.keptDirty).toEqual([]);
    expect(git(dir, 'status', '--porcelain')).toBe('');
  });

  it('is seen though it was changed in the same tick as the index', async () => {
    // Git knows such a change only by comparing the index's own time, which our commit moves on.
    for (let round = 0; round < 20; round++) {
      writeFiles(dir, { 'racy.txt': `a${round}\n` });
      git(dir, 'add', 'racy.txt');
      writeFiles(dir, { 'racy.txt': `b${round}\n` });
      await commitFilesWith(dir, { [identity]: `{"n":${round + 10}}\n` });
      expect(git(dir, 'diff', '--name-only')).toBe('racy.txt');
    }
  });
});
