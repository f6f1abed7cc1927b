import { describe, expect, it } from 'vitest';
import { formatFlows, parseFlows } from '../../../parsers/flows.js';
import { flowsOfUpdates } from '../../../src/sources/hyperliquid/flows-of-updates.js';
import { type LedgerUpdate, ledgerUpdates } from '../../../src/sources/hyperliquid/ledger-schema.js';
import { validate } from '../../../src/sources/hyperliquid/validate.js';
import { ACCOUNT, fixture } from './support/fixture.js';
import { FLOW_CASES, OTHER, VAULT } from './support/flow-cases.js';

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

describe('each kind of update', () => {
  it.each(FLOW_CASES)('%s', (_name, delta, classification, amountUsd, asset, amountAsset) => {
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
