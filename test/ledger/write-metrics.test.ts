import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Context, recordCorrection, verify, writeMetrics } from '../../src/index.js';
import type { MetricsJobOptions } from '../../src/metrics-job.js';
import { DAY_ONE, DAY_TWO, DECISION_PATH, decision, LOSS, ledger, WIN } from '../projection/fixtures.js';
import { AWAY, openTestContext } from '../support/test-context.js';
import { createTestRepository, type TestRepository } from '../support/test-repository.js';

describe.each([
  ['by SQL', 'embedded', 'postgres'],
  ['by the fold', AWAY, 'git'],
])('metrics are written, %s', (_, databaseUrl, source) => {
  let repository: TestRepository;
  let context: Context;
  let now: string;
  beforeEach(async () => {
    repository = createTestRepository();
    repository.commit({
      [DECISION_PATH]: decision(),
      [DAY_ONE]: ledger(WIN),
      [DAY_TWO]: ledger(LOSS),
    });
    now = '2026-01-15T18:00:00Z';
    context = await openTestContext(repository, databaseUrl, () => new Date(now));
  });
  afterEach(async () => {
    await context.close();
    repository.remove();
  });
  const run = (options: Partial<MetricsJobOptions> = { all: true }) =>
    writeMetrics(context, { period: null, all: false, dryRun: false, wait: true, ...options });
  const labels = (report: Awaited<ReturnType<typeof run>>) => report.written.map(({ label }) => label).sort();
  const commits = () => Number(repository.git('rev-list', '--count', 'HEAD').trim());

  it('every period with trades, in one commit; and nothing the second time, whatever the hour', async () => {
    const report = await run();
    expect(report).toMatchObject({ source, unchanged: 0, warnings: [] });
    expect(labels(report)).toEqual([
      '2026-01',
      '2026-01-14',
      '2026-01-14T15',
      '2026-01-15',
      '2026-01-15T10',
      '2026-W03',
      'all_time',
    ]);
    expect(repository.git('log', '-1', '--format=%s').trim()).toBe(
      'metrics: 2 hour, 2 day, 1 week, 1 month, 1 all_time',
    );
    const week = report.written.find(({ label }) => label === '2026-W03')?.record;
    // 10.5 - 6.12 - 4 - 6.12; the week is not over.
    expect(week).toMatchObject({
      totalPnlUsd: '-5.74',
      highConfidenceWins: '1',
      detail: { asOf: '2026-01-15T18:00:00.000000+00:00' },
    });
    now = '2026-02-20T18:00:00Z';
    expect(await run()).toMatchObject({ written: [], unchanged: 7, commit: null });
    expect(commits()).toBe(2);
    if (source === 'postgres') expect((await verify(context)).errors).toBe(0);
  });

  it('a late correction rewrites the files that it changes, and no others', async () => {
    await run();
    await recordCorrection(context, {
      trade: 'moha/2',
      fields: ['realized_pnl_usd=-3'],
      withdraw: [],
      reason: 'late',
    });
    expect(labels(await run())).toEqual(['2026-01', '2026-01-15', '2026-01-15T10', '2026-W03', 'all_time']);
  });

  it('a trade that leaves a period leaves zeros there, never its old numbers', async () => {
    await run();
    const moved = { ...LOSS, revision: 2, closedAt: '2026-01-15T11:00:00.000000+00:00' };
    repository.commit({ [DAY_TWO]: ledger(LOSS, moved) });
    const report = await run();
    expect(labels(report)).toEqual([
      '2026-01',
      '2026-01-15',
      '2026-01-15T10',
      '2026-01-15T11',
      '2026-W03',
      'all_time',
    ]);
    expect(report.written.find(({ label }) => label === '2026-01-15T10')?.record).toMatchObject({
      totalTrades: '0',
      totalPnlUsd: '0',
      expectancyUsd: null,
    });
  });

  it('a dry run tells the same and writes nothing', async () => {
    const report = await run({ all: true, dryRun: true });
    expect([report.written.length, report.commit, commits()]).toEqual([7, null, 1]);
  });

  it('one period by its label, also an empty one that was asked for', async () => {
    expect(labels(await run({ period: 'week', date: '2026-W03' }))).toEqual(['2026-W03']);
    expect(labels(await run({ period: 'day', date: '2026-01-20' }))).toEqual(['2026-01-20']);
    expect(labels(await run({ date: '2026-01-14' }))).toEqual(['2026-01', '2026-01-14', 'all_time']);
    await expect(run({ date: 'yesterday' })).rejects.toMatchObject({ code: 'INPUT_INVALID' });
  });

  it('a file of other definitions is written anew, one that cannot be read too', async () => {
    await run();
    const file = '.moha/maven/metrics/day/2026-01-14.md';
    const text = repository.git('show', `HEAD:${file}`);
    repository.commit({
      [file]: text.replace('definitions_version: "2"', 'definitions_version: "0"'),
      '.moha/maven/metrics/day/2026-01-15.md': 'torn',
      '.moha/maven/metrics/week/2025-W60.md': 'of no week',
    });
    const report = await run();
    expect(report.written.map(({ label, because }) => [label, because]).sort()).toEqual([
      ['2026-01-14', 'definitions'],
      ['2026-01-15', 'unreadable'],
    ]);
    expect(report.warnings).toEqual([expect.stringContaining('2025-W60.md is named for no week')]);
  });
});
