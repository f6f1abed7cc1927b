import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openRepository } from '../../../src/git/repository.js';
import type { DecisionHistory } from '../../../src/projection/questions/decision-history.js';
import { history } from '../../../src/projection/questions/history.js';
import type { TradeHistories } from '../../../src/projection/questions/trade-history.js';
import { removeFolder } from '../../support/remove-folder.js';
import { createTestRepository, type TestRepository } from '../../support/test-repository.js';
import { DAY_ONE, DAY_TWO, DECISION, DECISION_PATH, decision, ledger, trade } from '../fixtures.js';

const CLOSED = {
  revision: 2,
  recordedAt: '2026-01-14T16:00:00.000000+00:00',
  status: 'closed',
  positionAction: 'close',
  realizedPnlUsd: '120.50',
} as const;

describe('the history of a trade', () => {
  let place: TestRepository;
  beforeEach(() => {
    place = createTestRepository();
  });
  afterEach(() => place.remove());

  const ask = async (key: string, options: { readonly nativeGit?: boolean } = {}): Promise<TradeHistories> =>
    (await history(await openRepository(place.folder, options), key)) as TradeHistories;

  it('names for each revision its commit, its line and what changed', async () => {
    const opened = place.commit({ [DAY_ONE]: ledger(trade(1), trade(12)) });
    const closed = place.commit({ [DAY_ONE]: ledger(trade(1), trade(12), trade(1, CLOSED)) });
    place.commit({ [DAY_ONE]: ledger(trade(1), trade(12), trade(1, CLOSED), trade(3)) });
    for (const nativeGit of [true, false]) {
      const found = await ask('1', { nativeGit });
      expect(found).toMatchObject({ kind: 'trade', complete: true, unreadable: [] });
      expect(found.trades.map(({ id }) => id)).toEqual(['moha/1']);
      const [first, second, ...others] = found.trades[0]?.revisions ?? [];
      expect(others).toEqual([]);
      expect(first).toMatchObject({
        revision: 1,
        git_path: DAY_ONE,
        git_line: 1,
        commit: { commit: opened, author: 'Test', mail: 'test@example.com', or_before: false },
        changes: [],
        record: { entry_price: '97250.4', revision: '1', exit_price: null },
      });
      expect(second).toMatchObject({ revision: 2, git_line: 3, commit: { commit: closed } });
      expect(second?.changes).toEqual([
        { field: 'position_action', old: 'open', new: 'close' },
        { field: 'realized_pnl_usd', old: null, new: '120.50' },
        { field: 'status', old: 'open', new: 'closed' },
      ]);
    }
  });

  it('finds the commit on the branch that wrote the line, though a merge has moved it', async () => {
    place.commit({ [DAY_ONE]: ledger(trade(1)) });
    place.git('checkout', '-q', '-b', 'side');
    const onSide = place.commit({ [DAY_ONE]: ledger(trade(1), trade(2)) });
    place.git('checkout', '-q', 'main');
    const onMain = place.commit({ [DAY_ONE]: ledger(trade(1), trade(3)) });
    place.git('merge', '-q', '--no-commit', '--strategy=ours', 'side');
    const merge = place.commit({ [DAY_ONE]: ledger(trade(1), trade(3), trade(2), trade(4)) });
    expect(place.git('rev-list', '--count', 'HEAD').trim()).toBe('4');
    for (const [id, commit] of [
      ['2', onSide],
      ['3', onMain],
      ['4', merge],
    ])
      expect((await ask(id ?? '')).trades[0]?.revisions[0]?.commit?.commit).toBe(commit);
  });

  it('lists every trade of an id that occurs under several sources, and one of them by its whole name', async () => {
    place.commit({ [DAY_ONE]: ledger(trade(1)), [DAY_TWO]: ledger(trade(1, { source: 'moha@2' })) });
    expect((await ask('1')).trades.map(({ id }) => id)).toEqual(['moha/1', 'moha@2/1']);
    expect((await ask('moha@2/1')).trades.map(({ id }) => id)).toEqual(['moha@2/1']);
    expect((await ask('moha/1')).trades.map(({ id }) => id)).toEqual(['moha/1']);
  });

  it('finds ids with slashes and with characters that JSON escapes', async () => {
    place.commit({
      [DAY_ONE]: ledger(
        trade(1, { externalTradeId: 'a/b' }),
        trade(2, { externalTradeId: 'q"\\é' }),
      ).replaceAll('é', '\\u00e9'),
    });
    for (const key of ['a/b', 'moha/a/b', 'q"\\é', 'moha/q"\\é'])
      expect((await ask(key)).trades, key).toHaveLength(1);
  });

  it('sees one revision in a line that stands twice, and two in a number with two contents', async () => {
    const other = trade(1, { ...CLOSED, realizedPnlUsd: '7' });
    place.commit({ [DAY_ONE]: ledger(trade(1), trade(1), trade(1, CLOSED), other) });
    const [found] = (await ask('1')).trades;
    expect(found?.revisions.map(({ revision, git_line }) => [revision, git_line])).toEqual([
      [1, 1],
      [2, 3],
      [2, 4],
    ]);
  });

  it('does not show what is not committed', async () => {
    place.commit({ [DAY_ONE]: ledger(trade(1)) });
    const commit = place.commit({ [DAY_ONE]: ledger(trade(1), trade(2)) });
    place.git('reset', '-q', '--soft', 'HEAD~1');
    await expect(ask('2')).rejects.toMatchObject({ code: 'RECORD_NOT_FOUND' });
    place.git('reset', '-q', '--soft', commit);
    expect((await ask('2')).trades).toHaveLength(1);
  });

  it('says which trade there is not, and which line cannot be read', async () => {
    place.commit({ [DAY_ONE]: `${ledger(trade(1))}{"external_trade_id":"2"\n${ledger(trade(3))}` });
    await expect(ask('4')).rejects.toMatchObject({
      code: 'RECORD_NOT_FOUND',
      message: expect.stringContaining('no trade "4" in the ledger'),
    });
    await expect(ask('2')).rejects.toMatchObject({
      code: 'RECORD_NOT_FOUND',
      message: expect.stringContaining(`${DAY_ONE}:2`),
    });
    await expect(ask('moha/')).rejects.toMatchObject({ code: 'RECORD_NOT_FOUND' });
    await expect(ask('')).rejects.toMatchObject({ code: 'RECORD_NOT_FOUND' });
  });

  it('says in a shallow clone that older commits are not known', async () => {
    place.commit({ [DAY_ONE]: ledger(trade(1)) });
    place.commit({ [DAY_ONE]: ledger(trade(1), trade(2)) });
    const edge = place.commit({ 'README.md': 'x' });
    const head = place.commit({ [DAY_ONE]: ledger(trade(1), trade(2), trade(3)) });
    const folder = mkdtempSync(path.join(os.tmpdir(), 'maven-test-shallow-'));
    try {
      execFileSync('git', ['clone', '-q', '--depth', '2', `file://${place.folder}`, folder]);
      for (const nativeGit of [true, false]) {
        const repository = await openRepository(folder, { nativeGit });
        expect(await history(repository, '1')).toMatchObject({
          complete: false,
          trades: [{ revisions: [{ commit: { commit: edge, or_before: true } }] }],
        });
        expect(await history(repository, '3')).toMatchObject({
          complete: true,
          trades: [{ revisions: [{ commit: { commit: head, or_before: false } }] }],
        });
      }
    } finally {
      removeFolder(folder);
    }
  });
});

describe('the history of a decision', () => {
  let place: TestRepository;
  beforeEach(() => {
    place = createTestRepository();
  });
  afterEach(() => place.remove());

  it('names each commit that changed it, with its fields, and its end', async () => {
    const created = place.commit({ [DECISION_PATH]: decision('buy') });
    place.commit({ 'README.md': 'x' });
    const changed = place.commit({ [DECISION_PATH]: decision('sell') });
    const respelt = place.commit({ [DECISION_PATH]: decision('sell').replaceAll('\n', '\r\n') });
    const broken = place.commit({ [DECISION_PATH]: 'nothing of use\n' });
    const deleted = place.commit({ [DECISION_PATH]: null });
    for (const key of [DECISION, DECISION.slice(0, -3), DECISION_PATH, `decisions/${DECISION}`]) {
      const found = (await history(await place.open(), key)) as DecisionHistory;
      expect(found).toMatchObject({
        kind: 'decision',
        id: DECISION,
        git_path: DECISION_PATH,
        complete: true,
      });
      expect(found.changes.map(({ event, commit }) => [event, commit?.commit])).toEqual([
        ['created', created],
        ['changed', changed],
        ['changed', respelt],
        ['changed', broken],
        ['deleted', deleted],
      ]);
      expect(found.changes.map(({ changes }) => changes)).toEqual([
        [],
        [{ field: 'action', old: 'buy', new: 'sell' }],
        [],
        [],
        [],
      ]);
      expect(found.changes[3]).toMatchObject({ record: null, problem: expect.any(String) });
      expect(found.changes[0]).toMatchObject({
        record: { action: 'buy', confidence_pct: '82' },
        problem: null,
      });
    }
  });

  it('says which decision there never was', async () => {
    place.commit({ [DECISION_PATH]: decision() });
    await expect(history(await place.open(), 'decision_20200101_000000')).rejects.toMatchObject({
      code: 'RECORD_NOT_FOUND',
      message: expect.stringContaining('decisions/decision_20200101_000000.md'),
    });
  });
});
