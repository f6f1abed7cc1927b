import { join } from 'node:path';
import { acknowledged, runScript } from '../../git/support/children.js';
import { removeFolder } from '../../support/remove-folder.js';
import { copyFixture, type Kind, kinds, makeFixture } from '../fixture.js';
import { checkAll, checkSound } from '../invariants.js';
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

/** Real processes end themselves with SIGKILL at every change of the disk (`MAVEN_CRASH_AT`); then the next command runs. */
export const realKills: Scenario = {
  name: 'processes killed -9 at every change of the disk',
  async run(context) {
    const tally = emptyTally();
    for (const kind of kinds) addTally(tally, await killAllCalls(context, kind));
    return tally;
  },
};

async function killAllCalls(context: TortureContext, kind: Kind): Promise<Tally> {
  const tally = emptyTally();
  const fixture = await makeFixture(join(context.dir, `${kind}-fixture`), kind);
  for (let call = 1; ; call++) {
    let reached = true;
    for (const moment of moments) {
      if (!isChosen(context)) continue;
      const tree = copyFixture(fixture, join(context.dir, `${kind}-real-${call}-${moment}`));
      const where = `${kind}, process killed ${moment} change ${call}`;
      const child = await runScript('git/support/writer.js', [tree, 'third', '1'], {
        MAVEN_CRASH_AT: `${call}:${moment}`,
      });
      reached = child.signal === 'SIGKILL';
      if (reached) tally.faults++;
      if (child.stderr !== '') tally.broken.push(`${where}: ${child.stderr.slice(0, 300)}`);
      const acks = acknowledged(child.stdout);
      if (kind !== 'unborn' || acks.length > 0) checkSound(tree, where, tally);
      const next = await commitNext(tree, 'fourth', where, tally);
      const lines = acks.map((ack) => ack.line);
      const commits = [...acks.map((ack) => ack.commit), ...(next === null ? [] : [next])];
      const known = [...fixture.lines, ...lines, ...(next === null ? [] : ['fourth'])];
      const attempted = ['third-0', 'fourth'];
      checkAll({ fixture, tree, acknowledged: known, attempted, staged: true, commits }, where, tally);
      removeFolder(join(context.dir, `${kind}-real-${call}-${moment}`));
    }
    if (!reached || call > 400 || performance.now() > context.deadline) return tally;
  }
}
