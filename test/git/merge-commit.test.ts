import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { recoverRepository } from '../../src/git/commit.js';
import { commitSteps } from '../../src/git/crash-plan.js';
import { kinshipOf } from '../../src/git/merge-base.js';
import { type MergeReport, mergeCommit } from '../../src/git/merge-commit.js';
import { openRepository } from '../../src/git/repository.js';
import { mergeBytes } from '../../src/merge-artifact.js';
import { DAY_ONE, ledger, trade } from '../projection/fixtures.js';
import { createTestRepository, type TestRepository } from '../support/test-repository.js';
import { runScript } from './support/children.js';

const IDENTITY = {
  GIT_AUTHOR_NAME: 'T',
  GIT_AUTHOR_EMAIL: 't@example.com',
  GIT_COMMITTER_NAME: 'T',
  GIT_COMMITTER_EMAIL: 't@example.com',
};
const NOW = new Date('2026-02-01T00:00:00Z');

describe('a merge without native git', () => {
  let repository: TestRepository;
  beforeEach(() => {
    repository = createTestRepository();
  });
  afterEach(() => repository.remove());

  const git = (...args: readonly string[]): string => repository.git(...args).trim();
  const file = (name: string): string => path.join(repository.folder, name);
  const text = (name: string): string => readFileSync(file(name), 'utf8');
  const merge = async (theirs = git('rev-parse', 'side'), orNative = false): Promise<MergeReport | null> =>
    mergeCommit(await openRepository(repository.folder, { nativeGit: false }), {
      author: { name: 'Test', email: 'test@example.com' },
      now: NOW,
      job: 'pull',
      purpose: 'pull',
      onto: 'refs/heads/main',
      theirs,
      from: 'side of here',
      mergeFile: mergeBytes,
      orNative,
    });
  const sound = (): void => {
    expect(git('status', '--porcelain')).toBe('');
    expect(git('fsck', '--strict', '--no-dangling')).toBe('');
  };
  /** Both start from one commit and go on from there. */
  const apart = (
    base: Readonly<Record<string, string | null>>,
    ours: Readonly<Record<string, string | null>>,
    theirs: Readonly<Record<string, string | null>>,
  ): void => {
    repository.commit(base);
    git('switch', '--quiet', '--create', 'side');
    repository.commit(theirs);
    git('switch', '--quiet', 'main');
    if (Object.keys(ours).length > 0) repository.commit(ours);
  };

  it('takes what they alone changed, of any file, and merges by record what both did', async () => {
    const base = ledger(trade(1));
    apart(
      {
        [DAY_ONE]: base,
        'notes/a.txt': 'a\n',
        'notes/gone.txt': 'x\n',
        'run.sh': 'true\n',
        'both.txt': '1\n',
      },
      { [DAY_ONE]: base + ledger(trade(2)), 'own.txt': 'ours\n', 'both.txt': '2\n' },
      {
        [DAY_ONE]: base + ledger(trade(3)),
        'notes/a.txt': 'b\n',
        'notes/gone.txt': null,
        'deep/er/new.txt': 'n\n',
        'both.txt': '2\n',
      },
    );
    git('switch', '--quiet', 'side');
    chmodSync(file('run.sh'), 0o755);
    repository.commit({});
    git('switch', '--quiet', 'main');
    const [ours, theirs] = [git('rev-parse', 'main'), git('rev-parse', 'side')];
    writeFileSync(file('staged.txt'), 'staged\n');
    git('add', 'staged.txt');
    writeFileSync(file('own.txt'), 'an edit\n');
    const report = await merge();
    expect(report).toMatchObject({ outcome: 'merged', before: ours, commits: 2, keptDirty: [] });
    expect(git('rev-list', '--parents', '-1', 'HEAD')).toBe(`${report?.after} ${ours} ${theirs}`);
    expect(text(DAY_ONE)).toBe(base + ledger(trade(2)) + ledger(trade(3)));
    expect([text('notes/a.txt'), text('deep/er/new.txt'), text('own.txt')]).toEqual([
      'b\n',
      'n\n',
      'an edit\n',
    ]);
    expect(existsSync(file('notes/gone.txt'))).toBe(false);
    expect(statSync(file('run.sh')).mode & 0o111).not.toBe(0);
    expect(git('status', '--porcelain')).toBe('M own.txt\nA  staged.txt');
    git('rm', '--quiet', '--cached', 'staged.txt');
    git('checkout', '--quiet', '--', 'own.txt');
    git('clean', '--quiet', '-f');
    sound();
    expect(git('log', '-1', '--format=%s')).toBe('sync: merge side of here');
    expect(git('reflog', '-1', '--format=%gs')).toBe('pull: merge side of here');
    expect(await merge(theirs)).toMatchObject({ outcome: 'up to date', after: report?.after });
  });

  it('goes forward where it can, and removes folders that are left empty', async () => {
    apart({ 'old/deep/a.txt': 'a\n', 'b.txt': 'b\n' }, {}, { 'old/deep/a.txt': null, 'b.txt': 'c\n' });
    const theirs = git('rev-parse', 'side');
    expect(await merge()).toMatchObject({ outcome: 'fast-forward', after: theirs, commits: 1 });
    expect(git('rev-parse', 'main')).toBe(theirs);
    expect(existsSync(file('old'))).toBe(false);
    sound();
  });

  it('names what only a person can settle, and writes nothing at all', async () => {
    apart(
      { 'notes.txt': '1\n', 'gone.txt': '1\n', [DAY_ONE]: ledger(trade(1)) },
      { 'notes.txt': 'ours\n', 'gone.txt': null, [DAY_ONE]: ledger(trade(1), trade(2)) },
      { 'notes.txt': 'theirs\n', 'gone.txt': 'changed\n', [DAY_ONE]: ledger(trade(1), trade(3)) },
    );
    git('switch', '--quiet', 'side');
    git('rm', '--quiet', '--cached', 'notes.txt');
    git('update-index', '--add', '--cacheinfo', `120000,${git('rev-parse', 'main:notes.txt')},link`);
    git('commit', '--quiet', '-m', 'a link');
    git('checkout', '--quiet', '--force', 'main');
    const before = git('rev-parse', 'HEAD');
    await expect(merge()).rejects.toMatchObject({
      code: 'MERGE_CONFLICT',
      data: {
        files: ['gone.txt', 'link', 'notes.txt'],
        reasons: [
          'changed on one side, removed on the other',
          'a link or a submodule',
          'changed on one side, removed on the other',
        ],
      },
    });
    expect(git('rev-parse', 'HEAD')).toBe(before);
    expect(existsSync(file('.git/MERGE_HEAD'))).toBe(false);
    sound();
  });

  it('leaves to native git, where there is one, all but artifacts that can be merged', async () => {
    const [one, two, three] = [1, 2, 3].map((n) => ledger(trade(n)));
    apart({ [DAY_ONE]: `${one}` }, { [DAY_ONE]: `${one}${two}` }, { [DAY_ONE]: `${one}${three}` });
    const theirs = git('rev-parse', 'side');
    git('switch', '--quiet', 'side');
    const mixed = repository.commit({ 'notes.txt': 'a\n' });
    git('switch', '--quiet', '--create', 'rewritten', theirs);
    const rewritten = repository.commit({ [DAY_ONE]: `${three}` });
    git('switch', '--quiet', 'main');
    const before = git('rev-parse', 'HEAD');
    expect([await merge(mixed, true), await merge(rewritten, true)]).toEqual([null, null]);
    expect(git('rev-parse', 'HEAD')).toBe(before);
    expect(await merge(theirs, true)).toMatchObject({ outcome: 'merged' });
    sound();
  });

  it('refuses over an edit, a staged file and a file in the way, and keeps them', async () => {
    apart({ 'a.txt': '1\n', 'b.txt': '1\n' }, {}, { 'a.txt': '2\n', 'b.txt': '2\n', 'c.txt': '2\n' });
    writeFileSync(file('a.txt'), 'edit\n');
    writeFileSync(file('b.txt'), 'staged\n');
    git('add', 'b.txt');
    writeFileSync(file('b.txt'), '1\n');
    writeFileSync(file('c.txt'), 'mine\n');
    await expect(merge()).rejects.toMatchObject({
      code: 'COMMIT_UNSAFE',
      data: { paths: ['a.txt', 'b.txt', 'c.txt'] },
    });
    expect([text('a.txt'), text('c.txt'), git('show', ':b.txt')]).toEqual(['edit\n', 'mine\n', 'staged']);
  });

  it('refuses a tree that would write outside the working tree, or into .git', async () => {
    apart({ 'a.txt': '1\n' }, {}, { 'b.txt': '1\n' });
    const blob = git('rev-parse', 'main:a.txt');
    const writes = (args: readonly string[], input: string | Buffer): string =>
      spawnSync('git', [...args], { cwd: repository.folder, input, encoding: 'utf8' }).stdout.trim();
    for (const name of ['.git', '..', '.GIT', 'git~1']) {
      const inner = writes(['mktree'], `100755 blob ${blob}\tevil\n`);
      const entry = Buffer.concat([Buffer.from(`40000 ${name}\0`), Buffer.from(inner, 'hex')]);
      const root = writes(['hash-object', '-t', 'tree', '-w', '--literally', '--stdin'], entry);
      const theirs = git('commit-tree', root, '-p', 'main', '-m', 'evil');
      await expect(merge(theirs)).rejects.toMatchObject({ code: 'MERGE_CONFLICT' });
    }
    expect(existsSync(file('.git/evil'))).toBe(false);
    expect(existsSync(path.join(repository.folder, '..', 'evil'))).toBe(false);
    expect(git('status', '--porcelain')).toBe('');
  });

  it('refuses histories that have nothing in common', async () => {
    repository.commit({ 'a.txt': '1\n' });
    git('switch', '--quiet', '--orphan', 'side');
    repository.commit({ 'b.txt': '1\n' });
    git('switch', '--quiet', 'main');
    await expect(merge()).rejects.toMatchObject({ code: 'COMMIT_UNSAFE', data: { bases: 0 } });
  });

  it('finds the ancestors that native git finds, in any history', async () => {
    repository.commit({ 'a.txt': '0\n' });
    const tree = git('rev-parse', 'HEAD^{tree}');
    const root = git('rev-parse', 'HEAD');
    const repo = await openRepository(repository.folder, { nativeGit: false });
    // Each commit names one or two of those before it, at a time of its own, clocks wrong among them.
    const shape = fc.array(fc.tuple(fc.nat(), fc.option(fc.nat(), { nil: null }), fc.nat(3)), {
      minLength: 3,
      maxLength: 9,
    });
    await fc.assert(
      fc.asyncProperty(shape, async (steps) => {
        const commits = [root];
        for (const [i, [first, second, late]] of steps.entries()) {
          const parents = [first, ...(second === null ? [] : [second])].map(
            (n) => commits[n % commits.length] ?? root,
          );
          const date = `${1_800_000_000 + i * 10 + late * 7} +0000`;
          const args = [...new Set(parents)].flatMap((parent) => ['-p', parent]);
          const made = spawnSync('git', ['commit-tree', tree, ...args, '-m', `${i} ${Math.random()}`], {
            cwd: repository.folder,
            encoding: 'utf8',
            env: { ...process.env, ...IDENTITY, GIT_COMMITTER_DATE: date, GIT_AUTHOR_DATE: date },
          });
          commits.push(made.stdout.trim());
        }
        const [ours = root, theirs = root] = commits.slice(-2);
        const { bases, theirsOnly } = await kinshipOf(repo, [ours], theirs);
        expect([...bases].sort()).toEqual(git('merge-base', '--all', ours, theirs).split('\n').sort());
        const known = new Set(theirsOnly);
        // Where clocks are wrong it may name some that both reach: a push then sends a little more.
        const reached = git('rev-list', theirs, `^${ours}`).split('\n').filter(Boolean);
        expect(reached.filter((oid) => !known.has(oid))).toEqual([]);
      }),
      { numRuns: 25 },
    );
  });

  it.each(commitSteps)('killed at %s: sound, and the next command ends it', async (step) => {
    const base = ledger(trade(1));
    apart(
      { [DAY_ONE]: base, 'gone.txt': 'x\n' },
      { [DAY_ONE]: base + ledger(trade(2)) },
      { [DAY_ONE]: base + ledger(trade(3)), 'gone.txt': null, 'new.txt': 'n\n' },
    );
    const before = git('rev-parse', 'HEAD');
    const child = await runScript('git/support/merging.js', [repository.folder, git('rev-parse', 'side')], {
      MAVEN_CRASH_AT: step,
    });
    expect(child.signal).toBe('SIGKILL');
    const repo = await openRepository(repository.folder, { nativeGit: false });
    await recoverRepository(repo);
    const after = git('rev-parse', 'HEAD');
    if (after === before) {
      sound();
      await merge();
    }
    expect(text(DAY_ONE)).toBe(base + ledger(trade(2)) + ledger(trade(3)));
    expect([existsSync(file('gone.txt')), text('new.txt')]).toEqual([false, 'n\n']);
    expect(git('rev-list', '--parents', '-1', 'HEAD').split(' ')).toHaveLength(3);
    sound();
  });
});
