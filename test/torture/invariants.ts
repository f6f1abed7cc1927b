import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ledger } from '../git/support/committing.js';
import { git } from '../git/support/temporary.js';
import type { Fixture } from './fixture.js';
import type { Tally } from './scenario.js';

/** What must hold of a repository after a fault and what followed it. */
export interface Expectation {
  readonly fixture: Fixture;
  readonly tree: string;
  /** Lines acknowledged in all: there, once. */
  readonly acknowledged: readonly string[];
  /** Lines that may be there or not: attempted, never acknowledged. */
  readonly attempted: readonly string[];
  /** Whether the person's staged file must still be staged; false when they committed it. */
  readonly staged: boolean;
  /** Commits besides the fixture's that must be in history. */
  readonly commits: readonly string[];
}

/** `git fsck` finds nothing. */
export function checkSound(tree: string, where: string, tally: Tally): void {
  attempt(tally, `${where}: git fsck`, () => {
    const complaints = git(tree, 'fsck', '--strict', '--no-dangling');
    if (complaints !== '') throw new Error(complaints);
  });
}

/** Everything that must hold once a next command has run. */
export function checkAll(expectation: Expectation, where: string, tally: Tally): void {
  const { fixture, tree } = expectation;
  checkSound(tree, where, tally);
  attempt(tally, `${where}: reading`, () => {
    checkLedger(expectation, where, tally);
    checkHistory(expectation, where, tally);
    const status = git(tree, 'status', '--porcelain', '--', '.moha', 'staged.txt');
    const wanted = expectation.staged ? 'A  staged.txt' : '';
    if (status !== wanted) tally.broken.push(`${where}: git status says ${JSON.stringify(status)}`);
    const untracked = git(tree, 'status', '--porcelain', '--untracked-files=all').includes(
      '?? untracked.txt',
    );
    if (!untracked) tally.broken.push(`${where}: the untracked file is gone`);
  });
  for (const left of leftovers(tree)) tally.broken.push(`${where}: ${left} is left`);
  if (fixture.kind === 'detached') {
    attempt(tally, `${where}: HEAD`, () => {
      if (git(tree, 'rev-parse', '--abbrev-ref', 'HEAD') !== 'HEAD') throw new Error('no longer detached');
    });
  }
}

/** Lock files, journals and temporary files that nobody needs any more. */
export function leftovers(tree: string): readonly string[] {
  const common = git(tree, 'rev-parse', '--path-format=absolute', '--git-common-dir');
  const own = git(tree, 'rev-parse', '--path-format=absolute', '--git-dir');
  const found: string[] = [];
  for (const dir of new Set([common, own])) {
    for (const name of readdirSync(dir)) if (name.endsWith('.lock')) found.push(join(dir, name));
  }
  for (const name of readdirSync(join(common, 'refs/heads'))) if (name.endsWith('.lock')) found.push(name);
  const maven = join(common, 'maven');
  for (const name of existsSync(maven) ? readdirSync(maven) : []) {
    if (name.startsWith('journal')) found.push(name);
  }
  const temporary = join(maven, 'tmp');
  found.push(...(existsSync(temporary) ? readdirSync(temporary) : []));
  return found;
}

/** Names the lines that are not where they must be. */
function checkLedger(expectation: Expectation, where: string, tally: Tally): void {
  const lines = ledgerAt(expectation.tree, 'HEAD');
  const counts = new Map<string, number>();
  for (const line of lines) counts.set(line, (counts.get(line) ?? 0) + 1);
  for (const line of expectation.acknowledged) {
    if (counts.get(line) !== 1)
      tally.lost.push(`${where}: acknowledged ${line} is there ${counts.get(line) ?? 0} times`);
  }
  for (const line of counts.keys()) {
    const known = expectation.acknowledged.includes(line) || expectation.attempted.includes(line);
    if (!known || (counts.get(line) ?? 0) > 1) tally.broken.push(`${where}: unexpected line ${line}`);
  }
  const file = join(expectation.tree, ledger);
  const working = existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];
  if (working.join() !== lines.join()) tally.broken.push(`${where}: the working file is ${working.join()}`);
}

/** No commit takes back a line that an earlier one had, and none is gone. */
function checkHistory(expectation: Expectation, where: string, tally: Tally): void {
  const history = git(expectation.tree, 'rev-list', '--first-parent', '--reverse', 'HEAD').split('\n');
  for (const commit of [...expectation.fixture.commits, ...expectation.commits]) {
    if (!history.includes(commit)) tally.lost.push(`${where}: commit ${commit} is not in history`);
  }
  let before: readonly string[] = [];
  for (const commit of history.slice(-4)) {
    const lines = ledgerAt(expectation.tree, commit);
    if (lines.slice(0, before.length).join() !== before.join())
      tally.lost.push(`${where}: ${commit} takes lines back`);
    before = lines;
  }
}

function ledgerAt(tree: string, commit: string): readonly string[] {
  if (git(tree, 'ls-tree', commit, '--', ledger) === '') return [];
  return git(tree, 'show', `${commit}:${ledger}`).split('\n').filter(Boolean);
}

function attempt(tally: Tally, what: string, act: () => void): void {
  try {
    act();
  } catch (error) {
    tally.broken.push(`${what}: ${error instanceof Error ? error.message.slice(0, 300) : String(error)}`);
  }
}
