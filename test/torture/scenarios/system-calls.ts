import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { compiled, ended } from '../../git/support/children.js';
import { removeFolder } from '../../support/remove-folder.js';
import { copyFixture, type Fixture, makeFixture } from '../fixture.js';
import {
  addTally,
  emptyTally,
  isChosen,
  type Scenario,
  type Tally,
  type TortureContext,
} from '../scenario.js';
import { judgeWriter } from './judge.js';

/** Every system call with which a commit changes something; node itself makes many of the last two. */
const calls = [
  'mkdir',
  'rename',
  'link',
  'unlink',
  'fsync',
  'ftruncate',
  'pwrite64',
  'write',
  'openat',
] as const;
/** Past this many calls of one kind a commit is over. */
const mostCalls = 1000;

/** The process is killed at every system call that changes something, by strace: no code of ours takes part. */
export const systemCallKills: Scenario = {
  name: 'processes killed -9 at every system call (strace)',
  async run(context) {
    const tally = emptyTally();
    if (spawnSync('strace', ['-V']).status !== 0) return tally;
    const fixture = await makeFixture(join(context.dir, 'fixture'), 'loose');
    for (const call of calls) addTally(tally, await killAtEach(context, fixture, call));
    return tally;
  },
};

async function killAtEach(context: TortureContext, fixture: Fixture, call: string): Promise<Tally> {
  const tally = emptyTally();
  for (let number = 1; number <= mostCalls && performance.now() < context.deadline; number++) {
    if (!isChosen(context)) continue;
    const dir = join(context.dir, `${call}-${number}`);
    const tree = copyFixture(fixture, dir);
    const where = `killed at ${call} ${number}`;
    const trace = [
      '-f',
      '-qq',
      '-o',
      '/dev/null',
      '-e',
      `trace=${call}`,
      '-e',
      `inject=${call}:signal=SIGKILL:when=${number}`,
    ];
    const script = [compiled('git/support/writer.js'), tree, 'third', '1'];
    const child = await ended(spawn('strace', [...trace, process.execPath, ...script]));
    const killed = child.signal === 'SIGKILL' || child.code === 137;
    if (killed) {
      tally.faults++;
      await judgeWriter({ fixture, tree, output: child.stdout }, where, tally);
    }
    removeFolder(dir);
    if (!killed) return tally;
  }
  return tally;
}
