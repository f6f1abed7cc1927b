import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { commitAtTime } from '../../../src/git/commit-at-time.js';
import { openRepository } from '../../../src/git/repository.js';
import { askedMoment, isQuestionTime } from '../../../src/projection/questions/asked-moment.js';
import { removeFolder } from '../../support/remove-folder.js';
import { createTestRepository, type TestRepository } from '../../support/test-repository.js';

const NOW = new Date('2026-01-20T00:00:00Z');

describe('a time or a revision', () => {
  it.each(['7d', '24h', '30m', '999d', '2026-01-14', '2026-01-14T14:24:08Z', '2026-01-14T14:24:08.5+01:00'])(
    'takes %s for a time',
    (text) => expect(isQuestionTime(text)).toBe(true),
  );
  it.each([
    'HEAD',
    'main',
    'v1',
    'noon',
    '1234d',
    '20260114',
    'refs/tags/2026-01-14',
    '',
    '7d..',
    '2026-13-99T00:00',
  ])('takes %j for a revision', (text) => expect(isQuestionTime(text)).toBe(false));
});

describe('what was committed at a time', () => {
  let place: TestRepository;
  beforeEach(() => {
    place = createTestRepository();
    return () => place.remove();
  });
  afterEach(() => {
    delete process.env.GIT_COMMITTER_DATE;
  });

  /** Commits at so many seconds after the start of the day; null makes the file anew. */
  const commit = (seconds: number): string => {
    process.env.GIT_COMMITTER_DATE = `@${Date.UTC(2026, 0, 14) / 1000 + seconds} +0100`;
    return place.commit({ '.moha/maven/identity.json': `{"at": ${seconds}}\n` });
  };
  const at = (seconds: number): string =>
    `${new Date(Date.UTC(2026, 0, 14) + seconds * 1000).toISOString().slice(0, -1)}000+00:00`;
  const both = async (head: string, time: string): Promise<string | null> => {
    const native = await commitAtTime(await openRepository(place.folder, { nativeGit: true }), head, time);
    const own = await commitAtTime(await openRepository(place.folder, { nativeGit: false }), head, time);
    expect(own).toBe(native);
    return native;
  };

  it('is the newest commit at or before it, with and without native git', async () => {
    const commits = [0, 10, 10, 3600].map((seconds) => ({ seconds, oid: commit(seconds) }));
    const head = commits.at(-1)?.oid ?? '';
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(-1, -0.5, 0, 0.5, 9.999, 10, 11, 3599.9, 3600, 99_999),
        async (seconds) => {
          const expected = commits.filter((one) => one.seconds <= Math.floor(seconds)).at(-1)?.oid ?? null;
          expect(await both(head, at(seconds))).toBe(expected);
        },
      ),
      { numRuns: 10 },
    );
  });

  it('follows first parents: what a merge brought in counts from the merge on', async () => {
    const base = commit(0);
    place.git('checkout', '--quiet', '-b', 'side');
    commit(50);
    place.git('checkout', '--quiet', 'main');
    process.env.GIT_COMMITTER_DATE = `@${Date.UTC(2026, 0, 14) / 1000 + 100} +0000`;
    place.git('merge', '--quiet', '--no-ff', '--message', 'merge', 'side');
    const head = place.git('rev-parse', 'HEAD').trim();
    expect(await both(head, at(60))).toBe(base);
    expect(await both(head, at(100))).toBe(head);
  });

  it('answers as of the time asked, or as of the commit, and refuses what is neither', async () => {
    const [first, second] = [commit(0), commit(7200)];
    const repository = await place.open();
    expect(await askedMoment(repository, undefined, NOW)).toEqual({
      revision: null,
      askedAt: '2026-01-20T00:00:00.000000+00:00',
    });
    expect(await askedMoment(repository, '2026-01-14T01:00:00Z', NOW)).toMatchObject({
      revision: { commit: first },
      askedAt: '2026-01-14T01:00:00.000000+00:00',
    });
    expect(await askedMoment(repository, '1h', NOW)).toMatchObject({ revision: { commit: second } });
    expect(await askedMoment(repository, second.slice(0, 8), NOW)).toMatchObject({
      revision: { commit: second },
      askedAt: '2026-01-14T02:00:00.000000+00:00',
    });
    await expect(askedMoment(repository, '2026-01-13', NOW)).rejects.toMatchObject({
      code: 'REVISION_NOT_FOUND',
      message: expect.stringContaining('nothing was committed at or before 2026-01-13'),
    });
    for (const name of ['noon', '--output=x', 'HEAD~99', ':/x', 'a\nb', ''])
      await expect(askedMoment(repository, name, NOW)).rejects.toMatchObject({
        code: 'REVISION_NOT_FOUND',
        hint: expect.stringContaining('name a time'),
      });
  });

  it('says of a shallow clone how to get at older commits', async () => {
    commit(0);
    commit(7200);
    const folder = `${place.folder}-shallow`;
    execFileSync('git', ['clone', '--quiet', '--depth=1', `file://${place.folder}`, folder]);
    try {
      const clone = await openRepository(folder);
      await expect(askedMoment(clone, '2026-01-14T01:00:00Z', NOW)).rejects.toMatchObject({
        message: expect.stringContaining('shallow'),
        hint: 'run git fetch --unshallow',
      });
    } finally {
      removeFolder(folder);
    }
  });
});
