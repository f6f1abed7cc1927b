import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseRawDiff } from '../../../src/git/hooks/raw-diff.js';
import { checkOutgoing } from '../../../src/hooks.js';
import { checkChanges } from '../../../src/hooks-check.js';
import { DAY_ONE, DAY_TWO, DECISION_PATH, decision, ledger, trade } from '../../projection/fixtures.js';
import { createTestRepository, type TestRepository } from '../../support/test-repository.js';

describe('what a commit or push would change', () => {
  let repository: TestRepository;
  beforeEach(() => {
    repository = createTestRepository();
  });
  afterEach(() => repository.remove());

  const check = async (from: string, to: string, bounds?: { artifacts: number; bytes: number }) => {
    const args = ['diff-tree', '-r', '--raw', '-z', '--no-renames', '--no-abbrev', from, to];
    return checkChanges(await repository.open(), parseRawDiff(repository.git(...args)), bounds);
  };

  it('holds against a change what is new in it, not what was wrong before', async () => {
    const before = repository.commit({ [DAY_ONE]: `broken\n${ledger(trade(1))}` });
    const after = repository.commit({ [DAY_ONE]: `broken\n${ledger(trade(1), trade(2))}also broken\n` });
    expect((await check(before, after)).findings).toMatchObject([
      { path: DAY_ONE, line: 4, code: 'INVALID_JSON' },
    ]);
    const repaired = repository.commit({ [DAY_ONE]: `broken\n${ledger(trade(1), trade(2), trade(3))}` });
    // A ledger only grows, even where the line that goes was never one.
    expect((await check(after, repaired)).findings).toMatchObject([{ line: 4, code: 'LEDGER_REWRITTEN' }]);
  });

  it('refuses a link in place of an artifact', async () => {
    const before = repository.commit({ 'target.md': decision() });
    const oid = repository.git('rev-parse', 'HEAD:target.md').trim();
    repository.git('update-index', '--add', '--cacheinfo', `120000,${oid},${DECISION_PATH}`);
    repository.git('commit', '--quiet', '-m', 'link');
    expect((await check(before, 'HEAD')).findings).toMatchObject([
      { path: DECISION_PATH, code: 'NOT_A_FILE' },
    ]);
  });

  it('is bounded: ledgers first, and says how many were not looked at', async () => {
    const before = repository.commit({ 'notes.txt': '' });
    const after = repository.commit({
      [DECISION_PATH]: decision(),
      [DAY_ONE]: 'broken\n',
      [DAY_TWO]: ledger(trade(9, { openedAt: '2026-01-15T10:00:00.000000+00:00' })),
    });
    expect(await check(before, after)).toMatchObject({ checked: 3, skipped: 0 });
    const two = await check(before, after, { artifacts: 2, bytes: 1_000_000 });
    expect(two).toMatchObject({ checked: 2, skipped: 1, findings: [{ path: DAY_ONE }] });
    expect(await check(before, after, { artifacts: 9, bytes: 1 })).toMatchObject({ checked: 1, skipped: 2 });
  });

  it('compares the two ends of a push, however long the history between them', async () => {
    const start = repository.commit({ [DAY_ONE]: ledger(trade(1)) });
    repository.commit({ [DAY_ONE]: ledger(trade(1), trade(2)) });
    const lost = repository.commit({ [DAY_ONE]: ledger(trade(1)) });
    const zero = '0'.repeat(40);
    const push = async (local: string, remote: string) =>
      (
        await checkOutgoing(
          repository.folder,
          `refs/heads/main ${local} refs/heads/main ${remote}\n`,
          'origin',
        )
      ).findings;
    expect(await push(lost, start)).toEqual([]);
    expect(await push(lost, repository.git('rev-parse', `${lost}~1`).trim())).toMatchObject([
      { code: 'LEDGER_REWRITTEN', line: 2 },
    ]);
    // The remote's end is not known here, or there is none yet: then against nothing, or what is known of the remote.
    expect(await push(lost, 'f'.repeat(40))).toEqual([]);
    repository.git('update-ref', 'refs/remotes/origin/main', `${lost}~1`);
    expect(await push(lost, zero)).toMatchObject([{ code: 'LEDGER_REWRITTEN' }]);
    expect(await push(zero, lost)).toEqual([]);
  });
});
