import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { acknowledged, compiled, ended } from '../../git/support/children.js';
import { ledger } from '../../git/support/committing.js';
import { git, gitEnvironment, initRepository, writeFiles } from '../../git/support/temporary.js';
import { checkSound, leftovers } from '../invariants.js';
import type { Random } from '../random.js';
import { emptyTally, type Scenario, type Tally } from '../scenario.js';
import { commitNext } from './next-command.js';

const writers = 4;
/** Part of the remaining time that the crowd may take. */
const timeShare = 0.8;
const longestMs = 120_000;

/**
 * Several writers commit without pause beside native `git commit`, `git status` and `git gc`, and every moment one of
 * the writers is killed -9 and replaced.
 */
export const crowd: Scenario = {
  name: 'writers killed -9 at random, beside native commits and gc',
  async run(context) {
    const tally = emptyTally();
    const dir = initRepository(join(context.dir, 'crowd'), { 'README.md': 'a\n', 'native.txt': 'start\n' });
    writeFiles(dir, { 'staged.txt': 'mine\n' });
    git(dir, 'add', 'staged.txt');
    const until =
      performance.now() +
      Math.min(longestMs, (context.deadline - performance.now()) * timeShare * context.share);
    const isOver = (): boolean => performance.now() >= until;
    const acks: string[] = [];
    const native: string[] = [];
    await Promise.all([
      ...Array.from({ length: writers }, (_, number) =>
        writeAndDie(dir, `w${number}`, context.random, isOver, acks, tally),
      ),
      commitNatively(dir, isOver, native),
      maintain(dir, isOver),
    ]);
    const next = await commitNext(dir, 'last', 'crowd', tally);
    checkCrowd(dir, [...acks, ...(next === null ? [] : ['last'])], native, tally);
    tally.acknowledged += acks.length;
    return tally;
  },
};

/** Starts a writer, lets it commit for a while, kills it, and starts the next. */
async function writeAndDie(
  dir: string,
  name: string,
  random: Random,
  isOver: () => boolean,
  acks: string[],
  tally: Tally,
): Promise<void> {
  for (let life = 0; !isOver(); life++) {
    const args = [compiled('git/support/writer.js'), dir, `${name}.${life}`, '100000', '0', '5'];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const end = ended(child);
    await sleep(500 + random.below(2500));
    kill(child);
    const result = await end;
    tally.faults++;
    if (result.stderr !== '') tally.broken.push(`crowd: a writer said ${result.stderr.slice(0, 300)}`);
    acks.push(...acknowledged(result.stdout).map((ack) => ack.line));
  }
}

function kill(child: ChildProcess): void {
  child.kill('SIGKILL');
}

async function commitNatively(dir: string, isOver: () => boolean, done: string[]): Promise<void> {
  for (let number = 0; !isOver(); number++) {
    writeFiles(dir, { 'native.txt': `${number}\n` });
    const message = `native ${number}`;
    const args = ['commit', '-q', '--only', '-m', message, '--', 'native.txt'];
    const result = await ended(spawn('git', args, { cwd: dir, env: gitEnvironment() }));
    if (result.code === 0) done.push(message);
    await sleep(100);
  }
}

/** What a person's editor and git itself do on the side; refusals are theirs to bear. */
async function maintain(dir: string, isOver: () => boolean): Promise<void> {
  for (let number = 0; !isOver(); number++) {
    const args =
      number % 5 === 4 ? ['gc', '-q'] : number % 2 === 0 ? ['status', '--porcelain'] : ['pack-refs', '--all'];
    await ended(spawn('git', args, { cwd: dir, env: gitEnvironment() }));
    await sleep(150);
  }
}

function checkCrowd(dir: string, acks: readonly string[], native: readonly string[], tally: Tally): void {
  checkSound(dir, 'crowd', tally);
  const counts = new Map<string, number>();
  for (const line of git(dir, 'show', `HEAD:${ledger}`).split('\n'))
    counts.set(line, (counts.get(line) ?? 0) + 1);
  for (const line of acks) {
    if (counts.get(line) !== 1)
      tally.lost.push(`crowd: acknowledged ${line} is there ${counts.get(line) ?? 0} times`);
  }
  for (const [line, count] of counts)
    if (count > 1) tally.broken.push(`crowd: ${line} is there ${count} times`);
  const subjects = new Set(git(dir, 'log', '--format=%s', '--first-parent').split('\n'));
  for (const message of native)
    if (!subjects.has(message)) tally.lost.push(`crowd: native commit ${message} is gone`);
  if (git(dir, 'diff', '--cached', '--name-status') !== 'A\tstaged.txt')
    tally.broken.push('crowd: the staged file was touched');
  if (git(dir, 'status', '--porcelain', '--', '.moha') !== '')
    tally.broken.push('crowd: our paths are not clean');
  for (const left of leftovers(dir)) tally.broken.push(`crowd: ${left} is left`);
}
