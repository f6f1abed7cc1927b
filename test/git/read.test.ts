import { execFileSync } from 'node:child_process';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readBlobs } from '../../src/git/blobs.js';
import { changedArtifacts } from '../../src/git/changes.js';
import { openRepository } from '../../src/git/repository.js';
import { countCommits, isAncestor, resolveRevision } from '../../src/git/revision.js';
import { type ArtifactEntry, listArtifacts } from '../../src/git/tree.js';
import {
  commitFiles,
  git,
  initRepository,
  type TemporaryFolder,
  temporaryFolder,
  writeFiles,
} from './support/temporary.js';

const base = {
  'README.md': 'a project\n',
  '.moha/maven/identity.json': '{"name":"Maven"}\n',
  '.moha/maven/decisions/decision_20260114_142408.md': '# Decision Record\n',
  '.moha/maven/trades/2026/2026-01-14.jsonl': '{"id":1}\n',
};

async function blobsOf(repo: Parameters<typeof readBlobs>[0], entries: readonly ArtifactEntry[]) {
  const found: [string, string][] = [];
  for await (const { entry, bytes } of readBlobs(repo, entries))
    found.push([entry.path, bytes.toString('latin1')]);
  return found;
}

describe.each([
  ['native git', true],
  ['isomorphic-git', false],
])('reading through %s', (_name, nativeGit) => {
  let folder: TemporaryFolder;
  let dir: string;
  const open = () => openRepository(dir, { nativeGit });

  beforeEach(() => {
    folder = temporaryFolder();
    dir = initRepository(join(folder.dir, 'repo'), base);
  });
  afterEach(() => folder.remove());

  it.each(['loose', 'packed'])('resolves HEAD, %s', async (kind) => {
    if (kind === 'packed') git(dir, 'gc', '-q');
    expect(await resolveRevision(await open())).toEqual({
      commit: git(dir, 'rev-parse', 'HEAD'),
      artifactsTree: git(dir, 'rev-parse', 'HEAD:.moha/maven'),
      branch: 'main',
    });
  });

  it('resolves names as native git does, and refuses what is none', async () => {
    commitFiles(dir, { 'x.txt': 'x\n' }, 'second');
    git(dir, 'tag', '-a', 'v1', '-m', 'tag', 'HEAD~1');
    git(dir, 'branch', 'feature/one', 'HEAD~1');
    const repo = await open();
    const short = git(dir, 'rev-parse', '--short', 'HEAD');
    for (const name of [
      'HEAD~1',
      'HEAD^',
      'main',
      'v1',
      'feature/one',
      'refs/heads/main',
      short,
      'main~1^0',
      '@',
    ]) {
      expect((await resolveRevision(repo, name))?.commit, name).toBe(
        git(dir, 'rev-parse', `${name}^{commit}`),
      );
    }
    for (const name of [
      'nothing',
      'HEAD~9',
      '-x',
      '--all',
      ':/first',
      '',
      'a\nb',
      'f'.repeat(40),
      'HEAD:README.md',
      '../x',
    ]) {
      await expect(resolveRevision(repo, name), name).rejects.toMatchObject({ code: 'REVISION_NOT_FOUND' });
    }
  });

  it('knows an unborn branch from a torn one', async () => {
    const empty = initRepository(join(folder.dir, 'empty'));
    expect(await resolveRevision(await openRepository(empty, { nativeGit }))).toBeNull();
    writeFileSync(join(dir, '.git/refs/heads/main'), '');
    await expect(open().then((repo) => resolveRevision(repo))).rejects.toMatchObject({ code: 'REF_INVALID' });
    writeFileSync(join(dir, '.git/refs/heads/main'), 'garbage\n');
    await expect(open().then((repo) => resolveRevision(repo))).rejects.toMatchObject({ code: 'REF_INVALID' });
  });

  it('tells ancestors and counts commits, also across merges and lost commits', async () => {
    const first = git(dir, 'rev-parse', 'HEAD');
    git(dir, 'checkout', '-q', '-b', 'side');
    const side = commitFiles(dir, { 'side.txt': '1\n' }, 'side');
    git(dir, 'checkout', '-q', 'main');
    const second = commitFiles(dir, { 'main.txt': '2\n' }, 'second');
    git(dir, 'merge', '-q', '--no-edit', 'side');
    const merge = git(dir, 'rev-parse', 'HEAD');
    const repo = await open();
    expect(await isAncestor(repo, first, merge)).toBe(true);
    expect(await isAncestor(repo, side, second)).toBe(false);
    expect(await isAncestor(repo, merge, merge)).toBe(true);
    expect(await isAncestor(repo, 'f'.repeat(40), merge)).toBe(false);
    await expect(isAncestor(repo, first, 'f'.repeat(40))).rejects.toThrow();
    expect(await countCommits(repo, first, merge)).toBe(3);
    expect(await countCommits(repo, second, merge)).toBe(2);
    expect(await countCommits(repo, merge, first)).toBe(0);
  });

  it.each(['loose', 'packed'])('lists and reads every file, %s', async (kind) => {
    const bytes = Buffer.from([0, 255, 10, 13, 10, 0]);
    commitFiles(dir, { '.moha/maven/odd name\t"ü".bin': bytes, '.moha/maven/empty.md': '' }, 'odd');
    if (kind === 'packed') git(dir, 'gc', '-q');
    const repo = await open();
    const revision = await resolveRevision(repo);
    const entries = await listArtifacts(repo, revision?.artifactsTree ?? '');
    expect(entries.map((entry) => entry.path)).toEqual([
      '.moha/maven/decisions/decision_20260114_142408.md',
      '.moha/maven/empty.md',
      '.moha/maven/identity.json',
      '.moha/maven/odd name\t"ü".bin',
      '.moha/maven/trades/2026/2026-01-14.jsonl',
    ]);
    expect((await blobsOf(repo, entries)).map(([, text]) => text)).toEqual([
      '# Decision Record\n',
      '',
      '{"name":"Maven"}\n',
      bytes.toString('latin1'),
      '{"id":1}\n',
    ]);
  });

  it('does not crash on names that are no UTF-8', async () => {
    const path = Buffer.concat([
      Buffer.from(`${dir}/.moha/maven/caf`),
      Buffer.from([0xe9]),
      Buffer.from('.md'),
    ]);
    writeFileSync(path, 'latin\n');
    git(dir, 'add', '-A');
    git(dir, 'commit', '-q', '-m', 'latin');
    const repo = await open();
    const revision = await resolveRevision(repo);
    const entries = await listArtifacts(repo, revision?.artifactsTree ?? '');
    expect(entries[0]?.path).toBe('.moha/maven/caf\\xe9.md');
    expect((await blobsOf(repo, entries))[0]?.[1]).toBe('latin\n');
    // Below a folder whose name is UTF-8: the whole path shows as bytes, whoever reads it.
    const before = revision?.artifactsTree ?? '';
    mkdirSync(join(dir, '.moha/maven/é'));
    renameSync(
      path,
      Buffer.concat([Buffer.from(`${dir}/.moha/maven/é/caf`), Buffer.from([0xe9]), Buffer.from('.md')]),
    );
    git(dir, 'add', '-A');
    git(dir, 'commit', '-q', '-m', 'moved');
    const after = (await resolveRevision(repo))?.artifactsTree ?? '';
    const moved = '.moha/maven/\\xc3\\xa9/caf\\xe9.md';
    expect((await listArtifacts(repo, after)).map((entry) => entry.path)).toContain(moved);
    const changes = await changedArtifacts(repo, before, after);
    expect([changes?.changed.map((entry) => entry.path), changes?.deleted]).toEqual([
      [moved],
      ['.moha/maven/caf\\xe9.md'],
    ]);
  });

  it('lists symlinks and submodules with their mode', async () => {
    execFileSync('ln', ['-s', 'identity.json', join(dir, '.moha/maven/link.json')]);
    git(dir, 'add', '-A');
    const head = git(dir, 'rev-parse', 'HEAD');
    git(dir, 'update-index', '--add', '--cacheinfo', `160000,${head},.moha/maven/sub`);
    git(dir, 'commit', '-q', '-m', 'odd');
    const repo = await open();
    const entries = await listArtifacts(repo, (await resolveRevision(repo))?.artifactsTree ?? '');
    expect(
      entries.filter((entry) => entry.mode !== '100644').map((entry) => [entry.mode, entry.path]),
    ).toEqual([
      ['120000', '.moha/maven/link.json'],
      ['160000', '.moha/maven/sub'],
    ]);
  });

  it('compares two trees', async () => {
    const before = git(dir, 'rev-parse', 'HEAD:.moha/maven');
    writeFileSync(join(dir, '.moha/maven/identity.json'), '{"name":"Maven","n":1}\n');
    git(dir, 'rm', '-q', '.moha/maven/decisions/decision_20260114_142408.md');
    mkdirSync(join(dir, '.moha/maven/decisions'));
    writeFileSync(join(dir, '.moha/maven/decisions/b.md'), 'b\n');
    writeFileSync(join(dir, '.moha/maven/flat'), 'c\n');
    git(dir, 'add', '-A');
    git(dir, 'update-index', '--chmod=+x', '.moha/maven/trades/2026/2026-01-14.jsonl');
    git(dir, 'commit', '-q', '-m', 'changes');
    const after = git(dir, 'rev-parse', 'HEAD:.moha/maven');
    const repo = await open();
    const changes = await changedArtifacts(repo, before, after);
    expect(changes?.changed.map((entry) => `${entry.mode} ${entry.path}`)).toEqual([
      '100644 .moha/maven/decisions/b.md',
      '100644 .moha/maven/flat',
      '100644 .moha/maven/identity.json',
      '100755 .moha/maven/trades/2026/2026-01-14.jsonl',
    ]);
    expect(changes?.changed[2]?.oid).toBe(git(dir, 'rev-parse', 'HEAD:.moha/maven/identity.json'));
    expect(changes?.deleted).toEqual(['.moha/maven/decisions/decision_20260114_142408.md']);
    expect(await changedArtifacts(repo, after, after)).toEqual({ changed: [], deleted: [] });
    expect(await changedArtifacts(repo, 'f'.repeat(40), after)).toBeNull();
    await expect(changedArtifacts(repo, before, 'f'.repeat(40))).rejects.toMatchObject({
      code: 'OBJECT_NOT_FOUND',
    });
  });

  it('compares a file that became a folder, and back', async () => {
    commitFiles(dir, { '.moha/maven/x': 'file\n' }, 'file');
    const file = git(dir, 'rev-parse', 'HEAD:.moha/maven');
    git(dir, 'rm', '-q', '.moha/maven/x');
    commitFiles(dir, { '.moha/maven/x/a': 'a\n', '.moha/maven/x/b/c': 'c\n' }, 'folder');
    const below = git(dir, 'rev-parse', 'HEAD:.moha/maven');
    const repo = await open();
    const grown = await changedArtifacts(repo, file, below);
    expect([grown?.changed.map((entry) => entry.path), grown?.deleted]).toEqual([
      ['.moha/maven/x/a', '.moha/maven/x/b/c'],
      ['.moha/maven/x'],
    ]);
    const shrunk = await changedArtifacts(repo, below, file);
    expect([shrunk?.changed.map((entry) => entry.path), shrunk?.deleted]).toEqual([
      ['.moha/maven/x'],
      ['.moha/maven/x/a', '.moha/maven/x/b/c'],
    ]);
  });

  it('reads borrowed objects (alternates)', async () => {
    git(dir, 'gc', '-q');
    const borrower = join(folder.dir, 'borrower');
    git(folder.dir, 'clone', '-q', '--shared', dir, borrower);
    const repo = await openRepository(borrower, { nativeGit });
    const entries = await listArtifacts(repo, (await resolveRevision(repo))?.artifactsTree ?? '');
    expect(await blobsOf(repo, entries)).toHaveLength(3);
  });

  it('names a blob that is missing', async () => {
    const repo = await open();
    const entries = [{ path: '.moha/maven/gone.md', oid: 'e'.repeat(40), mode: '100644' }];
    await expect(blobsOf(repo, entries)).rejects.toMatchObject({
      code: 'OBJECT_NOT_FOUND',
      message: expect.stringContaining('gone.md'),
    });
  });

  it('can be left in the middle', async () => {
    const repo = await open();
    const entries = await listArtifacts(repo, (await resolveRevision(repo))?.artifactsTree ?? '');
    for await (const { entry } of readBlobs(repo, entries)) {
      expect(entry.path).toBe(entries[0]?.path);
      break;
    }
  });
});

it('both readers see the same, whatever the history', async () => {
  const path = fc.constantFrom(
    'identity.json',
    'a.md',
    'decisions/a.md',
    'decisions/b.md',
    'trades/2026/x.jsonl',
    'a/b/c/d',
  );
  const change = fc.tuple(path, fc.option(fc.uint8Array({ maxLength: 300 }), { freq: 4 }));
  const commit = fc.record({
    changes: fc.array(change, { minLength: 1, maxLength: 4 }),
    pack: fc.nat({ max: 9 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(commit, { minLength: 2, maxLength: 6 }), async (commits) => {
      const folder = temporaryFolder();
      try {
        const dir = initRepository(folder.dir, base);
        for (const { changes, pack } of commits) {
          for (const [name, bytes] of changes) {
            const file = join(dir, '.moha/maven', name);
            rmSync(file, { force: true, recursive: true });
            if (bytes !== null) writeFiles(dir, { [`.moha/maven/${name}`]: Buffer.from(bytes) });
          }
          git(dir, 'add', '-A');
          git(dir, 'commit', '-q', '--allow-empty', '-m', 'x');
          if (pack === 0) git(dir, 'gc', '-q');
        }
        const [native, own] = await Promise.all(
          [true, false].map((nativeGit) => everythingOf(dir, nativeGit)),
        );
        expect(own).toEqual(native);
      } finally {
        folder.remove();
      }
    }),
    { numRuns: 12 },
  );
}, 60_000);

/** All that a reader can tell of a repository. */
async function everythingOf(dir: string, nativeGit: boolean): Promise<unknown> {
  const repo = await openRepository(dir, { nativeGit });
  const newest = await resolveRevision(repo);
  const oldest = await resolveRevision(repo, 'HEAD~1');
  if (newest?.artifactsTree == null || oldest?.artifactsTree == null) return [newest, oldest];
  const entries = await listArtifacts(repo, newest.artifactsTree);
  return [
    newest,
    oldest,
    entries,
    await blobsOf(repo, entries),
    await changedArtifacts(repo, oldest.artifactsTree, newest.artifactsTree),
    await isAncestor(repo, oldest.commit, newest.commit),
    await countCommits(repo, oldest.commit, newest.commit),
  ];
}
