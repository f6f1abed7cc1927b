import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Context, listTrades, openContext, performance, winRate } from '../../../src/index.js';
import { createServerDatabase } from '../../support/databases.js';
import { createTestRepository, type TestRepository } from '../../support/test-repository.js';
import { DAY_ONE, LOSS, ledger, WIN } from '../fixtures.js';

// A Postgres in memory is started for git's answers: that takes its time on a busy machine.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

const LOSS_DAY = '.moha/maven/trades/2026/2026-01-15.jsonl';

describe('an answer over artifacts with faults', () => {
  let place: TestRepository;
  let server: Awaited<ReturnType<typeof createServerDatabase>>;
  let near: Context;
  let away: Context;
  let sound: string;
  beforeAll(async () => {
    place = createTestRepository();
    server = await createServerDatabase();
    const open = (url: string) =>
      openContext({
        repo: place.folder,
        env: { MAVEN_DATABASE_URL: url },
        clock: () => new Date('2026-02-01'),
      });
    near = await open(server.url);
    away = await open('postgres://127.0.0.1:1/none');
    sound = place.commit({ [DAY_ONE]: ledger(WIN), [LOSS_DAY]: ledger(LOSS) });
    // Twenty characters less: the loss is gone, and the win rate looks better.
    place.commit({ [LOSS_DAY]: `${ledger(LOSS).slice(0, 100)}${ledger(LOSS).slice(120)}` });
  });
  afterAll(async () => {
    await near.close();
    await away.close();
    await server.drop();
    place.remove();
  });

  const notice = `not complete: an error in the artifacts of this answer left something out, first at ${LOSS_DAY}:1`;

  it('says so, whichever way it was found', async () => {
    for (const ask of [winRate, performance, listTrades] as const) {
      expect((await ask(near, {})).notice).toContain(notice);
      const fromGit = (await ask(away, {})).notice;
      expect(fromGit).toContain('answered from git');
      expect(fromGit).toContain(notice);
    }
    expect((await winRate(near, { at: 'HEAD' })).notice).toContain(notice);
  });

  it('says nothing of a revision without faults', async () => {
    const before = await winRate(near, { at: sound });
    expect(before).toMatchObject({ notice: null, win_rate: { n: 2 } });
  });
});
