import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { acknowledged, ended, runScript } from '../../git/support/children.js';
import { ledger } from '../../git/support/committing.js';
import { git, gitEnvironment, initRepository, writeFiles } from '../../git/support/temporary.js';
import { checkSound, leftovers } from '../invariants.js';
import { emptyTally, type Scenario, type Tally } from '../scenario.js';

const writers = 8;
const commitsEach = 500;

/** Eight processes commit without pause, beside native `git commit`: every commit stays, every line is there once. */
export const manyWriters: Scenario = {
  name: `${writers} processes x ${commitsEach} commits beside native git`,
  run: ({ dir, share }) => runWriters(join(dir, 'writers'), Math.ceil(commitsEach * share)),
};

/** The same with fewer commits, for the tests. */
export async function runWriters(dir: string, commits: number): Promise<Tally> {
  const tally = emptyTally();
  initRepository(dir, { 'README.md': 'a\n', 'native.txt': 'start\n' });
  writeFiles(dir, { 'staged.txt': 'mine\n' });
  git(dir, 'add', 'staged.txt');
  let over = false;
  const native = commitNatively(dir, () => over);
  const numbers = Array.from({ length: writers }, (_, number) => number);
  const results = await Promise.all(
    numbers.map((number) => runScript('git/support/writer.js', [dir, `w${number}`, String(commits)])),
  );
  over = true;
  for (const { stderr } of results)
    if (stderr !== '') tally.broken.push(`a writer said ${stderr.slice(0, 300)}`);
  const acks = results.flatMap((result) => acknowledged(result.stdout));
  tally.acknowledged = acks.length;
  if (acks.length !== writers * commits)
    tally.broken.push(`${acks.length} of ${writers * commits} acknowledged`);
  checkWriters(dir, acks, await native, tally);
  return tally;
}

/** Commits its own file with native git, over and over; refused attempts are native git's way of waiting. */
async function commitNatively(dir: string, isOver: () => boolean): Promise<readonly string[]> {
  const done: string[] = [];
  for (let number = 0; !isOver() || done.length === 0; number++) {
    writeFiles(dir, { 'native.txt': `${number}\n` });
    const message = `native ${number}`;
    const args = ['commit', '-q', '--only', '-m', message, '--', 'native.txt'];
    const result = await ended(spawn('git', args, { cwd: dir, env: gitEnvironment() }));
    if (result.code === 0) done.push(message);
    await sleep(20);
  }
  return done;
}

function checkWriters(
  dir: string,
  acks: readonly { readonly line: string; readonly commit: string }[],
  native: readonly string[],
  tally: Tally,
): void {
  checkSound(dir, 'writers', tally);
  const lines = git(dir, 'show', `HEAD:${ledger}`).split('\n').sort();
  const wanted = acks.map((ack) => ack.line).sort();
  if (lines.join() !== wanted.join())
    tally.lost.push(`${lines.length} lines, ${new Set(lines).size} different, of ${wanted.length}`);
  const history = new Set(git(dir, 'rev-list', '--first-parent', 'HEAD').split('\n'));
  for (const { commit } of acks)
    if (!history.has(commit)) tally.lost.push(`commit ${commit} is not in history`);
  const subjects = new Set(git(dir, 'log', '--format=%s', '--author=una@').split('\n'));
  for (const message of native)
    if (!subjects.has(message)) tally.lost.push(`native commit ${message} is gone`);
  const expected = 1 + acks.length + native.length;
  if (history.size !== expected) tally.broken.push(`${history.size} commits, expected ${expected}`);
  const status = git(dir, 'status', '--porcelain', '--', '.moha', 'staged.txt');
  if (status !== 'A  staged.txt') tally.broken.push(`git status says ${JSON.stringify(status)}`);
  for (const left of leftovers(dir)) tally.broken.push(`${left} is left`);
}
