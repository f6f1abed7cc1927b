import { afterEach, describe, expect, it } from 'vitest';
import { parseFlows } from '../../../parsers/flows.js';
import { PNL_WINDOWS } from '../../../parsers/snapshot.js';
import { sourceOfApi } from '../../../src/ledger/snapshot/source-name.js';
import type { StandInScript } from '../../../src/sources/hyperliquid/stand-in/script.js';
import {
  ACCOUNT,
  createSnapshotHarness,
  OTHER_ACCOUNT,
  type SnapshotHarness,
  SOURCE,
  snapshotIn,
} from './snapshot-harness.js';

const SCRIPT: StandInScript = {
  address: ACCOUNT,
  agents: [OTHER_ACCOUNT],
  moments: [
    { at: '2026-02-01T00:00:00Z', perp: { accountValue: '1000.5' }, spot: [{ coin: 'USDC', total: '200' }] },
    { at: '2026-03-01T10:30:00Z', perp: { accountValue: '1500.5' } },
  ],
  flows: [
    { at: '2026-02-01T00:00:00Z', delta: { type: 'deposit', usdc: '1200.5' } },
    { at: '2026-03-01T10:30:00Z', delta: { type: 'deposit', usdc: '500.0' } },
  ],
};

const LATE_EQUITY = { at: '2026-03-01T10:45:00Z', perp: { accountValue: '1507.5' } };

let here: SnapshotHarness;
afterEach(() => here.remove());

async function begin(
  changes: Partial<StandInScript> = {},
  time = '2026-03-01T10:00:02.500Z',
  aheadMs = 0,
): Promise<void> {
  here = await createSnapshotHarness({ ...SCRIPT, ...changes }, { time, aheadMs });
}

const at = (time: string): void => here.clock.set(`2026-03-01T${time}Z`);
const state = (): unknown =>
  JSON.parse(here.files('state').get(`.moha/maven/state/${SOURCE}.json`) ?? '{}').state;
const flowLines = (): readonly string[] =>
  [...here.files('flows').values()].flatMap((text) => text.split('\n').filter((line) => line !== ''));

describe('one commit', () => {
  it('holds snapshot, flows and state, and nothing else is ever needed to go on', async () => {
    await begin();
    const report = await here.take();
    expect(report).toMatchObject({ outcome: 'written', warnings: [] });
    const path = '.moha/maven/snapshots/2026/03/snapshot_20260301T100002Z.json';
    const shown = here.repository.git('show', '--name-only', '--format=%s%n%b', 'HEAD').split('\n');
    expect(shown.filter((line) => line !== '')).toEqual([
      'snapshot: scheduled 1200.5 USD, 1 new flow',
      'Maven-Job: snapshot',
      'Maven-Records: 2',
      '.moha/maven/flows/2026/2026-02.jsonl',
      path,
      `.moha/maven/state/${SOURCE}.json`,
    ]);
    expect(snapshotIn(here.files('snapshots').get(path) ?? '', path)).toMatchObject({
      source: SOURCE,
      account: ACCOUNT,
      snapshotType: 'scheduled',
      snapshotAt: '2026-03-01T10:00:02.500000+00:00',
      quality: { status: 'complete', failed: [] },
      totalValueUsd: '1200.5',
      externalFlows: { netUsd: '1200.5', count: 1, since: null },
    });
    expect(state()).toEqual({
      accounts: {
        [ACCOUNT]: {
          flows_until: '2026-03-01T10:00:02.500000+00:00',
          first_complete: path,
          snapshots_before: 0,
        },
      },
    });
    const [line = ''] = flowLines();
    expect(parseFlows(`${line}\n`, '2026-02.jsonl').problems).toEqual([]);
    expect(JSON.parse(line)).toMatchObject({
      source: SOURCE,
      external_flow_id: expect.stringMatching(
        new RegExp(`^${ACCOUNT}:0x0+1:1769904000000:deposit:[0-9a-f]{12}$`),
      ),
      classification: 'external',
      amount_usd: '1200.5',
      metadata: { account: ACCOUNT, delta: { type: 'deposit', usdc: '1200.5' } },
    });
  });

  it('writes a flow once, however often it is read', async () => {
    await begin();
    await here.take();
    for (const time of ['11:00:02.500', '12:00:02.500', '13:00:02.500']) {
      at(time);
      await here.take();
    }
    expect(flowLines()).toHaveLength(2);
    expect(here.commits()).toBe(1 + 4);
  });

  it('goes on from git when its state is lost or unreadable, and writes nothing twice', async () => {
    await begin();
    await here.take();
    here.repository.commit({ [`.moha/maven/state/${SOURCE}.json`]: null });
    at('11:00:02.500');
    const first = await here.written();
    expect(first.externalFlows).toEqual({
      netUsd: '500.0',
      count: 1,
      since: '2026-03-01T10:00:02.500000+00:00',
    });
    here.repository.commit({ [`.moha/maven/state/${SOURCE}.json`]: '{"v":1' });
    at('12:00:02.500');
    const second = await here.written();
    expect(here.notices).toContainEqual(
      expect.stringContaining('the state of hyperliquid@127.0.0.1 cannot be read'),
    );
    // 1700.5 - 1200.5 - 500.0
    expect(second.pnl.all.valueUsd).toBe('0.0');
    expect(second.externalFlows).toEqual({ netUsd: '0', count: 0, since: first.snapshotAt });
    expect(flowLines()).toHaveLength(2);
  });

  it('takes in a flow that the exchange tells late: the next windows count it, at its own time', async () => {
    const flows = [...(SCRIPT.flows ?? [])];
    await begin({ flows, moments: [...(SCRIPT.moments ?? []), LATE_EQUITY] });
    await here.take();
    at('11:00:02.500');
    const before = await here.written();
    // 1707.5 - 1200.5 - 500.0: nobody has told of the 7.0 yet
    expect(before.pnl.all.valueUsd).toBe('7.0');
    flows.push({ at: '2026-03-01T10:45:00Z', delta: { type: 'deposit', usdc: '7.0' } });
    at('12:00:02.500');
    const report = await here.take();
    expect(report.warnings).toEqual([
      expect.stringMatching(/^1 flow came late, the first of 2026-03-01T10:45:00/),
    ]);
    expect(flowLines()).toHaveLength(3);
    if (report.outcome !== 'written') throw new Error('expected a snapshot');
    expect(report.record.pnl.all.valueUsd).toBe('0.0');
    expect(report.record.externalFlows).toMatchObject({ netUsd: '0', count: 0 });
  });

  it('keeps what git has when the exchange tells a flow otherwise, and no P&L over it is known', async () => {
    const flows = [...(SCRIPT.flows ?? [])];
    await begin({ flows });
    await here.take();
    at('11:00:02.500');
    await here.take();
    flows[1] = { at: '2026-03-01T10:30:00Z', delta: { type: 'deposit', usdc: '501.0' } };
    for (const time of ['12:00:02.500', '13:00:02.500']) {
      at(time);
      const report = await here.take();
      expect(report.warnings).toEqual([expect.stringContaining('otherwise now; what git has stands')]);
      expect(report).toMatchObject({
        record: {
          pnl: {
            all: { valueUsd: null, reason: expect.stringContaining('tells otherwise now: deposit at') },
          },
        },
      });
    }
    expect(flowLines()).toHaveLength(3);
    // A person says what is right; it is settled, although the exchange goes on telling it otherwise.
    const { recordFlowCorrection } = await import('../../../src/ledger/record-flow-correction.js');
    const corrected = await recordFlowCorrection(await here.jobs(), {
      flow: `${'0'.repeat(63)}2:`,
      usd: '501',
      reason: 'a fee was told apart',
    });
    expect(corrected).toMatchObject({
      number: 1,
      settled: 1,
      changes: [{ field: 'amount_usd', old: '500.0', new: '501' }],
    });
    at('14:00:02.500');
    const settled = await here.take();
    // 1700.5 - 1200.5 - 501
    expect(settled).toMatchObject({ warnings: [], record: { pnl: { all: { valueUsd: '-1.0' } } } });
    here.clock.set('2026-03-03T14:00:02.500Z');
    expect((await here.written()).pnl.all.valueUsd).toBe('-1.0');
  });
});

describe('slots', () => {
  it('one scheduled snapshot a slot: the second run writes nothing, and asks nothing', async () => {
    await begin();
    const first = await here.take();
    const [commits, requests] = [here.commits(), here.standIn.requests.length];
    at('10:59:59.999');
    expect(await here.take()).toEqual({
      outcome: 'slot_taken',
      path: first.path,
      quality: { status: 'complete', failed: [] },
      slot: { startSeconds: 1772359200, endSeconds: 1772362800 },
      warnings: [],
      commit: null,
    });
    expect([here.commits(), here.standIn.requests.length]).toEqual([commits, requests]);
    at('11:00:00.000');
    expect((await here.take()).outcome).toBe('written');
  });

  it('a partial one gives way to a complete one, and to nothing less', async () => {
    await begin();
    here.standIn.misbehave({ kind: 'server_error' }, { call: 'userVaultEquities' });
    const first = await here.take();
    const commits = here.commits();
    at('10:20:00.000');
    expect(await here.take()).toMatchObject({
      outcome: 'slot_taken',
      path: first.path,
      quality: { status: 'partial', failed: ['vaults'] },
      warnings: [expect.stringMatching(/^vaults could not be read: /)],
    });
    expect(here.commits()).toBe(commits);
    here.standIn.behave();
    at('10:40:00.000');
    const second = await here.take();
    expect(second).toMatchObject({ outcome: 'written', record: { quality: { status: 'complete' } } });
    expect([...here.files('snapshots').keys()]).toEqual([first.path, second.path]);
    at('10:50:00.000');
    expect(await here.take()).toMatchObject({ outcome: 'slot_taken', path: second.path });
    // The complete one counts: it is what the next hour is counted from.
    at('11:00:02.500');
    expect((await here.written()).pnl.all.baseline).toBe(second.path);
  });

  it('a slot may be of any length, and is counted from 1970', async () => {
    await begin();
    const outcomes: string[] = [];
    for (const time of ['10:00:02.500', '10:06:59', '10:10:00', '10:13:59', '10:14:00']) {
      at(time);
      outcomes.push((await here.take({ intervalSeconds: 7 * 60 })).outcome);
    }
    // 1772359202 / 420 = 4219902.86: the next slots begin at 10:01, 10:08, 10:15.
    expect(outcomes).toEqual(['written', 'written', 'written', 'slot_taken', 'slot_taken']);
  });

  it('other types always write, and leave the slot to the scheduled one', async () => {
    await begin();
    for (const type of ['manual', 'decision', 'milestone', 'manual'] as const) {
      here.clock.ms += 1000;
      expect((await here.written({ type })).snapshotType).toBe(type);
    }
    expect((await here.take()).outcome).toBe('written');
    expect((await here.take()).outcome).toBe('slot_taken');
    expect(here.files('snapshots').size).toBe(5);
  });

  it('two in one second: nothing is overwritten, the second one is read a second later', async () => {
    await begin();
    const first = await here.written({ type: 'manual' });
    const second = await here.written({ type: 'decision' });
    expect([first.snapshotAt, second.snapshotAt]).toEqual([
      '2026-03-01T10:00:02.500000+00:00',
      '2026-03-01T10:00:03.500000+00:00',
    ]);
    expect(here.files('snapshots').size).toBe(2);
  });

  it('a clock that stands still ends in one error, with nothing overwritten', async () => {
    await begin();
    await here.take({ type: 'manual' });
    const commits = here.commits();
    const stuck = here.take({ type: 'manual', sleep: async () => undefined });
    await expect(stuck).rejects.toMatchObject({ code: 'COMMIT_CONFLICT' });
    expect(here.commits()).toBe(commits);
  });

  it('uses answers of the last minute when scheduled, and none when a moment is meant', async () => {
    await begin();
    await here.take({ dryRun: true });
    const requests = here.standIn.requests.length;
    here.clock.ms += 30_000;
    const scheduled = await here.written();
    expect(scheduled.snapshotAt).toBe('2026-03-01T10:00:02.500000+00:00');
    // Flows are asked for anew: they tell whether what is kept still fits together.
    const later = here.standIn.requests.slice(requests).map(({ type }) => type);
    expect(new Set(later)).toEqual(new Set(['userNonFundingLedgerUpdates']));
    const manual = await here.written({ type: 'manual' });
    expect(manual.snapshotAt).toBe('2026-03-01T10:00:32.500000+00:00');
  });

  it('does not take answers of the slot before for this slot', async () => {
    await begin({}, '2026-03-01T10:59:40.000Z');
    await here.take({ dryRun: true });
    at('11:00:01.000');
    expect((await here.written()).snapshotAt).toBe('2026-03-01T11:00:01.000000+00:00');
  });

  it('waits for the slot of the exchange, whose clock is two seconds behind', async () => {
    await begin({}, '2026-03-01T09:59:58.000Z', 2_500);
    expect((await here.written()).snapshotAt).toBe('2026-03-01T10:00:00.000000+00:00');
  });

  it('goes by the clock of the exchange where the two are far apart, and says so', async () => {
    await begin({}, '2026-03-01T09:30:00.000Z', 3_600_000);
    const report = await here.take();
    expect(report).toMatchObject({
      outcome: 'written',
      record: { snapshotAt: '2026-03-01T09:30:00.000000+00:00' },
      warnings: ["the clock of this machine is 3600 s ahead of the exchange's, which counts"],
    });
    expect((await here.take()).outcome).toBe('slot_taken');
  });

  it('refuses a moment that lies before what git knows', async () => {
    await begin();
    at('12:00:02.500');
    await here.take();
    const commits = here.commits();
    at('09:00:00.000');
    await expect(here.take({ type: 'manual' })).rejects.toMatchObject({
      code: 'UPSTREAM_INVALID',
      message: expect.stringContaining('flows are in git up to 2026-03-01T12:00:02.500000+00:00'),
    });
    expect(here.commits()).toBe(commits);
  });

  it('a dry run tells all and writes nothing', async () => {
    await begin();
    const commits = here.commits();
    const report = await here.take({ dryRun: true });
    expect(report).toMatchObject({ outcome: 'dry_run', commit: null, record: { totalValueUsd: '1200.5' } });
    expect(here.commits()).toBe(commits);
    expect(here.repository.git('status', '--porcelain')).toBe('');
    const written = await here.take();
    expect('text' in written && 'text' in report && written.text === report.text).toBe(true);
  });
});

describe('money that moves while the account is read', () => {
  const moving = [
    ...(SCRIPT.flows ?? []),
    { at: '2026-03-01T10:00:02.400Z', delta: { type: 'accountClassTransfer', usdc: '50.0', toPerp: true } },
  ];

  it('is read again, until the parts fit together', async () => {
    await begin({ flows: moving });
    const requests = (): number =>
      here.standIn.requests.filter(({ type }) => type === 'clearinghouseState').length;
    // The first reading may be of answers a minute old, the second is of this moment alone.
    expect((await here.written()).quality.status).toBe('complete');
    expect(requests()).toBe(2);
    await here.written({ type: 'manual' });
    expect(requests()).toBe(2 + 2);
  });

  it('and never stands still: then the value is not known', async () => {
    const restless = Array.from({ length: 120 }, (_, second) => ({
      at: new Date(Date.parse('2026-03-01T10:00:00.400Z') + second * 1000).toISOString(),
      delta: { type: 'accountClassTransfer', usdc: '50.0', toPerp: second % 2 === 0 },
    }));
    await begin({ flows: [...(SCRIPT.flows ?? []).slice(0, 1), ...restless] });
    // Each reading takes seconds, and a transfer falls into it every time.
    here.standIn.misbehave({ kind: 'server_error' }, { call: 'userVaultEquities' });
    const record = await here.written({ type: 'manual' });
    expect(here.standIn.requests.filter(({ type }) => type === 'clearinghouseState')).toHaveLength(4);
    expect(record.quality).toEqual({ status: 'partial', failed: ['moving', 'vaults'] });
    expect(record.totalValueUsd).toBeNull();
    for (const window of PNL_WINDOWS) expect(record.pnl[window].valueUsd).toBeNull();
  });
});

describe('what does not mix', () => {
  it('another account in the same repository has its own baselines, flows and watermark', async () => {
    const transfer = {
      at: '2026-03-01T10:10:00Z',
      hash: `0x${'ab'.repeat(32)}`,
      delta: {
        type: 'internalTransfer',
        usdc: '300.0',
        fee: '0.0',
        user: ACCOUNT,
        destination: OTHER_ACCOUNT,
      },
    };
    await begin({ agents: [], flows: [...(SCRIPT.flows ?? []).slice(0, 1), transfer] });
    await here.take();
    at('11:00:02.500');
    await here.take();
    await here.standIn.close();
    // The other side of the same transfer, by the same hash.
    const other = await createSnapshotHarness(
      {
        address: OTHER_ACCOUNT,
        moments: [{ at: '2026-03-01T10:10:00Z', perp: { accountValue: '300.0' } }],
        flows: [transfer],
      },
      { time: '2026-03-01T11:00:03.500Z' },
    );
    const { takeSnapshot } = await import('../../../src/ledger/take-snapshot.js');
    const exchange = other.exchange(OTHER_ACCOUNT);
    const report = await takeSnapshot(
      { ...(await here.jobs()), fresh: exchange, cached: exchange, cachedMs: 0, sleep: other.clock.sleep },
      { type: 'scheduled', intervalSeconds: 3600, dryRun: false },
    );
    await other.remove();
    expect(report).toMatchObject({
      outcome: 'written',
      record: {
        account: OTHER_ACCOUNT,
        externalFlows: { netUsd: '300.0', count: 1, since: null },
        pnl: { all: { valueUsd: null, reason: 'no complete snapshot of this account before this one' } },
      },
    });
    expect(flowLines()).toHaveLength(3);
    expect(Object.keys((state() as { accounts: object }).accounts)).toEqual([OTHER_ACCOUNT, ACCOUNT]);
  });

  it('names each exchange apart', async () => {
    await begin();
    expect(
      [
        'https://api.hyperliquid.xyz',
        'https://api.hyperliquid-testnet.xyz',
        'http://127.0.0.1:8080',
        'https://proxy.example.com/hl',
        'http://[::1]:9',
      ].map(sourceOfApi),
    ).toEqual([
      'hyperliquid',
      'hyperliquid-testnet',
      'hyperliquid@127.0.0.1',
      'hyperliquid@proxy.example.com',
      'hyperliquid@1',
    ]);
  });

  it('a branch that goes back while the account is read ends in one clear error, and nothing is written', async () => {
    await begin({}, '2026-02-20T08:00:02.500Z', 30_000);
    await here.take();
    const first = here.repository.git('rev-parse', 'HEAD').trim();
    at('10:00:02.500');
    await here.take();
    // Our clock says 11:00:10, the exchange is still in the hour before: it is asked four times.
    at('10:59:40');
    let waits = 0;
    const sleep = async (): Promise<void> => {
      waits += 1;
      if (waits < 2) return;
      const { ms } = here.clock;
      Object.defineProperty(here.clock, 'ms', {
        get: () => {
          here.repository.git('update-ref', 'refs/heads/main', first);
          return ms;
        },
      });
    };
    await expect(here.take({ sleep })).rejects.toMatchObject({
      code: 'COMMIT_CONFLICT',
      message: expect.stringContaining('the branch went back'),
      hint: expect.stringContaining('nothing was written'),
      data: { kind: 'rewound' },
    });
    expect(here.repository.git('rev-parse', 'HEAD').trim()).toBe(first);
  });

  it('an agent wallet is refused with the address to use', async () => {
    await begin();
    await expect(here.take({ address: OTHER_ACCOUNT })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      hint: expect.stringContaining(`HYPERLIQUID_ADDRESS=${ACCOUNT}`),
    });
    expect(here.commits()).toBe(1);
  });
});

describe('flows that nobody can count', () => {
  it.each([
    [{ type: 'somethingNew', usdc: '7.0' }, 'a flow of a kind or form that is not known: somethingNew at'],
  ])('%j makes the windows it falls into null', async (delta, reason) => {
    await begin({ flows: [...(SCRIPT.flows ?? []), { at: '2026-03-01T10:40:00Z', delta }] });
    await here.take();
    at('11:00:02.500');
    const record = await here.written();
    expect(record.quality.status).toBe('complete');
    expect(record.pnl.all).toMatchObject({ valueUsd: null, reason: expect.stringContaining(reason) });
    expect(record.externalFlows).toMatchObject({ netUsd: null, count: 2 });
    // A day later the window no longer holds it.
    here.clock.set('2026-03-02T11:00:02.500Z');
    expect((await here.written()).pnl['24h']).toMatchObject({ valueUsd: '0.0', reason: null });
  });

  it('a line of flows that cannot be read leaves the windows over its month null', async () => {
    await begin();
    await here.take();
    at('11:00:02.500');
    await here.take();
    const path = '.moha/maven/flows/2026/2026-03.jsonl';
    const text = here.files('flows').get(path) ?? '';
    here.repository.commit({ [path]: text.replace('"amount_usd":"500.0"', '"amount_usd":"5oo.0"') });
    at('12:00:02.500');
    const record = await here.written();
    expect(record.pnl.all).toMatchObject({
      valueUsd: null,
      reason: `${path} is not readable as a whole: INVALID_DECIMAL in line 1`,
    });
  });
});

describe('a token that had a price', () => {
  const hype = (total: string): NonNullable<StandInScript['moments'][number]['spot']> => [
    { coin: 'USDC', total: '200' },
    { coin: 'HYPE', total, mid: '25' },
  ];
  const loseMarket = (): void =>
    here.standIn.misbehave(
      { kind: 'replaced_field', path: 'universe', value: [{ tokens: [151, 0], name: '@108' }] },
      { call: 'spotMeta' },
    );

  it('and has no market now is not worth nothing: the value is not known, until it is gone', async () => {
    await begin({
      moments: [
        { at: '2026-02-01T00:00:00Z', perp: { accountValue: '1000.5' }, spot: hype('2') },
        { at: '2026-03-01T13:30:00Z', spot: hype('0') },
      ],
    });
    expect((await here.written()).totalValueUsd).toBe('1250.5');
    loseMarket();
    for (const time of ['11:00:02.500', '12:00:02.500']) {
      at(time);
      const report = await here.take();
      expect(report).toMatchObject({
        record: { quality: { status: 'partial', failed: ['price:HYPE'] }, totalValueUsd: null },
        warnings: [expect.stringMatching(/^HYPE had a price in dollars before and has no market now/)],
      });
    }
    at('14:00:02.500');
    expect(await here.written()).toMatchObject({ quality: { status: 'complete' }, totalValueUsd: '1200.5' });
  });

  it('and never had one is not counted, as before', async () => {
    await begin({
      moments: [{ at: '2026-02-01T00:00:00Z', perp: { accountValue: '1000.5' }, spot: hype('2') }],
    });
    loseMarket();
    for (const time of ['10:00:02.500', '11:00:02.500']) {
      at(time);
      const report = await here.take();
      expect(report).toMatchObject({
        record: { quality: { status: 'complete' }, totalValueUsd: '1200.5' },
        warnings: expect.arrayContaining(['tokens without a price in dollars are not counted: HYPE']),
      });
    }
  });
});

describe('what is staked', () => {
  it('is part of the value: staking is no loss and unstaking no profit', async () => {
    const hype = (total: string) => [{ coin: 'HYPE', total, mid: '25' }];
    const staked = { type: 'cStakingTransfer', token: 'HYPE', amount: '3.0', isDeposit: true };
    await begin({
      moments: [
        { at: '2026-02-01T00:00:00Z', perp: { accountValue: '1000' }, spot: hype('10') },
        { at: '2026-03-01T10:30:00Z', spot: hype('7'), staking: { delegated: '2', undelegated: '1' } },
        { at: '2026-03-01T11:30:00Z', staking: { delegated: '2.5', pending: '1' } },
      ],
      flows: [
        { at: '2026-02-01T00:00:00Z', delta: { type: 'deposit', usdc: '1250' } },
        { at: '2026-03-01T10:30:00Z', delta: staked },
      ],
    });
    await here.take();
    at('11:00:02.500');
    expect(await here.written()).toMatchObject({
      totalValueUsd: '1250.0',
      externalFlows: { netUsd: '0', count: 0 },
      pnl: { all: { valueUsd: '0.0' } },
    });
    at('12:00:02.500');
    // Half a HYPE of rewards
    expect((await here.written()).pnl.all.valueUsd).toBe('12.5');
  });
});

describe('the first complete snapshot', () => {
  it('is an older one that another clone has brought', async () => {
    await begin();
    await here.take();
    at('11:00:02.500');
    const first = await here.written();
    expect(first.pnl.all.baseline).toContain('T100002Z');
    const [[path = '', text = ''] = []] = here.files('snapshots');
    const older = path.replace('20260301T10', '20260301T08');
    here.repository.commit({
      [older]: text.replaceAll('2026-03-01T10:00:02.500000', '2026-03-01T08:00:02.500000'),
    });
    for (const time of ['12:00:02.500', '13:00:02.500']) {
      at(time);
      expect((await here.written()).pnl.all.baseline).toBe(older);
    }
  });
});

describe('a known kind of flow in another form', () => {
  it('stops no snapshot: it is kept as it came, and no P&L over it is known', async () => {
    const odd = { type: 'withdraw', usdc: 7, fee: '1.0' };
    await begin({ flows: [...(SCRIPT.flows ?? []), { at: '2026-03-01T10:40:00Z', delta: odd }] });
    await here.take();
    at('11:00:02.500');
    const report = await here.take();
    expect(report).toMatchObject({
      outcome: 'written',
      warnings: [
        'Hyperliquid ledger: withdraw at 2026-03-01T10:40:00.000000+00:00 has another form (usdc: expected a decimal as text), kept as unclassified',
        expect.stringMatching(
          /^nobody knows how the flow withdraw at 2026-03-01T10:40:00.000000\+00:00 counts: .* record flow-correction 0x/,
        ),
      ],
      record: {
        quality: { status: 'complete' },
        totalValueUsd: '1700.5',
        pnl: { all: { valueUsd: null, reason: expect.stringContaining('kind or form that is not known') } },
      },
    });
    expect(JSON.parse(flowLines().at(-1) ?? '')).toMatchObject({
      flow_type: 'withdraw',
      classification: 'unclassified',
      amount_usd: null,
      metadata: { account: ACCOUNT, delta: odd },
    });
  });
});

describe('reading history', () => {
  it('opens few files, however many there are', async () => {
    await begin();
    await here.take();
    const [text = ''] = here.files('snapshots').values();
    const many: Record<string, string> = {};
    for (let minute = 0; minute < 3_000; minute += 1) {
      const time = new Date(Date.parse('2026-01-10T00:00:00Z') + minute * 60_000).toISOString();
      const name = `${time.slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
      many[`.moha/maven/snapshots/2026/01/snapshot_${name}.json`] = text.replaceAll(
        '2026-03-01T10:00:02.500000+00:00',
        `${time.slice(0, 23)}000+00:00`,
      );
    }
    here.repository.commit(many);
    const { planSnapshot } = await import('../../../src/ledger/snapshot/plan-snapshot.js');
    const { readMoment } = await import('../../../src/ledger/snapshot/read-moment.js');
    const { withHeadTree } = await import('../../../src/git/read-head.js');
    at('11:00:02.500');
    const moment = await readMoment(here.exchange(), {
      source: SOURCE,
      flowsFrom: '2026-03-01T09:00:00.000000+00:00',
      clock: here.clock.read,
      recordedAt: () => '2026-03-01T11:00:03.000000+00:00',
      cachedMs: 0,
    });
    const opened: string[] = [];
    const plan = await withHeadTree(await here.repository.open(), (base) =>
      planSnapshot(
        {
          list: (prefix) => base.list(prefix),
          read: (file) => {
            opened.push(file);
            return base.read(file);
          },
        },
        moment,
        { type: 'manual', intervalSeconds: 3600, recordedAt: '2026-03-01T11:00:03.000000+00:00' },
      ),
    );
    // Older ones than the state knew have come: the first of them is what all is counted from.
    expect(plan).toMatchObject({
      kind: 'planned',
      record: { pnl: { all: { baseline: expect.stringContaining('snapshot_20260110T000000Z') } } },
    });
    expect(opened.filter((file) => file.includes('/snapshots/')).length).toBeLessThanOrEqual(4);
  });
});
