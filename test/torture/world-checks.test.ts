import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  commitFiles,
  git,
  initRepository,
  type TemporaryFolder,
  temporaryFolder,
  writeFiles,
} from '../git/support/temporary.js';
import { ledger, trade } from '../projection/fixtures.js';
import { emptyTally, findingsOf, type Tally } from './scenario.js';
import { differencesFrom } from './upstream.js';
import { type Acknowledged, checkHistory, checkRepository } from './world-checks.js';

const LEDGER = '.moha/maven/trades/2026/2026-01-14.jsonl';
const decisionOf = (token: string) => ({ [`.moha/maven/decisions/${token}.md`]: `because ${token}\n` });

/** What finds nothing where nothing is wrong must find what is. */
describe('the checks of torture', () => {
  let temporary: TemporaryFolder;
  let folder: string;
  let acknowledged: readonly Acknowledged[];
  let tally: Tally;
  beforeEach(() => {
    temporary = temporaryFolder();
    folder = initRepository(join(temporary.dir, 'tree'), { [LEDGER]: 'one\ntwo\n' });
    const commit = commitFiles(folder, decisionOf('token-1'), 'decision');
    acknowledged = [{ commit, token: 'token-1' }];
    writeFiles(folder, { 'staged.txt': 'mine\n', 'untracked.txt': 'u\n' });
    git(folder, 'add', 'staged.txt');
    tally = emptyTally();
  });
  afterEach(() => temporary.remove());

  const history = (since: string | null = null): string =>
    checkHistory({ folder }, { acknowledged, since, where: 'here' }, tally);

  it('find nothing where nothing is wrong', () => {
    git(folder, 'commit', '-q', '-m', 'a person');
    const since = history();
    commitFiles(folder, { [LEDGER]: 'one\ntwo\nthree\n' }, 'one more line');
    history(since);
    expect(findingsOf(tally)).toEqual([]);
  });

  it('find a commit that is gone, and what it had said', () => {
    const since = history();
    git(folder, 'reset', '-q', '--hard', 'HEAD~1');
    commitFiles(folder, { 'other.txt': 'o\n' }, 'other');
    history(since);
    expect(tally.lost).toEqual([
      expect.stringMatching(/^here: commit [0-9a-f]{40} is not in history$/),
      expect.stringMatching(/, once HEAD, is not in history$/),
      'here: acknowledged token-1 is there 0 times',
    ]);
  });

  it('find a ledger line that was taken back or changed, and a write that was made twice', () => {
    const since = history();
    commitFiles(folder, { [LEDGER]: 'one\nTWO\n' }, 'a changed line');
    commitFiles(folder, { '.moha/maven/decisions/again.md': 'because token-1\n' }, 'twice');
    history(since);
    expect(tally.lost).toEqual([
      'here: acknowledged token-1 is there 2 times',
      expect.stringMatching(/takes 1 lines from \.moha\/maven\/trades/),
    ]);
    expect(tally.broken).toEqual(['here: token-1 is there 2 times']);
  });

  it('find damage, a lock that is left, and a person whose work was touched', () => {
    checkRepository({ folder }, 'before', tally);
    expect(findingsOf(tally)).toEqual([]);
    writeFileSync(join(folder, '.git/refs/heads/main.lock'), '');
    mkdirSync(join(folder, '.git/maven/tmp'), { recursive: true });
    writeFileSync(join(folder, '.git/maven/tmp/half'), '');
    git(folder, 'reset', '-q', '--', 'staged.txt');
    const blob = git(folder, 'rev-parse', `HEAD:${LEDGER}`);
    rmSync(join(folder, '.git/objects', blob.slice(0, 2), blob.slice(2)));
    checkRepository({ folder }, 'after', tally);
    expect(tally.broken).toEqual([
      expect.stringContaining('after: git fsck: '),
      expect.stringContaining('after: git status says '),
      'after: main.lock is left',
      'after: half is left',
    ]);
  });

  it('find a ledger that is not what upstream is', async () => {
    writeFiles(folder, { [LEDGER]: ledger(trade(1), trade(2)) });
    const rowOf = (id: string, status: string, pnl: string | null) => ({
      id,
      status,
      pnl,
      entry: '97250.40',
    });
    const upstream = (rows: readonly object[]) => ({ run: async () => ({ rows }) }) as never;
    expect(
      await differencesFrom(upstream([rowOf('1', 'open', null), rowOf('2', 'open', null)]), folder),
    ).toEqual([]);
    expect(
      await differencesFrom(upstream([rowOf('1', 'closed', '5'), rowOf('3', 'open', null)]), folder),
    ).toEqual(['trade 1 is open null, upstream closed 5', 'upstream row 3 is not in the ledger']);
    expect(await differencesFrom(upstream([rowOf('1', 'open', null)]), folder)).toEqual([
      'the ledger has 2 trades, upstream 1',
    ]);
  });
});
