import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MavenError } from '../../../src/errors.js';
import type { StandInFault } from '../../../src/sources/hyperliquid/stand-in/faults.js';
import type { StandInScript } from '../../../src/sources/hyperliquid/stand-in/script.js';
import { ACCOUNT, createSnapshotHarness, type SnapshotHarness } from './snapshot-harness.js';

const SCRIPT: StandInScript = {
  address: ACCOUNT,
  moments: [
    {
      at: '2026-02-01T00:00:00Z',
      perp: {
        accountValue: '1000.5',
        positions: [{ coin: 'BTC', size: '0.01', entryPrice: '90000', markPrice: '91000', leverage: 5 }],
      },
      dexs: { xyz: { accountValue: '50' } },
      spot: [
        { coin: 'USDC', total: '200' },
        { coin: 'HYPE', total: '2', mid: '40.5' },
      ],
      vaults: [{ vault: `0x${'b'.repeat(40)}`, equity: '10' }],
    },
  ],
  flows: [{ at: '2026-02-01T00:00:00Z', delta: { type: 'deposit', usdc: '1341.5' } }],
};

let here: SnapshotHarness;
beforeEach(async () => {
  here = await createSnapshotHarness(SCRIPT, { time: '2026-03-01T10:00:02.500Z' });
});
afterEach(() => here.remove());

const CALLS = [
  'clearinghouseState',
  'spotClearinghouseState',
  'userAbstraction',
  'userRole',
  'userVaultEquities',
  'userNonFundingLedgerUpdates',
  'perpDexs',
  'delegatorSummary',
  'spotMeta',
  'allMids',
] as const;

/** Answers that are none: no part of an account may be taken from them, nor passed over. */
const WRONG: readonly StandInFault[] = [
  { kind: 'html' },
  { kind: 'truncated' },
  { kind: 'empty' },
  { kind: 'wrong_type' },
  { kind: 'huge' },
  { kind: 'redirect', to: 'https://evil.example/info' },
];

/** Answers that do not come. */
const AWAY: readonly StandInFault[] = [
  { kind: 'too_many_requests', retryAfter: '3' },
  { kind: 'server_error' },
  { kind: 'bad_gateway' },
  { kind: 'refused' },
  { kind: 'hang' },
  { kind: 'cut_off' },
  { kind: 'reset' },
];

/** Fields that make the value of an account, of another form than they should have. */
const FIELDS: readonly (readonly [call: string, fault: StandInFault])[] = [
  ['clearinghouseState', { kind: 'missing_field', path: 'marginSummary.accountValue' }],
  ['clearinghouseState', { kind: 'replaced_field', path: 'marginSummary.accountValue', value: 1000.5 }],
  ['clearinghouseState', { kind: 'replaced_field', path: 'withdrawable', value: 'NaN' }],
  ['clearinghouseState', { kind: 'replaced_field', path: 'time', value: '2026' }],
  ['clearinghouseState', { kind: 'replaced_field', path: 'marginSummary.totalMarginUsed', value: null }],
  ['spotClearinghouseState', { kind: 'replaced_field', path: 'balances.0.total', value: 200 }],
  ['spotClearinghouseState', { kind: 'missing_field', path: 'balances' }],
  ['userNonFundingLedgerUpdates', { kind: 'replaced_field', path: '0.delta', value: '1341.5' }],
  ['userNonFundingLedgerUpdates', { kind: 'missing_field', path: '0.time' }],
  ['userVaultEquities', { kind: 'replaced_field', path: '0.equity', value: '' }],
  ['userAbstraction', { kind: 'wrong_type' }],
];

async function failure(): Promise<MavenError> {
  const outcome: unknown = await here.take().catch((error: unknown) => error);
  if (outcome instanceof MavenError) return outcome;
  throw new Error('expected an error');
}

async function expectNothingWritten(call: string): Promise<void> {
  const commits = here.commits();
  const error = await failure();
  expect(error.code).toMatch(/^UPSTREAM_/);
  expect(error.message).toContain(`Hyperliquid ${call}: `);
  expect(error.hint).not.toBe('');
  expect(here.commits()).toBe(commits);
  expect(here.repository.git('status', '--porcelain')).toBe('');
  here.standIn.behave();
  expect((await here.written()).totalValueUsd).toBe('1341.5');
}

describe('an answer of another form', () => {
  it.each(
    CALLS.flatMap((call) => WRONG.map((fault) => [call, fault] as const)).filter(
      (_, index) => index % 5 === 0,
    ),
  )('of %s, %j: one error, nothing written, and the next run is right', async (call, fault) => {
    here.standIn.misbehave(fault, { call });
    await expectNothingWritten(call);
  });

  it.each(FIELDS)('%s: %j', async (call, fault) => {
    here.standIn.misbehave(fault, { call });
    await expectNothingWritten(call);
  });
});

describe('no answer', () => {
  it.each(AWAY)('of the account itself, %j: one error, nothing written', async (fault) => {
    here.standIn.misbehave(fault, { call: 'clearinghouseState' });
    await expectNothingWritten('clearinghouseState');
  });

  it('over TLS, which is refused: one error, nothing written', async () => {
    const { takeSnapshot } = await import('../../../src/ledger/take-snapshot.js');
    const exchange = here.exchange(ACCOUNT, undefined, here.standIn.url.replace('http:', 'https:'));
    const commits = here.commits();
    const job = {
      ...(await here.jobs()),
      fresh: exchange,
      cached: exchange,
      cachedMs: 0,
      sleep: here.clock.sleep,
    };
    await expect(
      takeSnapshot(job, { type: 'manual', intervalSeconds: 3600, dryRun: false }),
    ).rejects.toMatchObject({
      code: 'UPSTREAM_UNREACHABLE',
      message: expect.stringMatching(/^Hyperliquid userRole: no trusted TLS connection/),
    });
    expect(here.commits()).toBe(commits);
    expect(here.repository.git('status', '--porcelain')).toBe('');
  });

  it.each(['userRole', 'userAbstraction'])('of %s, without which nothing can be counted', async (call) => {
    here.standIn.misbehave({ kind: 'server_error' }, { call });
    await expectNothingWritten(call);
  });

  it.each([
    ['spotClearinghouseState', ['spot']],
    ['perpDexs', ['perp_dexs']],
    ['userVaultEquities', ['vaults']],
    ['delegatorSummary', ['staking']],
    ['spotMeta', ['prices']],
    ['allMids', ['prices']],
    ['userNonFundingLedgerUpdates', ['flows']],
  ])('of %s: a partial snapshot, null where nothing is known and never zero', async (call, failed) => {
    here.standIn.misbehave({ kind: 'server_error' }, { call });
    const record = await here.written();
    expect(record.quality).toEqual({ status: 'partial', failed });
    const flowsOnly = failed[0] === 'flows';
    expect(record.totalValueUsd).toBe(flowsOnly ? '1341.5' : null);
    expect(record.externalFlows.netUsd).toBe(flowsOnly ? null : '1341.5');
    for (const { valueUsd, reason } of Object.values(record.pnl)) {
      expect(valueUsd).toBeNull();
      expect(reason).toMatch(flowsOnly ? /^the flows could not be read: / : /^the total value is not known$/);
    }
    const text = [...here.files('snapshots').values()].join('');
    expect(text).not.toMatch(/_usd": "-?0(\.0*)?"/);
    expect(JSON.parse(record.metadata ?? '{}')).toMatchObject({
      failures: [{ part: failed[0], message: expect.stringContaining(`Hyperliquid ${call}: status 500`) }],
    });
    // It is never a baseline.
    here.standIn.behave();
    here.clock.set('2026-03-01T11:00:02.500Z');
    expect((await here.written()).pnl.all.reason).toBe(
      'no complete snapshot of this account before this one',
    );
  });

  it('of the cross-check: a warning, and a complete snapshot', async () => {
    here.standIn.misbehave({ kind: 'wrong_type' }, { call: 'portfolio' });
    const report = await here.take();
    expect(report).toMatchObject({
      outcome: 'written',
      record: { quality: { status: 'complete' } },
      warnings: [
        expect.stringMatching(/^no cross-check with the exchange's own history: Hyperliquid portfolio/),
      ],
    });
  });

  it('for a while: tried again, and right', async () => {
    here.standIn.misbehave({ kind: 'too_many_requests', retryAfter: '2' }, { times: 4 });
    expect((await here.written()).quality.status).toBe('complete');
  });
});
