import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Context,
  decisions,
  openContext,
  performance,
  searchMemory,
  stats,
  winRate,
  writeMetrics,
} from '../../../src/index.js';
import { createTestRepository, type TestRepository } from '../../support/test-repository.js';
import { DAY_ONE, DECISION, DECISION_PATH, decision, ledger, trade } from '../fixtures.js';

const closed = (id: number, change: Parameters<typeof trade>[1] = {}) =>
  trade(id, {
    status: 'closed',
    realizedPnlUsd: '10',
    feesUsd: '1',
    openedAt: '2026-01-14T14:00:00.000000+00:00',
    closedAt: '2026-01-14T15:00:00.000000+00:00',
    ...change,
  });

describe('answers with evidence', () => {
  let repository: TestRepository;
  let context: Context;
  let first: string;
  beforeAll(async () => {
    repository = createTestRepository();
    first = repository.commit({
      [DAY_ONE]: ledger(
        closed(1, { decision: DECISION }),
        closed(2),
        closed(3, { realizedPnlUsd: '-5' }),
        closed(4, { asset: 'ETH', realizedPnlUsd: '0' }),
        trade(5),
      ),
      [DECISION_PATH]: decision('buy the dip'),
    });
    context = await openContext({
      repo: repository.folder,
      env: { MAVEN_GIT_AUTHOR: 'Test <test@example.com>' },
      clock: () => new Date('2026-01-15T00:00:00Z'),
    });
  });
  afterAll(async () => {
    await context.close();
    repository.remove();
  });

  it('answers win rate and performance from trades, then from the metrics file, then from the past', async () => {
    const counted = await winRate(context, { asset: 'btc' });
    expect(counted).toMatchObject({
      win_rate: {
        value: '66.6667',
        n: 3,
        basis: { kind: 'trades' },
        artifacts: { paths: [DAY_ONE], count: 1 },
      },
      outcomes: { winning: 2, losing: 1, breakeven: 0, net_pnl_usd: '12' },
      behind_by: 0,
    });
    expect((await performance(context)).evidence.basis.kind).toBe('trades');
    await writeMetrics(context, { period: null, all: true, dryRun: false, wait: true });
    expect(await winRate(context, { asset: 'btc' })).toMatchObject({
      win_rate: { value: '66.6667', basis: { kind: 'metrics' } },
    });
    const told = await performance(context);
    expect(told.evidence.basis).toMatchObject({ kind: 'metrics' });
    expect(told.numbers.win_rate_pct.value).toBe('50');
    expect(await winRate(context, { at: first })).toMatchObject({
      revision: first,
      source: 'git',
      behind_by: 1,
      win_rate: { value: '50', basis: { kind: 'trades' } },
    });
  });

  it('lists decisions, searches and counts', async () => {
    expect(await decisions(context, { asset: 'BTC' })).toMatchObject({
      total: 1,
      outcomes: { win: 1 },
      decisions: [{ decision: DECISION, outcome: 'win', net_pnl_usd: '9', trades: { ids: ['moha/1'] } }],
    });
    expect(await searchMemory(context, { text: 'dips' })).toMatchObject({
      total: 1,
      hits: [{ kind: 'decision' }],
    });
    expect(await stats(context)).toMatchObject({ counts: { trades: 5, open_trades: 1, decisions: 1 } });
  });
});
