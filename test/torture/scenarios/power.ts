import { join } from 'node:path';
import { nodeDisk } from '../../../src/git/disk.js';
import { removeFolder } from '../../support/remove-folder.js';
import { faultDisk } from '../fault-disk.js';
import { copyFixture } from '../fixture.js';
import { type Loss, powerDisk } from '../power-disk.js';
import { emptyTally, type Scenario, type Tally, type TortureContext } from '../scenario.js';
import { commitUntilKilled, type FaultPoint, judgeThird, sweepFaults } from './fault-sweep.js';

const losses: readonly Loss[] = ['contents', 'entries', 'some', 'some'];
/** Past the last change: the power goes right after the acknowledgement. The sweep's call 0 stands for it. */
const afterwards = 100_000;

/** The power goes at every change of the disk: everything that was not synced is lost. */
export const cutPowerEverywhere: Scenario = {
  name: 'power cut at every change, what was not synced is lost',
  run: (context) =>
    sweepFaults(context, {
      variants: losses,
      firstCall: 0,
      mostCalls: 400,
      contestedKinds: ['loose'],
      tryPoint: (point) => cutOnce(context, point),
    }),
};

async function cutOnce(context: TortureContext, point: FaultPoint<Loss>): Promise<Tally | null> {
  const { fixture, dir, call, variant: loss } = point;
  const tally = { ...emptyTally(), faults: 1 };
  const tree = copyFixture(fixture, dir);
  const power = powerDisk(nodeDisk, join(dir, 'cache'));
  const killed = faultDisk(power.disk, {
    kind: 'kill',
    call: call === 0 ? afterwards : call,
    moment: 'after',
  });
  const commit = await commitUntilKilled(tree, killed, point);
  if (call > 0 && !killed.happened()) return null;
  power.cutPower(loss, context.random);
  removeFolder(join(dir, 'cache'));
  const when = call === 0 ? 'after the commit' : killed.describe();
  await judgeThird({ fixture, tree, commit }, `${point.name}, ${loss} lost, ${when}`, tally);
  return tally;
}
