import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recoverRepository } from '../../src/git/commit.js';
import { type CommitStep, commitSteps } from '../../src/git/crash-plan.js';
import { openRepository } from '../../src/git/repository.js';
import { copyFixture, type Fixture, type Kind, makeFixture } from '../torture/fixture.js';
import { checkAll, checkSound, leftovers } from '../torture/invariants.js';
import { emptyTally } from '../torture/scenario.js';
import { commitNext } from '../torture/scenarios/next-command.js';
import { acknowledged, runScript } from './support/children.js';
import { git, type TemporaryFolder, temporaryFolder } from './support/temporary.js';

/** Steps from which on the commit is on its branch. */
const landed: readonly CommitStep[] = ['ref-moved', 'unlocked', 'journal-removed'];
/** Steps from which on the next command completes it. */
const completed: readonly CommitStep[] = [
  'journal-written',
  'locked',
  'files-written',
  'index-written',
  'reflog-written',
  ...landed,
];

const triedKinds = ['loose', 'detached', 'unborn'] as const satisfies readonly Kind[];

let folder: TemporaryFolder;
const fixtures = new Map<Kind, Fixture>();
beforeAll(async () => {
  folder = temporaryFolder();
  for (const kind of triedKinds) fixtures.set(kind, await makeFixture(join(folder.dir, kind), kind));
});
afterAll(() => folder.remove());

function fixtureOf(kind: Kind): Fixture {
  const fixture = fixtures.get(kind);
  if (fixture === undefined) throw new Error(`no fixture ${kind}`);
  return fixture;
}

/** Lets a process be killed at a step; returns the working tree it leaves. */
async function killAt(fixture: Fixture, step: string): Promise<string> {
  const tree = copyFixture(fixture, join(folder.dir, randomBytes(6).toString('hex')));
  const child = await runScript('git/support/writer.js', [tree, 'third', '1'], { MAVEN_CRASH_AT: step });
  expect([child.signal, child.stderr], step).toEqual(['SIGKILL', '']);
  expect(acknowledged(child.stdout)).toEqual([]);
  return tree;
}

describe.each(triedKinds)('a process killed in a %s repository', (kind) => {
  it.each(commitSteps)('at the step %s: sound, and the next command recovers', async (step) => {
    const fixture = fixtureOf(kind);
    const tree = await killAt(fixture, step);
    const tally = emptyTally();
    if (kind !== 'unborn' || landed.includes(step)) checkSound(tree, step, tally);
    const next = await commitNext(tree, 'fourth', step, tally);
    const lines = completed.includes(step) ? ['third-0', 'fourth'] : ['fourth'];
    const commits = next === null ? [] : [next];
    const known = [...fixture.lines, ...lines];
    checkAll({ fixture, tree, acknowledged: known, attempted: [], staged: true, commits }, step, tally);
    expect([...tally.lost, ...tally.broken]).toEqual([]);
  });
});

it('a person who removes the stale locks and commits reverts nothing', async () => {
  const fixture = fixtureOf('loose');
  for (const step of ['locked', 'files-written', 'index-written', 'reflog-written', 'ref-moved'] as const) {
    const tree = await killAt(fixture, step);
    for (const name of ['index.lock', 'HEAD.lock', 'refs/heads/main.lock'])
      rmSync(join(tree, '.git', name), { force: true });
    git(tree, 'commit', '-q', '-m', 'person');
    const person = git(tree, 'rev-parse', 'HEAD');
    const tally = emptyTally();
    const next = await commitNext(tree, 'fourth', step, tally);
    const attempted = ['third-0'];
    const commits = [person, ...(next === null ? [] : [next])];
    checkAll(
      { fixture, tree, acknowledged: [...fixture.lines, 'fourth'], attempted, staged: false, commits },
      step,
      tally,
    );
    expect([...tally.lost, ...tally.broken]).toEqual([]);
  }
});

it('a reading command can recover as well', async () => {
  const fixture = fixtureOf('loose');
  const tree = await killAt(fixture, 'index-written');
  expect(leftovers(tree)).not.toEqual([]);
  const repo = await openRepository(tree);
  await recoverRepository(repo);
  expect(leftovers(tree)).toEqual([]);
  expect(git(tree, 'log', '-1', '--format=%s')).toBe('trades: third-0');
  const started = performance.now();
  await recoverRepository(repo);
  expect(performance.now() - started).toBeLessThan(200);
});

it('the n-th call can be chosen too, and its half', async () => {
  const fixture = fixtureOf('loose');
  for (const point of ['1', '3:half', '20:after']) await killAt(fixture, point);
  const tree = copyFixture(fixture, join(folder.dir, 'error'));
  const child = await runScript('git/support/writer.js', [tree, 'third', '1'], {
    MAVEN_CRASH_AT: '60:ENOSPC',
  });
  expect([child.code, child.stderr]).toEqual([1, expect.stringContaining('ENOSPC')]);
  expect(leftovers(tree)).toEqual([]);
});
