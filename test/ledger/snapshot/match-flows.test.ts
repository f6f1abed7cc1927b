import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FlowRecord } from '../../../parsers/flows.js';
import { flowsOfAccount } from '../../../src/ledger/snapshot/account-flows.js';
import { matchFlows } from '../../../src/ledger/snapshot/match-flows.js';
import { flowsOfUpdates } from '../../../src/sources/hyperliquid/flows-of-updates.js';
import { ledgerUpdates } from '../../../src/sources/hyperliquid/ledger-schema.js';
import { validate } from '../../../src/sources/hyperliquid/validate.js';
import { ACCOUNT, OTHER_ACCOUNT } from './snapshot-harness.js';

const HASH = `0x${'ab'.repeat(32)}`;
const MS = 1_781_533_200_123;
const KEY = { source: 'hyperliquid', account: ACCOUNT };
const ASKED = { ...KEY, from: null, to: '2026-12-31T00:00:00.000000+00:00' };

interface Update {
  readonly delta: object;
  readonly hash?: string;
  readonly time?: number;
}

/** The flows that an answer of the exchange makes. */
function told(...updates: readonly (Update | object)[]): readonly FlowRecord[] {
  const body = updates.map((update) => ({
    time: MS,
    hash: HASH,
    ...('delta' in update ? update : { delta: update }),
  }));
  const read = validate(JSON.stringify(body), ledgerUpdates);
  return flowsOfAccount(flowsOfUpdates(read, ACCOUNT, '2026-06-15T15:00:00.000000+00:00').flows, KEY);
}

/** Records answers one after the other, as runs do. */
function recorded(...answers: readonly (readonly FlowRecord[])[]): readonly FlowRecord[] {
  const git: FlowRecord[] = [];
  for (const answer of answers) {
    const { fresh, disputes } = matchFlows(answer, git, ASKED);
    git.push(...fresh, ...disputes);
  }
  return git;
}

const ids = (flows: readonly FlowRecord[]): readonly string[] =>
  flows.map(({ externalFlowId }) => externalFlowId);

const one = { type: 'deposit', usdc: '1.0' };
const two = { type: 'deposit', usdc: '2.0' };

describe('twins of one transaction', () => {
  it('a late twin, smaller or greater, shifts no id', () => {
    const first = recorded(told(two));
    expect(recorded(told(two), told(one, two))).toEqual([...first, ...told(one)]);
    expect(recorded(told(one), told(one, two), told(two, one))).toEqual([...told(one), ...told(two)]);
  });

  it('equal to the byte are counted up', () => {
    const git = recorded(told(one), told(one, one), told(one, one, one), told(one, one));
    expect(git).toHaveLength(3);
    expect(new Set(ids(git)).size).toBe(3);
  });

  it('told in any portions make the same flows as told at once', () => {
    const amounts = fc.array(fc.constantFrom('1.0', '2.0', '3.0'), { minLength: 1, maxLength: 6 });
    const order = amounts.chain((list) =>
      fc.tuple(
        fc.constant(list),
        fc.array(fc.integer({ min: 0, max: list.length }), { maxLength: 4 }),
        fc.shuffledSubarray([...list.keys()], { minLength: list.length }),
      ),
    );
    fc.assert(
      fc.property(order, ([list, cuts, places]) => {
        const all = places.map((place) => ({ type: 'deposit', usdc: list[place] }));
        // Each answer tells all that the one before did, and more.
        const answers = [...cuts.sort((left, right) => left - right), all.length].map((cut) =>
          told(...all.slice(0, cut)),
        );
        expect([...ids(recorded(...answers))].sort()).toEqual([...ids(recorded(told(...all)))].sort());
      }),
    );
  });

  it('in git under ids of another rule keep them', () => {
    const old = told(two).map((flow) => ({ ...flow, externalFlowId: `${ACCOUNT}:${HASH}:${MS}:deposit` }));
    const { fresh, changed } = matchFlows(told(one, two), old, ASKED);
    expect([fresh, changed]).toEqual([told(one), []]);
  });
});

describe('a flow that the exchange tells again', () => {
  it('with another field, another spelling or in another order of keys is the same', () => {
    const again = told({ usdc: '1.00', chain: 'arbitrum', type: 'deposit' });
    expect(matchFlows(again, told(one), ASKED)).toEqual({
      fresh: [],
      disputes: [],
      changed: [],
      vanished: [],
    });
  });

  it('otherwise is a dispute, noted once', () => {
    const git = told(one);
    const first = matchFlows(told(two), git, ASKED);
    expect(first).toMatchObject({ fresh: [], changed: [{ externalFlowId: ids(git)[0] }], vanished: [] });
    expect(first.disputes).toMatchObject([
      {
        occurredAt: git[0]?.occurredAt,
        flowType: 'told_otherwise',
        classification: 'unclassified',
        amountUsd: '2.0',
      },
    ]);
    const second = matchFlows(told(two), [...git, ...first.disputes], ASKED);
    expect(second).toMatchObject({ fresh: [], disputes: [], changed: [{ amountUsd: '1.0' }] });
  });

  it('as another kind is a dispute too, and not a second flow', () => {
    const move = { usdc: '5.0', fee: '0.0', user: OTHER_ACCOUNT, destination: ACCOUNT };
    const git = told({ type: 'internalTransfer', ...move });
    const { fresh, disputes } = matchFlows(told({ type: 'subAccountTransfer', ...move }), git, ASKED);
    expect([fresh.length, disputes.length]).toEqual([0, 1]);
  });

  it('no more is missed, within the time that was asked for', () => {
    const git = told(one, { delta: two, time: MS + 1 });
    expect(matchFlows(told(one), git, ASKED).vanished).toMatchObject([{ amountUsd: '2.0' }]);
    const later = { ...ASKED, from: '2026-06-16T00:00:00.000000+00:00' };
    expect(matchFlows([], git, later).vanished).toEqual([]);
    expect(matchFlows([], git, { ...ASKED, account: OTHER_ACCOUNT }).vanished).toEqual([]);
  });

  it('written by hand is never missed', () => {
    const [flow] = told(one);
    const byHand = [{ ...(flow as FlowRecord), externalFlowId: 'my-own-note' }];
    expect(matchFlows([], byHand, ASKED).vanished).toEqual([]);
  });
});
