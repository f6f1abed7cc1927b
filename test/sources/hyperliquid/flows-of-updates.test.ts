import { describe, expect, it } from 'vitest';
import { formatFlows, parseFlows } from '../../../parsers/flows.js';
import { flowsOfUpdates } from '../../../src/sources/hyperliquid/flows-of-updates.js';
import { type LedgerUpdate, ledgerUpdates } from '../../../src/sources/hyperliquid/ledger-schema.js';
import { validate } from '../../../src/sources/hyperliquid/validate.js';
import { ACCOUNT, fixture } from './support/fixture.js';

const OTHER = `0x${'2'.repeat(40)}`;
const VAULT = `0x${'3'.repeat(40)}`;
const RECORDED_AT = '2026-06-15T15:00:00.000000+00:00';

function updates(deltas: readonly object[], hash = `0x${'ab'.repeat(32)}`): readonly LedgerUpdate[] {
  return validate(
    JSON.stringify(deltas.map((delta) => ({ time: 1_781_533_200_123, hash, delta }))),
    ledgerUpdates,
  );
}

function flow(delta: object, account = ACCOUNT) {
  return flowsOfUpdates(updates([delta]), account, RECORDED_AT).flows[0];
}

const sent = { user: ACCOUNT, destination: OTHER };
const received = { user: OTHER, destination: ACCOUNT };
const within = { user: ACCOUNT, destination: ACCOUNT };
const hype = {
  token: 'HYPE',
  amount: '10.0',
  usdcValue: '401.25',
  fee: '0.0',
  nativeTokenFee: '0.0',
  nonce: 1,
  feeToken: '',
};

describe('each kind of update', () => {
  it.each<[string, object, string, string | null, string | null, string | null]>([
    ['deposit', { type: 'deposit', usdc: '20000.0' }, 'external', '20000.0', 'USDC', '20000.0'],
    [
      'withdrawal, with its fee',
      { type: 'withdraw', usdc: '1999.0', nonce: 1, fee: '1.0' },
      'external',
      '-2000.0',
      'USDC',
      '-2000.0',
    ],
    [
      'transfer in',
      { type: 'internalTransfer', usdc: '250.0', fee: '1.0', ...received },
      'external',
      '250.0',
      'USDC',
      '250.0',
    ],
    [
      'transfer out, with its fee',
      { type: 'internalTransfer', usdc: '250.0', fee: '1.0', ...sent },
      'external',
      '-251.0',
      'USDC',
      '-251.0',
    ],
    [
      'transfer between others',
      { type: 'internalTransfer', usdc: '250.0', fee: '1.0', user: OTHER, destination: VAULT },
      'unclassified',
      '250.0',
      'USDC',
      '250.0',
    ],
    [
      'to a sub-account',
      { type: 'subAccountTransfer', usdc: '5.0', ...sent },
      'external',
      '-5.0',
      'USDC',
      '-5.0',
    ],
    [
      'from a sub-account',
      { type: 'subAccountTransfer', usdc: '5.0', ...received },
      'external',
      '5.0',
      'USDC',
      '5.0',
    ],
    ['spot tokens out', { type: 'spotTransfer', ...hype, ...sent }, 'external', '-401.25', 'HYPE', '-10.0'],
    [
      'spot tokens out, fee in USDC',
      { type: 'spotTransfer', ...hype, fee: '1.0', feeToken: 'USDC', ...sent },
      'external',
      '-402.25',
      'HYPE',
      '-10.0',
    ],
    [
      'spot tokens out, fee in HYPE',
      { type: 'spotTransfer', ...hype, fee: '1.0', feeToken: 'HYPE', ...sent },
      'external',
      '-401.25',
      'HYPE',
      '-10.0',
    ],
    ['spot tokens in', { type: 'spotTransfer', ...hype, ...received }, 'external', '401.25', 'HYPE', '10.0'],
    [
      'sent to another',
      {
        type: 'send',
        ...hype,
        token: 'USDC',
        amount: '5.0',
        usdcValue: '5.0',
        sourceDex: '',
        destinationDex: 'spot',
        ...sent,
      },
      'external',
      '-5.0',
      'USDC',
      '-5.0',
    ],
    [
      'sent between own dexes',
      {
        type: 'send',
        ...hype,
        token: 'USDC',
        amount: '5.0',
        usdcValue: '5.0',
        sourceDex: '',
        destinationDex: 'xyz',
        ...within,
      },
      'internal',
      '5.0',
      'USDC',
      '5.0',
    ],
    [
      'perp to spot',
      { type: 'accountClassTransfer', usdc: '1500.0', toPerp: false },
      'internal',
      '1500.0',
      'USDC',
      '1500.0',
    ],
    [
      'into a vault',
      { type: 'vaultDeposit', vault: VAULT, usdc: '750.0' },
      'internal',
      '750.0',
      'USDC',
      '750.0',
    ],
    [
      'a vault made',
      { type: 'vaultCreate', vault: VAULT, usdc: '100.0', fee: '10.0' },
      'internal',
      '100.0',
      'USDC',
      '100.0',
    ],
    [
      'out of a vault',
      {
        type: 'vaultWithdraw',
        vault: VAULT,
        user: ACCOUNT,
        requestedUsd: '800',
        commission: '5',
        closingCost: '0',
        basis: '750',
        netWithdrawnUsd: '795.0',
      },
      'internal',
      '795.0',
      'USDC',
      '795.0',
    ],
    [
      'paid out by a vault',
      { type: 'vaultDistribution', vault: VAULT, usdc: '7.0' },
      'internal',
      '7.0',
      'USDC',
      '7.0',
    ],
    [
      'commission of a leader',
      { type: 'vaultLeaderCommission', user: ACCOUNT, usdc: '3.0' },
      'income',
      '3.0',
      'USDC',
      '3.0',
    ],
    [
      'rewards in USDC',
      { type: 'rewardsClaim', amount: '12.5', token: 'USDC' },
      'income',
      '12.5',
      'USDC',
      '12.5',
    ],
    [
      'rewards in a token',
      { type: 'rewardsClaim', amount: '12.5', token: 'HYPE' },
      'income',
      null,
      'HYPE',
      '12.5',
    ],
    [
      'an airdrop',
      { type: 'spotGenesis', amount: '1000.0', token: 'PURR' },
      'income',
      null,
      'PURR',
      '1000.0',
    ],
    [
      'lent',
      { type: 'borrowLend', token: 'USDC', operation: 'supply', amount: '9.0', interestAmount: '0.0' },
      'internal',
      '9.0',
      'USDC',
      '9.0',
    ],
    [
      'staked',
      { type: 'cStakingTransfer', token: 'HYPE', amount: '4.0', isDeposit: true },
      'external',
      null,
      'HYPE',
      '-4.0',
    ],
    [
      'unstaked',
      { type: 'cStakingTransfer', token: 'HYPE', amount: '4.0', isDeposit: false },
      'external',
      null,
      'HYPE',
      '4.0',
    ],
    [
      'a gas auction',
      { type: 'deployGasAuction', token: 'USDC', amount: '60.0' },
      'loss',
      '-60.0',
      'USDC',
      '-60.0',
    ],
    [
      'a dex switched on',
      { type: 'activateDexAbstraction', dex: 'xyz', token: 'USDC', amount: '5.0' },
      'internal',
      '5.0',
      'USDC',
      '5.0',
    ],
    [
      'a liquidation',
      {
        type: 'liquidation',
        liquidatedNtlPos: '5000',
        accountValue: '10',
        leverageType: 'Cross',
        liquidatedPositions: [],
      },
      'loss',
      null,
      null,
      null,
    ],
  ])('%s', (_name, delta, classification, amountUsd, asset, amountAsset) => {
    expect(flow(delta)).toMatchObject({ classification, amountUsd, asset, amountAsset });
  });

  it('for a vault itself, depositors come from outside', () => {
    expect(flow({ type: 'vaultDeposit', vault: VAULT, usdc: '750.0' }, VAULT)).toMatchObject({
      classification: 'external',
      amountUsd: '750.0',
    });
    const out = { type: 'vaultWithdraw', vault: VAULT, user: OTHER, netWithdrawnUsd: '795.0' };
    expect(flow(out, VAULT)).toMatchObject({ classification: 'external', amountUsd: '-795.0' });
  });
});

describe('the recorded ledger', () => {
  const read = validate(fixture('userNonFundingLedgerUpdates'), ledgerUpdates);
  const { flows, warnings } = flowsOfUpdates(read, ACCOUNT, RECORDED_AT);

  it('gives the flows that the exchange itself leaves out of its P&L', () => {
    expect(flows.map(({ classification, amountUsd }) => [classification, amountUsd])).toEqual([
      ['external', '20000.0'],
      ['internal', '1500.0'],
      ['external', '5000.0'],
      ['external', '-2000.0'],
      ['internal', '750.0'],
      ['external', '250.0'],
      ['external', '-401.25'],
    ]);
    expect(warnings).toEqual([]);
  });

  it('is a file of flows', () => {
    const june = flows.filter(({ occurredAt }) => occurredAt.startsWith('2026-06'));
    const parsed = parseFlows(formatFlows(june), '2026-06.jsonl');
    expect(parsed.problems).toEqual([]);
    expect(parsed.records.map(({ record }) => record)).toEqual(june);
    expect(june.at(-1)?.metadata).toContain('"usdcValue":"401.25"');
  });
});

describe('an unknown kind', () => {
  it('is kept, unclassified, with everything it said, and warned of once', () => {
    const { flows, warnings } = flowsOfUpdates(
      updates([
        { type: 'moonTransfer', amount: 1.5, to: { x: 9007199254740993n.toString() } },
        { type: 'moonTransfer' },
      ]),
      ACCOUNT,
      RECORDED_AT,
    );
    expect(flows[0]).toMatchObject({
      flowType: 'moonTransfer',
      classification: 'unclassified',
      amountUsd: null,
    });
    expect(flows[0]?.metadata).toContain('"amount":1.5');
    expect(warnings).toEqual([expect.stringContaining("2 updates of the unknown kind 'moonTransfer'")]);
  });

  it('may have a hostile name', () => {
    const { flows } = flowsOfUpdates(updates([{ type: 'a\u0000\u001b[2J\u202e' }]), ACCOUNT, RECORDED_AT);
    expect(() => formatFlows(flows)).not.toThrow();
  });
});

describe('the id of a flow', () => {
  const twins = [
    { type: 'deposit', usdc: '1.0' },
    { type: 'withdraw', usdc: '1.0', nonce: 1, fee: '0.0' },
    { type: 'deposit', usdc: '2.0' },
    { type: 'deposit', usdc: '1.0' },
  ];
  const idsOf = (deltas: readonly object[]) =>
    flowsOfUpdates(updates(deltas), ACCOUNT, RECORDED_AT).flows.map(
      ({ externalFlowId, amountUsd }) => `${externalFlowId} ${amountUsd}`,
    );

  it('is unique when one hash carries several deltas', () => {
    expect(new Set(idsOf(twins)).size).toBe(4);
  });

  it('does not depend on the order of the answer', () => {
    expect(idsOf(twins.toReversed()).sort()).toEqual(idsOf(twins).sort());
  });

  it('does not change when the exchange adds a field', () => {
    expect(idsOf(twins.map((delta) => ({ ...delta, chain: 'arbitrum' })))).toEqual(idsOf(twins));
  });

  it('tells apart what a hash of zeros does not', () => {
    const zeros = `0x${'0'.repeat(64)}`;
    const first = updates([{ type: 'deposit', usdc: '1.0' }], zeros);
    const later = first.map((update) => ({ ...update, time: update.time + 1 }));
    const ids = flowsOfUpdates([...first, ...later], ACCOUNT, RECORDED_AT).flows.map(
      (each) => each.externalFlowId,
    );
    expect(new Set(ids).size).toBe(2);
  });
});
