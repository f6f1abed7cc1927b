import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { nodeDisk } from '../../../src/git/disk.js';
import { git } from '../../git/support/temporary.js';
import { type FaultDisk, faultDisk } from '../fault-disk.js';
import { copyFixture } from '../fixture.js';
import { leftovers } from '../invariants.js';
import { emptyTally, type Scenario, type Tally, type TortureContext } from '../scenario.js';
import { commitUntilKilled, type FaultPoint, judgeThird, sweepFaults } from './fault-sweep.js';

const moments = ['before', 'half', 'after'] as const;

type KillPoint = FaultPoint<(typeof moments)[number]>;

/** The process dies at every single change of the disk, in every kind of repository; then the next command runs. */
export const killEverywhere: Scenario = {
  name: 'killed at every change, then the next command',
  run: (context) => killAtAllChanges(context, killOnce),
};

/**
 * The same, but first a person loses patience: removes the stale locks, as git advises, and commits what they had staged.
 * Nothing that was acknowledged may be reverted by that commit.
 */
export const impatientPerson: Scenario = {
  name: 'killed at every change, then a person removes the locks and commits',
  run: (context) => killAtAllChanges(context, killThenPerson),
};

function killAtAllChanges(
  context: TortureContext,
  tryKilled: (point: KillPoint, killed: FaultDisk) => Promise<Tally>,
): Promise<Tally> {
  return sweepFaults(context, {
    variants: moments,
    firstCall: 1,
    mostCalls: 400,
    contestedKinds: ['loose', 'linked-worktree'],
    tryPoint: async (point) => {
      const { call, variant: moment } = point;
      const killed = faultDisk(nodeDisk, { kind: 'kill', call, moment });
      const tally = await tryKilled(point, killed);
      return killed.happened() ? tally : null;
    },
  });
}

async function killOnce(point: KillPoint, killed: FaultDisk): Promise<Tally> {
  const { fixture, dir } = point;
  const tally = { ...emptyTally(), faults: 1 };
  const tree = copyFixture(fixture, dir);
  const commit = await commitUntilKilled(tree, killed, point);
  await judgeThird({ fixture, tree, commit }, whereOf(point, killed), tally);
  return tally;
}

async function killThenPerson(point: KillPoint, killed: FaultDisk): Promise<Tally> {
  const { fixture, dir } = point;
  const tally = { ...emptyTally(), faults: 1 };
  const tree = copyFixture(fixture, dir);
  const commit = await commitUntilKilled(tree, killed, point);
  const common = git(tree, 'rev-parse', '--path-format=absolute', '--git-common-dir');
  for (const lock of leftovers(tree).filter((path) => path.endsWith('.lock'))) {
    // Only git's own: nobody looks for those in our folder.
    const path = lock.startsWith('/') ? lock : join(common, 'refs/heads', lock);
    rmSync(path, { force: true });
  }
  git(tree, 'commit', '-q', '-m', 'person');
  const person = git(tree, 'rev-parse', 'HEAD');
  const where = `${whereOf(point, killed)}, person`;
  await judgeThird({ fixture, tree, commit }, where, tally, { staged: false, commits: [person] });
  return tally;
}

function whereOf({ name, call, variant }: KillPoint, killed: FaultDisk): string {
  return `${name}, call ${call} ${variant}, ${killed.describe()}`;
}
