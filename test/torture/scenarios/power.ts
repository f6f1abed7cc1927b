import { join } from 'node:path';
import { commitOnDisk } from '../../../src/git/commit.js';
import { nodeDisk } from '../../../src/git/disk.js';
import { openRepository } from '../../../src/git/repository.js';
import { appending } from '../../git/support/committing.js';
import { removeFolder } from '../../support/remove-folder.js';
import { faultDisk, Killed } from '../fault-disk.js';
import { copyFixture, type Fixture, type Kind, kinds, makeFixture } from '../fixture.js';
import { checkAll, checkSound } from '../invariants.js';
import { type Loss, powerDisk } from '../power-disk.js';
import {
  addTally,
  emptyTally,
  isChosen,
  type Scenario,
  type Tally,
  type TortureContext,
} from '../scenario.js';
import { commitNext } from './next-command.js';

const losses: readonly Loss[] = ['contents', 'entries', 'some', 'some'];
/** Past the last change: the power goes right after the acknowledgement. */
const afterwards = 100_000;

/** The power goes at every change of the disk: everything that was not synced is lost. */
export const cutPowerEverywhere: Scenario = {
  name: 'power cut at every change, what was not synced is lost',
  async run(context) {
    const tally = emptyTally();
    for (const kind of kinds) addTally(tally, await cutAtAllCalls(context, kind, false));
    addTally(tally, await cutAtAllCalls(context, 'loose', true));
    return tally;
  },
};

async function cutAtAllCalls(context: TortureContext, kind: Kind, contested: boolean): Promise<Tally> {
  const tally = emptyTally();
  const name = contested ? `${kind}-contested` : kind;
  const fixture = await makeFixture(join(context.dir, `${name}-fixture`), kind);
  for (let call = 0; ; call++) {
    let reached = true;
    for (const [number, loss] of losses.entries()) {
      // The acknowledged one is always tried: call 0 stands for it.
      if (call > 0 && !isChosen(context)) continue;
      const dir = join(context.dir, `${name}-${call}-${number}`);
      const part = await cutOnce(context, fixture, dir, contested, call === 0 ? afterwards : call, loss);
      removeFolder(dir);
      reached = call === 0 || part.faults > 0;
      if (reached) addTally(tally, part);
    }
    if (!reached || call > 400 || performance.now() > context.deadline) return tally;
  }
}

async function cutOnce(
  context: TortureContext,
  fixture: Fixture,
  dir: string,
  contested: boolean,
  call: number,
  loss: Loss,
): Promise<Tally> {
  const tally = emptyTally();
  const tree = copyFixture(fixture, dir);
  const power = powerDisk(nodeDisk, join(dir, 'cache'));
  const killed = faultDisk(power.disk, { kind: 'kill', call, moment: 'after' });
  let commit: string | null = null;
  try {
    const repo = await openRepository(tree);
    commit = (await commitOnDisk(killed.disk, repo, appending('third'), contested ? 0 : 2))?.commit ?? null;
  } catch (error) {
    if (!isKilled(error)) throw error;
  }
  power.cutPower(loss, context.random);
  removeFolder(join(dir, 'cache'));
  tally.faults = killed.happened() || call === afterwards ? 1 : 0;
  const where = `${fixture.kind}${contested ? ' contested' : ''}, ${loss} lost, ${call === afterwards ? 'after the commit' : killed.describe()}`;
  if (fixture.kind !== 'unborn' || commit !== null) checkSound(tree, where, tally);
  const next = await commitNext(tree, 'fourth', where, tally);
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
    where,
    tally,
  );
  return tally;
}

function isKilled(error: unknown): boolean {
  return (
    error instanceof Killed || (error instanceof Error && error.cause !== undefined && isKilled(error.cause))
  );
}
