import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readCommitDetails } from '../../src/git/commit-details.js';
import { fileHistory } from '../../src/git/file-history.js';
import { commitsOfLines } from '../../src/git/line-commits.js';
import { openRepository } from '../../src/git/repository.js';
import { createTestRepository, type TestRepository } from '../support/test-repository.js';

const PATH = '.moha/maven/trades/2026/2026-01-14.jsonl';

/** A commit on top of some of those before it, with a version of the file; null = it has none. */
interface Step {
  readonly parents: readonly number[];
  readonly lines: readonly string[] | null;
}

/** Writes a history of any shape; commit n is made n seconds after the first. */
function writeHistory(folder: string, steps: readonly Step[]): readonly string[] {
  const parts = steps.map(({ parents, lines }, i) => {
    const text = (lines ?? []).map((line) => `${line}\n`).join('');
    const [first, ...others] = parents.map((parent) => parent + 1);
    return [
      `commit refs/heads/main\nmark :${i + 1}\nauthor Ann <ann@example.com> ${1_768_000_000 + i} +0100\n`,
      `committer Test <test@example.com> ${1_768_000_000 + i} +0000\ndata 7\nsubject\n`,
      first === undefined ? '' : `from :${first}\n`,
      ...others.map((parent) => `merge :${parent}\n`),
      'deleteall\nM 100644 inline other\ndata 1\nx\n',
      lines === null ? '' : `M 100644 inline ${PATH}\ndata ${Buffer.byteLength(text)}\n${text}\n`,
    ].join('');
  });
  // The first commit of a branch has no parent only if the branch is new: each root begins with a reset.
  const input = parts.map((part, i) =>
    steps[i]?.parents.length === 0 ? `reset refs/heads/main\n${part}` : part,
  );
  execFileSync('git', ['fast-import', '--quiet', '--force', '--export-marks=.git/marks'], {
    cwd: folder,
    input: input.join(''),
  });
  return execFileSync('sh', ['-c', "sort -t: -k2 -n .git/marks | cut -d' ' -f2"], {
    cwd: folder,
    encoding: 'utf8',
  })
    .trim()
    .split('\n');
}

const history: fc.Arbitrary<readonly Step[]> = fc
  .array(
    fc.record({
      back: fc.uniqueArray(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 2 }),
      lines: fc.option(fc.uniqueArray(fc.constantFrom('a', 'b', 'ab', 'c'), { maxLength: 3 }), { freq: 6 }),
    }),
    { minLength: 1, maxLength: 9 },
  )
  .map((drafts) =>
    drafts.map(({ back, lines }, i) => ({
      parents: [...new Set(back.map((steps) => i - steps).filter((parent) => parent >= 0))],
      lines,
    })),
  );

describe('the history of a file', () => {
  let place: TestRepository;
  beforeEach(() => {
    place = createTestRepository();
    return () => place.remove();
  });
  const withoutGit = () => openRepository(place.folder, { nativeGit: false });

  it('names the commits whose version none of their parents has, with and without native git', async () => {
    await fc.assert(
      fc.asyncProperty(history, async (steps) => {
        const commits = writeHistory(place.folder, steps);
        const head = commits.at(-1) ?? '';
        const native = await fileHistory(await place.open(), head, PATH);
        expect(await fileHistory(await withoutGit(), head, PATH)).toEqual(native);
        const reached = new Set<number>();
        const reach = (i: number): void => {
          reached.add(i);
          for (const parent of steps[i]?.parents ?? []) reach(parent);
        };
        reach(steps.length - 1);
        const text = (i: number): string => JSON.stringify(steps[i]?.lines ?? null);
        const makers = [...reached]
          .sort((left, right) => left - right)
          .filter((i) => {
            const parents = steps[i]?.parents ?? [];
            return parents.length === 0
              ? text(i) !== 'null'
              : parents.every((parent) => text(parent) !== text(i));
          });
        expect(native.map(({ commit }) => commit)).toEqual(makers.map((i) => commits[i]));
        for (const line of ['a', 'b', 'ab', 'c', 'd']) {
          const oldest = [...reached].sort((x, y) => x - y).find((i) => steps[i]?.lines?.includes(line));
          const [found] = await commitsOfLines(await place.open(), head, PATH, [Buffer.from(line)]);
          expect(found).toBe(oldest === undefined ? null : commits[oldest]);
        }
      }),
      {
        numRuns: 40,
        // Merges that take the side on which the file never was.
        examples: [
          [
            [
              { parents: [], lines: null },
              { parents: [0], lines: [] },
              { parents: [1], lines: null },
              { parents: [0, 1], lines: null },
              { parents: [3], lines: null },
            ],
          ],
        ],
      },
    );
  });

  it('finds whole lines only, whatever stands around them and however they end', async () => {
    const repository = await place.open();
    const first = place.commit({ [PATH]: 'xa\r\nab\n' });
    const second = place.commit({ [PATH]: 'xa\r\nab\na\r\nb' });
    const lines = ['a', 'b', 'xa', 'ab', 'x', ''].map((line) => Buffer.from(line));
    expect(await commitsOfLines(repository, second, PATH, lines.slice(0, 5))).toEqual([
      second,
      second,
      first,
      first,
      null,
    ]);
    expect(await commitsOfLines(repository, second, 'not/there', lines)).toEqual(lines.map(() => null));
  });

  it('takes no notice of how git log is configured', async () => {
    const first = place.commit({ [PATH]: 'a\n' });
    const moved = place.commit({ [PATH]: null, other: 'a\n' });
    for (const setting of ['log.follow=true', 'log.showRoot=false', 'log.showSignature=true'])
      place.git('config', ...setting.split('='));
    const history = await fileHistory(await place.open(), moved, PATH);
    expect(history.map(({ commit, oid }) => [commit, oid === null])).toEqual([
      [first, false],
      [moved, true],
    ]);
    expect((await fileHistory(await place.open(), moved, 'other')).map(({ commit }) => commit)).toEqual([
      moved,
    ]);
  });
});

describe('the details of a commit', () => {
  let place: TestRepository;
  beforeEach(() => {
    place = createTestRepository();
  });
  afterEach(() => place.remove());

  it('are as the commit says, times in UTC', async () => {
    const commits = writeHistory(place.folder, [{ parents: [], lines: ['a'] }]);
    const details = await readCommitDetails(await place.open(), commits);
    expect([...details.values()]).toEqual([
      {
        commit: commits[0],
        author: 'Ann',
        mail: 'ann@example.com',
        authoredAt: '2026-01-09T23:06:40.000000+00:00',
        committedAt: '2026-01-09T23:06:40.000000+00:00',
        subject: 'subject',
      },
    ]);
  });

  it('name a commit that is missing', async () => {
    await expect(readCommitDetails(await place.open(), ['1'.repeat(40)])).rejects.toMatchObject({
      code: 'OBJECT_NOT_FOUND',
    });
  });
});
