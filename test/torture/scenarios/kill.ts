import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { commitOnDisk } from '../../../src/git/commit.js';
import { nodeDisk } from '../../../src/git/disk.js';
import { openRepository } from '../../../src/git/repository.js';
import { appending } from '../../git/support/committing.js';
import { git } from '../../git/support/temporary.js';
import { removeFolder } from '../../support/remove-folder.js';
import { type FaultDisk, faultDisk, Killed } from '../fault-disk.js';
import { copyFixture, type Fixture, type Kind, kinds, makeFixture } from '../fixture.js';
import { checkAll, checkSound, leftovers } from '../invariants.js';
import {
  addTally,
  emptyTally,
  isChosen,
  type Scenario,
  type Tally,
  type TortureContext,
} from '../scenario.js';
import { commitNext } from './next-command.js';

const moments = ['before', 'half', 'after'] as const;
const contestedKinds = ['loose', 'linked-worktree'] as const;

/** The process dies at every single change of the disk, in every kind of repository; then the next command runs. */
export const killEverywhere: Scenario = {
  name: 'killed at every change, then the next command',
  run: (context) => overAllKinds(context, killOnce),
};

/**
 * The same, but first a person loses patience: removes the stale locks, as git advises, and commits what they had staged.
 * Nothing that was acknowledged may be reverted by that commit.
 */
export const impatientPerson: Scenario = {
  name: 'killed at every change, then a person removes the locks and commits',
  run: (context) => overAllKinds(context, killThenPerson),
};

interface KillPoint {
  readonly fixture: Fixture;
  readonly dir: string;
  readonly killed: FaultDisk;
  readonly contested: boolean;
  readonly where: string;
}

type TryPoint = (point: KillPoint) => Promise<Tally>;

async function overAllKinds(context: TortureContext, tryPoint: TryPoint): Promise<Tally> {
  const tally = emptyTally();
  for (const kind of kinds) addTally(tally, await overAllCalls(context, kind, false, tryPoint));
  // A commit that takes the index first, as it does when others commit all the time.
  for (const kind of contestedKinds) addTally(tally, await overAllCalls(context, kind, true, tryPoint));
  return tally;
}

async function overAllCalls(
  context: TortureContext,
  kind: Kind,
  contested: boolean,
  tryPoint: TryPoint,
): Promise<Tally> {
  const tally = emptyTally();
  const name = contested ? `${kind}-contested` : kind;
  const fixture = await makeFixture(join(context.dir, `${name}-fixture`), kind);
  for (let call = 1; ; call++) {
    let reached = true;
    for (const moment of moments) {
      if (!isChosen(context)) continue;
      const dir = join(context.dir, `${name}-${call}-${moment}`);
      const killed = faultDisk(nodeDisk, { kind: 'kill', call, moment });
      const where = `${name}, call ${call} ${moment}`;
      const part = await tryPoint({ fixture, dir, killed, contested, where });
      removeFolder(dir);
      reached = killed.happened();
      if (reached) addTally(tally, part);
    }
    // More calls than any commit makes; or time is up.
    if (!reached || call > 400 || performance.now() > context.deadline) return tally;
  }
}

/** Commits until the fault; tells whether the commit was acknowledged all the same. */
async function commitUntilFault(tree: string, { killed, contested }: KillPoint): Promise<string | null> {
  try {
    const repo = await openRepository(tree);
    const result = await commitOnDisk(killed.disk, repo, appending('third'), contested ? 0 : 2);
    return result?.commit ?? null;
  } catch (error) {
    if (isKilled(error)) return null;
    throw error;
  }
}

function isKilled(error: unknown): boolean {
  return (
    error instanceof Killed || (error instanceof Error && error.cause !== undefined && isKilled(error.cause))
  );
}

async function killOnce(point: KillPoint): Promise<Tally> {
  const { fixture, dir, killed, where } = point;
  const tally = emptyTally();
  const tree = copyFixture(fixture, dir);
  const commit = await commitUntilFault(tree, point);
  tally.faults = 1;
  const place = `${where}, ${killed.describe()}`;
  if (fixture.kind !== 'unborn' || commit !== null) checkSound(tree, place, tally);
  const next = await commitNext(tree, 'fourth', place, tally);
  checkAll(
    {
      fixture,
      tree,
      acknowledged: [
        ...fixture.lines,
        ...(commit === null ? [] : ['third']),
        ...(next === null ? [] : ['fourth']),
      ],
      attempted: ['third', 'fourth'],
      staged: true,
      commits: [commit, next].filter((one) => one !== null),
    },
    place,
    tally,
  );
  return tally;
}

async function killThenPerson(point: KillPoint): Promise<Tally> {
  const { fixture, dir, killed, where } = point;
  const tally = emptyTally();
  const tree = copyFixture(fixture, dir);
  const commit = await commitUntilFault(tree, point);
  tally.faults = 1;
  const place = `${where}, person, ${killed.describe()}`;
  const common = git(tree, 'rev-parse', '--path-format=absolute', '--git-common-dir');
  for (const lock of leftovers(tree).filter((path) => path.endsWith('.lock'))) {
    // Only git's own: nobody looks for those in our folder.
    const path = lock.startsWith('/') ? lock : join(common, 'refs/heads', lock);
    rmSync(path, { force: true });
  }
  git(tree, 'commit', '-q', '-m', 'person');
  const person = git(tree, 'rev-parse', 'HEAD');
  const next = await commitNext(tree, 'fourth', place, tally);
  checkAll(
    {
      fixture,
      tree,
      acknowledged: [
        ...fixture.lines,
        ...(commit === null ? [] : ['third']),
        ...(next === null ? [] : ['fourth']),
      ],
      attempted: ['third', 'fourth'],
      staged: false,
      commits: [commit, person, next].filter((one) => one !== null),
    },
    place,
    tally,
  );
  return tally;
}
