import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pnl } from '../../../src/projection/questions/pnl.js';
import {
  type PnlOptions,
  readPortfolioQuery,
  readWindows,
} from '../../../src/projection/questions/portfolio-query.js';
import { createTestRepository, type TestRepository } from '../../support/test-repository.js';
import { ACCOUNT, hour, OTHER_ACCOUNT } from '../snapshot-fixtures.js';
import { AWAY, asking } from './asking.js';
import { AWKWARD, ask, NOW } from './awkward-snapshots.js';

describe('which snapshot', () => {
  let place: TestRepository;
  beforeAll(() => {
    place = createTestRepository();
    place.commit(AWKWARD);
  });
  afterAll(() => place.remove());

  it('asks for the account where several have snapshots, and lists them', async () => {
    const repository = await place.open();
    await expect(ask.pnl(repository, AWAY, {})).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      message: `account: 3 accounts have snapshots: hyperliquid/${ACCOUNT}, hyperliquid/${OTHER_ACCOUNT}, paper/${OTHER_ACCOUNT}`,
      data: { accounts: [{ account: ACCOUNT, snapshots: 3, first_at: hour(0), newest_at: hour(4) }, {}, {}] },
    });
    await expect(ask.pnl(repository, AWAY, { account: OTHER_ACCOUNT })).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      data: { accounts: [{ feed: 'hyperliquid' }, { feed: 'paper' }] },
    });
    await expect(ask.pnl(repository, AWAY, { account: '0xbad' })).rejects.toMatchObject({
      code: 'RECORD_NOT_FOUND',
    });
    const account = `PAPER/${OTHER_ACCOUNT.toUpperCase()}`;
    expect(await ask.pnl(repository, AWAY, { account })).toMatchObject({ feed: 'paper', reason: null });
  });

  it('takes the latest at or before a time, and counts its age to that time', async () => {
    const repository = await place.open();
    const at = (time: string) => ask.pnl(repository, AWAY, { account: ACCOUNT, at: time });
    expect(await at(hour(3))).toMatchObject({
      asked_at: hour(3),
      snapshot: { as_of: hour(2), age_seconds: 3600 },
      newest_complete: null,
    });
    expect((await at(hour(4))).snapshot?.as_of).toBe(hour(4));
    const later = await at('2027-01-01');
    expect(later).toMatchObject({
      asked_at: '2026-01-16T00:30:00.250000+00:00',
      snapshot: { as_of: hour(4) },
    });
    expect(await at(hour(-1))).toMatchObject({
      snapshot: null,
      newest_complete: null,
      account: ACCOUNT,
      reason: `no snapshot of hyperliquid/${ACCOUNT} at or before ${hour(-1)}; the first is of ${hour(0)}`,
      warnings: [],
    });
  });

  it('says so where there is no snapshot at all', async () => {
    const empty = createTestRepository();
    try {
      empty.commit({ '.moha/maven/identity.json': '{}\n' });
      const nothing = {
        feed: null,
        account: null,
        reason: 'no portfolio snapshot is recorded yet',
        hint: 'take one with maven-git snapshot',
      };
      const repository = await empty.open();
      expect(await ask.pnl(repository, AWAY, {})).toMatchObject({ ...nothing, snapshot: null });
      expect(await ask.portfolio(repository, AWAY, { account: ACCOUNT })).toMatchObject(nothing);
      expect(await ask.equity(repository, AWAY, {})).toMatchObject({ ...nothing, points: [], from: null });
    } finally {
      empty.remove();
    }
  });

  it('warns of a snapshot from the future and of an old one, by the interval', async () => {
    const repository = await place.open();
    const codes = async (now: string, intervalSeconds: number) => {
      const query = readPortfolioQuery({ account: ACCOUNT, intervalSeconds }, new Date(now));
      const { warnings, snapshot: told } = await pnl(asking(repository, AWAY), query, ['24h']);
      return [told?.age_seconds, ...warnings.map(({ code }) => code)];
    };
    expect(await codes('2026-01-14T03:00:00Z', 3600)).toEqual([0, 'FUTURE', 'PARTIAL']);
    expect(await codes('2026-01-14T06:00:00Z', 3600)).toEqual([7200, 'PARTIAL']);
    expect(await codes('2026-01-14T06:00:01Z', 3600)).toEqual([7201, 'STALE', 'PARTIAL']);
    expect(await codes('2026-01-14T06:00:01Z', 7200)).toEqual([7201, 'PARTIAL']);
  });

  it.each([
    { window: '1h' },
    { at: 'noon' },
    { account: '' },
    { account: '\0' },
    { intervalSeconds: 0 },
    { intervalSeconds: 1.5 },
  ])('refuses %j and names the option', (options: PnlOptions) => {
    const [name = ''] = Object.keys(options);
    expect(() => {
      readWindows(options.window);
      readPortfolioQuery(options, NOW);
    }).toThrow(
      expect.objectContaining({
        code: 'INPUT_INVALID',
        message: expect.stringMatching(`^${name.replace('Seconds', '')}: expected`),
      }),
    );
  });
});
