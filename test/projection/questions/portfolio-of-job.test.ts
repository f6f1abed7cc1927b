import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseSnapshot } from '../../../parsers/snapshot.js';
import { type PnlAnswer, pnl } from '../../../src/projection/questions/pnl.js';
import { readPortfolioQuery, readWindows } from '../../../src/projection/questions/portfolio-query.js';
import { openHyperliquid } from '../../../src/sources/hyperliquid/open-hyperliquid.js';
import { type StandIn, startStandIn } from '../../../src/sources/hyperliquid/stand-in/start-stand-in.js';
import { playHour } from '../../ledger/snapshot/play-hours.js';
import { SIXTY_DAYS } from '../../ledger/snapshot/sixty-days-script.js';
import { ACCOUNT, playedClock } from '../../ledger/snapshot/snapshot-harness.js';
import { createTestRepository, type TestRepository } from '../../support/test-repository.js';
import { AWAY, asking } from './asking.js';

const START = Date.parse('2026-03-04T00:00:02.500Z');
const HOURS = 48;
/** In the hour after a deposit, the exchange did not tell the flows. */
const FLOWS_AWAY = 31;

describe('pnl of snapshots that the job has written', () => {
  let standIn: StandIn;
  let place: TestRepository;
  const files = new Map([['.moha/maven/identity.json', '{}\n']]);
  beforeAll(async () => {
    const clock = playedClock('2026-03-04T00:00:02.500Z');
    standIn = await startStandIn({ script: SIXTY_DAYS, clock: clock.read });
    const exchange = openHyperliquid({
      address: ACCOUNT,
      apiUrl: standIn.url,
      clock: clock.read,
      warn: () => undefined,
      sleep: clock.sleep,
      random: () => 0,
    });
    for (let hour = 0; hour < HOURS; hour += 1) {
      clock.ms = START + hour * 3_600_000;
      standIn.behave();
      if (hour === FLOWS_AWAY)
        standIn.misbehave({ kind: 'server_error' }, { call: 'userNonFundingLedgerUpdates' });
      await playHour(files, exchange, clock.read);
    }
    place = createTestRepository();
    place.commit(Object.fromEntries(files));
  });
  afterAll(async () => {
    await standIn.close();
    place.remove();
  });

  const ask = async (hour: number): Promise<PnlAnswer> => {
    const at = new Date(START + hour * 3_600_000 + 60_000).toISOString();
    const query = readPortfolioQuery({ at }, new Date(START + HOURS * 3_600_000));
    return pnl(asking(await place.open(), AWAY), query, readWindows(undefined));
  };

  it('shows its value and its return in percent, and counts the flows that it counted', async () => {
    const answer = await ask(HOURS - 1);
    const path = answer.snapshot?.artifact ?? '';
    const record = parseSnapshot(files.get(path) ?? '', path).records[0]?.record;
    const stated = JSON.parse(record?.metadata ?? '{}') as {
      readonly pnl_pct: Readonly<Record<string, { readonly value: string | null }>>;
    };
    const [day, week, , all] = answer.snapshot?.windows ?? [];
    expect(answer.snapshot?.as_of.slice(0, 13)).toBe('2026-03-05T23');
    for (const told of [day, all]) {
      const window = told?.window ?? 'all';
      expect(told?.value).toBe(record?.pnl[window].valueUsd);
      expect(told?.percent).toBe(stated.pnl_pct[window]?.value);
      expect(told?.percent).toMatch(/^-?\d+\.\d{6}$/);
    }
    expect(week).toMatchObject({
      value: null,
      percent: null,
      reason: 'no complete snapshot of this account within 6 h before the start of the window',
    });
    expect(answer.warnings).toEqual([]);
  });

  it('shows a snapshot without flows as partial, with the reason for each window', async () => {
    const answer = await ask(FLOWS_AWAY);
    expect(answer.snapshot?.quality).toBe('partial');
    for (const { value, reason } of answer.snapshot?.windows ?? []) {
      expect(value).toBeNull();
      expect(reason).not.toBeNull();
    }
    expect(answer.newest_complete?.windows[0]?.value).not.toBeNull();
    expect(answer.warnings.map(({ code }) => code)).toEqual(['PARTIAL']);
  });
});
