import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { commitArtifacts, commitOnDisk } from '../../src/git/commit.js';
import { nodeDisk } from '../../src/git/disk.js';
import { openRepository } from '../../src/git/repository.js';
import { commitFilesWith, committing, ledger } from './support/committing.js';
import { identity, temporaryProject } from './support/project.js';
import { assertSound } from './support/soundness.js';
import { git, type TemporaryFolder } from './support/temporary.js';

let folder: TemporaryFolder;
let dir: string;

beforeEach(() => {
  ({ folder, dir } = temporaryProject());
});
afterEach(() => folder.remove());

describe('HEAD', () => {
  it('moving meanwhile makes it build again on the new parent', async () => {
    let builds = 0;
    const repo = await openRepository(dir);
    const result = await commitArtifacts(
      repo,
      committing(
        {},
        {
          build: async (base) => {
            builds++;
            if (builds === 1) git(dir, 'commit', '-q', '--allow-empty', '-m', 'other');
            const old = (await base.read(ledger))?.toString() ?? '';
            return { files: new Map([[ledger, `${old}1\n`]]), subject: 's', records: 1 };
          },
        },
      ),
    );
    expect(builds).toBe(2);
    expect(result?.parent).toBe(git(dir, 'rev-parse', 'HEAD~1'));
    expect(git(dir, 'log', '--format=%s')).toBe('s\nother\nfirst');
  });

  it('moving every time is an error, not a loop', async () => {
    const build = async () => {
      // Past the index, as no git that a person runs does.
      const commit = git(dir, 'commit-tree', '-m', 'other', '-p', 'HEAD', 'HEAD^{tree}');
      git(dir, 'update-ref', 'HEAD', commit);
      return { files: new Map([[identity, '{}\n']]), subject: 's', records: 1 };
    };
    await expect(commitFilesWith(dir, {}, { build })).rejects.toMatchObject({ code: 'COMMIT_CONFLICT' });
    assertSound(dir);
  }, 60_000);

  it('moving again and again is stopped by taking the index first', async () => {
    let builds = 0;
    let refused = 0;
    const build = async () => {
      builds++;
      try {
        git(dir, 'commit', '-q', '--allow-empty', '-m', 'other');
      } catch {
        refused++;
      }
      return { files: new Map([[identity, '{}\n']]), subject: 's', records: 1 };
    };
    expect(await commitFilesWith(dir, {}, { build })).not.toBeNull();
    expect([builds, refused]).toEqual([3, 1]);
    assertSound(dir);
    expect(readdirSync(join(dir, '.git')).filter((name) => name.endsWith('.lock'))).toEqual([]);
    expect(readdirSync(join(dir, '.git/maven/tmp'))).toEqual([]);
    git(dir, 'commit', '-q', '--allow-empty', '-m', 'free again');
  });

  it('with a torn branch is an error, never a new history', async () => {
    for (const text of ['', '\n', 'garbage', '0'.repeat(39)]) {
      writeFileSync(join(dir, '.git/refs/heads/main'), text);
      await expect(commitFilesWith(dir, { [identity]: '{}\n' })).rejects.toMatchObject({
        code: 'REF_INVALID',
      });
    }
    writeFileSync(join(dir, '.git/HEAD'), '');
    await expect(commitFilesWith(dir, { [identity]: '{}\n' })).rejects.toMatchObject({ code: 'REF_INVALID' });
  });

  it('with a torn branch does not fall back to an old packed value', async () => {
    git(dir, 'pack-refs', '--all');
    await commitFilesWith(dir, { [identity]: '{}\n' });
    writeFileSync(join(dir, '.git/refs/heads/main'), '');
    await expect(commitFilesWith(dir, { [identity]: '{"n":9}\n' })).rejects.toMatchObject({
      code: 'REF_INVALID',
    });
  });
});

it('objects pruned in the middle of a commit: an error, and everything as it was', async () => {
  const head = git(dir, 'rev-parse', 'HEAD');
  const pruning = {
    ...nodeDisk,
    step(name: string) {
      if (name === 'index-written') git(dir, 'prune', '--expire=now');
    },
  };
  const repo = await openRepository(dir);
  const options = committing({ '.moha/maven/new.md': 'new\n' });
  await expect(commitOnDisk(pruning, repo, options)).rejects.toMatchObject({ code: 'COMMIT_CONFLICT' });
  expect(git(dir, 'rev-parse', 'HEAD')).toBe(head);
  expect(git(dir, 'status', '--porcelain')).toBe('');
  expect(await commitArtifacts(repo, options)).not.toBeNull();
  assertSound(dir);
});

describe('native locks', () => {
  it.each(['index.lock', 'HEAD.lock', 'refs/heads/main.lock'])(
    'waits for %s and then says who to blame',
    async (name) => {
      const file = join(dir, '.git', name);
      writeFileSync(file, '');
      await expect(commitFilesWith(dir, { [identity]: '{}\n' }, { timeoutMs: 100 })).rejects.toMatchObject({
        code: 'LOCK_TIMEOUT',
        message: expect.stringContaining(`${name} since 20`),
        hint: expect.stringContaining('remove'),
      });
      expect(existsSync(file)).toBe(true);
      setTimeout(() => rmSync(file), 300);
      expect(await commitFilesWith(dir, { [identity]: '{}\n' })).not.toBeNull();
    },
  );
});
