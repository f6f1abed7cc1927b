import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { roundDecimal } from '../../../parsers/decimal-arithmetic.js';
import { PNL_WINDOWS, type PnlWindow, type SnapshotRecord } from '../../../parsers/snapshot.js';
import { loadConfig } from '../../../src/config.js';
import type { Database } from '../../../src/db/database.js';
import { openServerDatabase } from '../../../src/db/server-database.js';
import { sql } from '../../../src/db/sql.js';
import { wipeDatabase } from '../../../src/db/wipe.js';
import { resolveRevision } from '../../../src/git/revision.js';
import { listArtifacts } from '../../../src/git/tree.js';
import { checkSnapshots } from '../../../src/ledger/snapshot/check-snapshots.js';
import { takeSnapshot } from '../../../src/ledger/take-snapshot.js';
import { reconcile } from '../../../src/projection/reconcile.js';
import { openHyperliquid } from '../../../src/sources/hyperliquid/open-hyperliquid.js';
import { type StandIn, startStandIn } from '../../../src/sources/hyperliquid/stand-in/start-stand-in.js';
import { createServerDatabase } from '../../support/databases.js';
import { createHistoryRepository, type HistoryRepository } from '../../support/history-repository.js';
import { playHour } from './play-hours.js';
import { SIXTY_DAYS } from './sixty-days-script.js';
import { ACCOUNT, playedClock, snapshotIn } from './snapshot-harness.js';

const HOUR_MS = 3_600_000;
const START = Date.parse('2026-03-01T00:00:02.500Z');
const HOURS = 60 * 24;
/** The last day is committed for real, hour by hour. */
const REAL_HOURS = 24;

/** Nobody looked: a whole day, and two hours of another. */
const MISSING = /^2026-03-16T|^2026-03-20T0[56]/;
/** The ledger did not answer in the hour after a deposit; the vaults did not later on. */
const FLOWS_AWAY = '2026-03-05T07';
const VAULTS_AWAY = '2026-04-10T10';

/** All sixty days, played once. */
const clock = playedClock('2026-03-01T00:00:02.500Z');
let standIn: StandIn;
let repository: HistoryRepository;
const records = new Map<string, SnapshotRecord>();

beforeAll(async () => {
  standIn = await startStandIn({ script: SIXTY_DAYS, clock: clock.read });
  const open = { address: ACCOUNT, apiUrl: standIn.url, clock: clock.read, warn: () => undefined };
  const exchange = openHyperliquid({ ...open, sleep: clock.sleep, random: () => 0 });
  const files = new Map([['.moha/maven/identity.json', '{\n  "name": "Maven"\n}\n']]);
  for (let hour = 0; hour < HOURS - REAL_HOURS; hour += 1) {
    clock.ms = START + hour * HOUR_MS;
    const name = clock.read().toISOString();
    if (MISSING.test(name)) continue;
    standIn.behave();
    if (name.startsWith(FLOWS_AWAY))
      standIn.misbehave({ kind: 'server_error' }, { call: 'userNonFundingLedgerUpdates' });
    if (name.startsWith(VAULTS_AWAY))
      standIn.misbehave({ kind: 'bad_gateway' }, { call: 'userVaultEquities' });
    await playHour(files, exchange, clock.read);
  }
  repository = await createHistoryRepository([Object.fromEntries(files)]);
  execFileSync('git', ['reset', '--quiet', '--hard'], { cwd: repository.folder });
  for (let hour = HOURS - REAL_HOURS; hour < HOURS; hour += 1) {
    clock.ms = START + hour * HOUR_MS;
    const report = await takeSnapshot(
      {
        repository: repository.repository,
        config: loadConfig({}),
        author: { name: 'Test', email: 'test@example.com' },
        clock: clock.read,
        notice: () => undefined,
        fresh: exchange,
        cached: exchange,
        cachedMs: 0,
        sleep: clock.sleep,
      },
      { type: 'scheduled', intervalSeconds: 3600, dryRun: false },
    );
    expect(report.outcome).toBe('written');
  }
  const root = '.moha/maven/snapshots';
  for (const name of readdirSync(path.join(repository.folder, root), { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.json')) continue;
    const file = `${root}/${name.replaceAll(path.sep, '/')}`;
    records.set(file, snapshotIn(readFileSync(path.join(repository.folder, file), 'utf8'), file));
  }
});

afterAll(async () => {
  await standIn.close();
  repository.remove();
});

/** @param hour - `2026-03-05T12` */
function snapshotOf(hour: string): SnapshotRecord {
  const [month, name] = [hour.slice(0, 7).replace('-', '/'), hour.replaceAll('-', '')];
  const record = records.get(`.moha/maven/snapshots/${month}/snapshot_${name}0002Z.json`);
  if (record === undefined) throw new Error(`no snapshot of ${hour}`);
  return record;
}

type ByHand = readonly [hour: string, window: PnlWindow, expected: string | null, baseline?: string];

/**
 * P&L to the cent, worked out by hand from the table in `sixty-days-script.ts`: equity now - equity at the baseline -
 * external flows in between. `null` = there is none; a baseline that is not exactly the window's start is named.
 */
const BY_HAND: readonly ByHand[] = [
  // The first of all: nothing to count from.
  ['2026-03-01T00', '24h', null],
  ['2026-03-01T00', 'all', null],
  // 10000 - 0 - 10000: a deposit is no profit
  ['2026-03-01T01', 'all', '0.00', '2026-03-01T00'],
  ['2026-03-02T00', '24h', '0.00'],
  ['2026-03-02T00', '7d', null],
  ['2026-03-02T00', '30d', null],
  // 10150.25 - 10000 - 0
  ['2026-03-02T12', '24h', '150.25'],
  // 12650.75 - 10150.25 - 2500.50
  ['2026-03-05T12', '24h', '0.00'],
  // 12650.75 - 0 - (10000 + 2500.50)
  ['2026-03-05T12', 'all', '150.25', '2026-03-01T00'],
  // The flows could not be read, though the equity could: no number at all.
  ['2026-03-05T07', '24h', null],
  ['2026-03-05T07', 'all', null],
  // An hour later they are known: 12650.75 - 10150.25 - 2500.50
  ['2026-03-05T08', '24h', '0.00'],
  // A day later that partial snapshot is no baseline, the one before is: 12650.75 - 10150.25 - 2500.50
  ['2026-03-06T07', '24h', '0.00', '2026-03-05T06'],
  // 12330.65 - 12650.75 - 0
  ['2026-03-08T12', '24h', '-320.10'],
  // 12330.65 - 10000 - 2500.50
  ['2026-03-08T12', '7d', '-169.85'],
  // 3000 from perps to spot: 12330.65 - 12330.65 - 0
  ['2026-03-10T16', '24h', '0.00'],
  // Rewards are income, hence profit: 12371.05 - 12330.65 - 0
  ['2026-03-12T20', '24h', '40.40'],
  // 12371.05 - 12650.75 - 0
  ['2026-03-12T20', '7d', '-279.70'],
  // 12371.05 - 0 - 12500.50
  ['2026-03-12T20', 'all', '-129.45', '2026-03-01T00'],
  // 11371.05 - 12371.05 - (-1000)
  ['2026-03-14T12', '24h', '0.00'],
  // 11371.05 - 12650.75 - (-1000)
  ['2026-03-14T12', '7d', '-279.70'],
  // The day of outage is over: the last one before it is 25 h back. 12071.06 - 11371.05 - 200.01
  ['2026-03-17T00', '24h', '500.00', '2026-03-15T23'],
  // An hour later it is 26 h back: too far.
  ['2026-03-17T01', '24h', null],
  ['2026-03-17T12', '24h', null],
  // 12071.06 - 12330.65 - (-1000 + 200.01)
  ['2026-03-17T12', '7d', '540.40'],
  ['2026-03-18T00', '24h', '0.00'],
  // Two hours are missing: 60 minutes earlier will do, 120 will not.
  ['2026-03-21T05', '24h', '0.00', '2026-03-20T04'],
  ['2026-03-21T06', '24h', null],
  ['2026-03-21T07', '24h', '0.00'],
  // Exactly six hours before the start of the week: 12071.06 - 11371.05 - 200.01; one hour more is too far.
  ['2026-03-23T05', '7d', '500.00', '2026-03-15T23'],
  ['2026-03-23T06', '7d', null],
  // Into a vault and out of perps: nothing earned
  ['2026-03-24T12', '24h', '0.00'],
  // 12126.61 - 12071.06 - 0
  ['2026-03-28T00', '24h', '55.55'],
  // 8125.61 - 12126.61 - (-4001)
  ['2026-03-31T00', '24h', '0.00'],
  // 8125.61 - 12071.06 - (-4001)
  ['2026-03-31T00', '7d', '55.55'],
  // 8125.61 - 0 - (10000 + 2500.50 - 1000 + 200.01 - 4001)
  ['2026-03-31T00', '30d', '426.10'],
  ['2026-03-31T00', 'all', '426.10', '2026-03-01T00'],
  // A liquidation is a loss: 7874.86 - 8125.61 - 0
  ['2026-04-02T12', '24h', '-250.75'],
  // The deposit came a millisecond before midnight: 12874.86 - 7874.86 - 5000
  ['2026-04-06T00', '24h', '0.00'],
  // 12874.86 - 12126.61 - (-4001 + 5000)
  ['2026-04-06T00', '7d', '-250.75'],
  // The vaults did not answer: what the account is worth is not known.
  ['2026-04-10T10', '24h', null],
  ['2026-04-11T10', '24h', '0.00', '2026-04-10T09'],
  // 13458.193333 - 13208.193333 - 250
  ['2026-04-15T00', '24h', '0.00'],
  // 13458.193333 - 12874.86 - 250 = 333.333333
  ['2026-04-15T12', '7d', '333.33'],
  // 13458.193333 - 11371.05 - (200.01 - 4001 + 5000 + 250) = 638.133333, 13 h before the start
  ['2026-04-15T12', '30d', '638.13', '2026-03-15T23'],
  // 13458.193333 - 0 - (10000 + 2500.50 - 1000 + 200.01 - 4001 + 5000 + 250) = 508.683333
  ['2026-04-15T12', 'all', '508.68', '2026-03-01T00'],
  // 13473.193333 - 13458.193333
  ['2026-04-17T12', '24h', '15.00'],
  // 13000 - 13473.193333 - (-473.193333)
  ['2026-04-29T23', '24h', '0.00'],
  ['2026-04-29T23', '7d', '0.00'],
  // 13000 - 8125.61 - (5000 + 250 - 473.193333) = 97.583333
  ['2026-04-29T23', '30d', '97.58'],
  // 13000 - 0 - (12949.51 - 473.193333) = 523.683333
  ['2026-04-29T23', 'all', '523.68', '2026-03-01T00'],
];

const LENGTH_HOURS = { '24h': 24, '7d': 168, '30d': 720, all: 0 } as const;

describe('sixty days of hourly snapshots', () => {
  it('are all there, but for the hours when nobody looked', () => {
    expect(records.size).toBe(HOURS - 24 - 2);
    const partial = [...records.values()].filter(({ quality }) => quality.status === 'partial');
    expect(partial.map(({ snapshotAt, quality }) => [snapshotAt.slice(0, 13), ...quality.failed])).toEqual([
      ['2026-03-05T07', 'flows'],
      ['2026-04-10T10', 'vaults'],
    ]);
    expect(partial.map(({ totalValueUsd }) => totalValueUsd)).toEqual(['12650.75', null]);
    for (const { pnl } of partial)
      for (const window of PNL_WINDOWS) expect(pnl[window]).toMatchObject({ valueUsd: null, baseline: null });
  });

  const cases = BY_HAND.map(([hour, window, expected, baseline]) => ({ hour, window, expected, baseline }));
  it.each(cases)('$hour, $window: $expected', ({ hour, window, expected, baseline }) => {
    const { valueUsd, reason, ...evidence } = snapshotOf(hour).pnl[window];
    if (expected === null) {
      expect([valueUsd, evidence.baseline, evidence.windowSeconds]).toEqual([null, null, null]);
      expect(reason).toBeTruthy();
      return;
    }
    expect(valueUsd === null ? null : roundDecimal(valueUsd, 2)).toBe(expected);
    const from =
      baseline === undefined
        ? START + (hourNumber(hour) - LENGTH_HOURS[window]) * HOUR_MS
        : START + hourNumber(baseline) * HOUR_MS;
    expect(evidence.windowSeconds).toBe((START + hourNumber(hour) * HOUR_MS - from) / 1000);
    expect(records.get(evidence.baseline ?? '')?.snapshotAt).toBe(
      `${new Date(from).toISOString().slice(0, -1)}000+00:00`,
    );
  });

  it('tell returns in percent: profit over the money that was at work', () => {
    const pct = (hour: string): unknown => JSON.parse(snapshotOf(hour).metadata ?? '{}').pnl_pct;
    // 150.25 / 10000
    expect(pct('2026-03-02T12')).toMatchObject({ '24h': { value: '1.502500', reason: null } });
    // -169.85 / (10000 + 2500.50 x 279902.5 s / 604800 s) = -169.85 / 11157.235782... = -1.522330 %
    expect(pct('2026-03-08T12')).toMatchObject({ '7d': { value: '-1.522330', reason: null } });
    // There was nothing in the account before the first deposit, which came at 00:30: 0 / (0 + 10000 x 1802.5 / 3600)
    expect(pct('2026-03-01T01')).toMatchObject({ all: { value: '0.000000', reason: null } });
  });

  it('tell external flows without a gap: the hour after a failure makes up for it', () => {
    const told = [FLOWS_AWAY.replace('07', '06'), FLOWS_AWAY, FLOWS_AWAY.replace('07', '08')].map((hour) => {
      const { netUsd, count, since } = snapshotOf(hour).externalFlows;
      return [netUsd, count, since?.slice(11, 13)];
    });
    expect(told).toEqual([
      ['0', 0, '05'],
      [null, 0, '06'],
      ['2500.50', 1, '06'],
    ]);
  });
});

function hourNumber(hour: string): number {
  return (Date.parse(`${hour}:00:00Z`) - Date.parse('2026-03-01T00:00:00Z')) / HOUR_MS;
}

/**
 * The same arithmetic, from the tables alone: baselines by a join of snapshots, flows from what snapshots recorded. Flows
 * have no table; each snapshot tells those since the last one that could read them, so their sum over (t0, t1] is whole
 * when the newest snapshot knows its own.
 */
const IN_SQL = `
  with windows (name, length, tolerance) as (
    values ('24h', interval '24 hours', interval '90 minutes'),
           ('7d', interval '168 hours', interval '6 hours'),
           ('30d', interval '720 hours', interval '24 hours'),
           ('all', null, null))
  select now.git_path, w.name as window_name,
         case when now.external_flow_usd is not null
              then round(now.total_value_usd - base.total_value_usd - flows.usd, 2) end::text as counted,
         round(case w.name when '24h' then now.pnl_24h when '7d' then now.pnl_7d
                           when '30d' then now.pnl_30d else now.pnl_all_time end, 2)::text as stated
  from maven_portfolio_snapshots now
  cross join windows w
  left join lateral (
    select b.* from maven_portfolio_snapshots b
    where b.source = now.source and b.account = now.account and b.quality = 'complete'
      and b.snapshot_at < now.snapshot_at
      and (w.length is null or b.snapshot_at between now.snapshot_at - w.length - w.tolerance
                                                 and now.snapshot_at - w.length)
    order by case when w.length is null then b.snapshot_at end asc, b.snapshot_at desc
    limit 1) base on true
  left join lateral (
    select coalesce(sum(f.external_flow_usd), 0) as usd from maven_portfolio_snapshots f
    where f.source = now.source and f.account = now.account
      and f.snapshot_at > base.snapshot_at and f.snapshot_at <= now.snapshot_at) flows on true
  order by now.git_path, w.name`;

describe('sixty days, counted again', () => {
  it('all follow from snapshots and flows', async () => {
    const head = await resolveRevision(repository.repository);
    const artifacts = await listArtifacts(repository.repository, head?.artifactsTree ?? '');
    expect(await checkSnapshots({ repository: repository.repository }, artifacts)).toEqual([]);
  });
});

describe('sixty days, in SQL over the projection', () => {
  let created: Awaited<ReturnType<typeof createServerDatabase>>;
  let database: Database;
  beforeAll(async () => {
    created = await createServerDatabase();
    database = await openServerDatabase({ url: created.url }, 10_000);
  });
  afterAll(async () => {
    await database.close();
    await created.drop();
  });

  const answers = async (): Promise<readonly Record<string, string | null>[]> =>
    database.withSession(
      async ({ db }) => (await sql.raw<Record<string, string | null>>(IN_SQL).execute(db)).rows,
    );

  it('gives the P&L that the snapshots state, and again after a wipe', async () => {
    const dependencies = { repository: repository.repository };
    await reconcile({ ...dependencies, database });
    const before = await answers();
    expect(before).toHaveLength(records.size * 4);
    expect(before.filter(({ counted, stated }) => counted !== stated)).toEqual([]);
    expect(before.filter(({ stated }) => stated !== null && stated !== '0.00').length).toBeGreaterThan(2_000);
    for (const [hour, window, expected] of BY_HAND) {
      const row = before.find(
        ({ git_path: file, window_name: name }) =>
          name === window && file?.includes(`snapshot_${hour.replaceAll('-', '')}`),
      );
      expect([hour, window, row?.counted]).toEqual([hour, window, expected]);
    }
    await database.withSession((session) => wipeDatabase(session.db));
    await reconcile({ ...dependencies, database });
    expect(await answers()).toEqual(before);
  });
});
