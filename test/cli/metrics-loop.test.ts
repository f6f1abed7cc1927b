import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { metricsRounds } from '../../src/cli/metrics-rounds.js';
import { MavenError } from '../../src/errors.js';
import { writeMetrics } from '../../src/index.js';
import { runLoop } from '../../src/loop.js';
import { DAY_ONE, DAY_TWO, ledger, trade } from '../projection/fixtures.js';
import { maven } from '../support/cli.js';
import { createServerDatabase } from '../support/databases.js';
import { startService } from '../support/service.js';
import { AWAY, openTestContext } from '../support/test-context.js';
import { createTestRepository, type TestRepository } from '../support/test-repository.js';

const ENDED = trade(1, {
  status: 'closed',
  realizedPnlUsd: '10.5',
  closedAt: '2026-01-14T15:30:00.000000+00:00',
});
const NEXT_DAY = trade(2, {
  status: 'closed',
  realizedPnlUsd: '-4',
  openedAt: '2026-01-15T09:00:00.000000+00:00',
  closedAt: '2026-01-15T10:30:00.000000+00:00',
});

describe('metrics --loop', () => {
  let repository: TestRepository;
  beforeEach(() => {
    repository = createTestRepository();
    repository.commit({ [DAY_ONE]: ledger(ENDED) });
  });
  afterEach(() => repository.remove());

  /** Goes round by a clock that moves only while the loop sleeps. @param before - what happens before a round. */
  async function goRound(
    only: Parameters<typeof metricsRounds>[0],
    start: string,
    rounds: number,
    before: (begun: string, round: number) => void,
    write: (due: string | null) => Promise<void>,
  ): Promise<readonly (readonly [begun: string, due: string | null])[]> {
    const controller = new AbortController();
    let nowMs = Date.parse(start);
    const clock = () => new Date(nowMs);
    const plan = metricsRounds(only);
    const seen: [string, string | null][] = [];
    await runLoop({
      intervalSeconds: plan.intervalSeconds,
      aligned: true,
      signal: controller.signal,
      clock,
      random: () => 0.5,
      sleep: async (milliseconds) => {
        nowMs += milliseconds;
      },
      run: async () => {
        const begun = clock();
        const due = plan.due(begun);
        seen.push([begun.toISOString().slice(0, 16), due]);
        if (seen.length >= rounds) controller.abort();
        before(begun.toISOString().slice(0, 16), seen.length);
        await write(due);
        plan.served(begun);
      },
      onFailure: () => undefined,
    });
    return seen;
  }
  const nothing = async () => undefined;

  it('begins with everything, writes hours every hour, the rest with the first round of a UTC day', async () => {
    const seen = await goRound(null, '2026-01-14T21:20:00Z', 6, () => undefined, nothing);
    expect(seen).toEqual([
      ['2026-01-14T21:20', null],
      ['2026-01-14T22:00', 'hour'],
      ['2026-01-14T23:00', 'hour'],
      ['2026-01-15T00:00', null],
      ['2026-01-15T01:00', 'hour'],
      ['2026-01-15T02:00', 'hour'],
    ]);
  });

  it('tries everything again where the first round of a day failed', async () => {
    const fails = async (round: number) => {
      if (round === 2) throw new MavenError('GIT_FAILED', 'no', { hint: 'wait' });
    };
    let round = 0;
    const seen = await goRound(
      null,
      '2026-01-14T23:20:00Z',
      4,
      (_, n) => {
        round = n;
      },
      () => fails(round),
    );
    expect(seen.map(([, due]) => due)).toEqual([null, null, null, 'hour']);
    expect(seen.map(([begun]) => begun).slice(1, 3)).toEqual(['2026-01-15T00:00', '2026-01-15T00:00']);
  });

  it('of one kind: hours every hour, all others every day', async () => {
    const hours = await goRound('hour', '2026-01-14T22:20:00Z', 3, () => undefined, nothing);
    expect(hours.at(-1)).toEqual(['2026-01-15T00:00', 'hour']);
    const weeks = await goRound('week', '2026-01-14T22:20:00Z', 3, () => undefined, nothing);
    expect(weeks).toEqual([
      ['2026-01-14T22:20', 'week'],
      ['2026-01-15T00:00', 'week'],
      ['2026-01-16T00:00', 'week'],
    ]);
  });

  it('writes in two days what changed, in one commit a round that has news', async () => {
    let now = '2026-01-14T16:20:00Z';
    const context = await openTestContext(repository, AWAY, () => new Date(now));
    await goRound(
      null,
      now,
      35,
      (begun) => {
        now = `${begun}:00Z`;
        if (begun === '2026-01-15T11:00') repository.commit({ [DAY_TWO]: ledger(NEXT_DAY) }, 'trades');
      },
      async (due) => {
        const period = due as Parameters<typeof metricsRounds>[0];
        await writeMetrics(context, { period, all: true, dryRun: false, wait: true });
      },
    );
    await context.close();
    expect(repository.git('log', '--reverse', '--format=%s').trim().split('\n')).toEqual([
      'test: change',
      'metrics: 1 hour, 1 day, 1 week, 1 month, 1 all_time',
      'trades',
      'metrics: 1 hour',
      'metrics: 1 day, 1 week, 1 month, 1 all_time',
    ]);
  });

  it('as a service: writes, is the only one, says a document a round, ends as asked', async () => {
    const database = await createServerDatabase();
    const options = { cwd: repository.folder, env: { MAVEN_DATABASE_URL: database.url } };
    const service = startService(['metrics', '--loop', '--json'], options);
    try {
      await service.said('5 files written, 0 unchanged');
      const second = await maven(['metrics', '--loop'], options);
      expect([second.exitCode, second.stderr]).toEqual([1, expect.stringContaining('metrics --loop')]);
      // A person may write once beside it.
      expect((await maven(['metrics', '--all', '--json'], options)).exitCode).toBe(0);
      expect(await service.end('SIGTERM')).toBe(0);
    } finally {
      service.end('SIGKILL');
      await database.drop();
    }
    expect(service.output()).toContain('ended as asked; what was committed stands');
    const documents = service.stdout().trim().split('\n');
    // The clock may strike meanwhile, and bring a round that has nothing to do.
    expect(documents.length).toBeGreaterThan(0);
    expect(JSON.parse(documents[0] ?? '')).toMatchObject({ source: 'postgres', unchanged: 0 });
    expect(repository.git('log', '-1', '--format=%s').trim()).toBe(
      'metrics: 1 hour, 1 day, 1 week, 1 month, 1 all_time',
    );
    expect(repository.git('status', '--porcelain')).toBe('');
  });
});
