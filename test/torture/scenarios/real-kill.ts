import { join } from 'node:path';
import { runScript } from '../../git/support/children.js';
import { removeFolder } from '../../support/remove-folder.js';
import { copyFixture, type Kind, kinds, makeFixture } from '../fixture.js';
import {
  addTally,
  emptyTally,
  isChosen,
  type Scenario,
  type Tally,
  type TortureContext,
} from '../scenario.js';
import { judgeWriter } from './judge.js';

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
      await judgeWriter({ fixture, tree, output: child.stdout }, where, tally);
      removeFolder(join(context.dir, `${kind}-real-${call}-${moment}`));
    }
    if (!reached || call > 400 || performance.now() > context.deadline) return tally;
  }
}
