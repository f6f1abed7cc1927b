import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDecimals, subtractDecimals } from '../../../parsers/decimal-arithmetic.js';
import { flowBook } from '../../../parsers/flow-book.js';
import type { FlowRecord } from '../../../parsers/flows.js';
import { modifiedDietzPct } from '../../../parsers/modified-dietz.js';
import { isShortText } from '../../../parsers/short-text.js';
import { PNL_WINDOWS, type PnlWindow } from '../../../parsers/snapshot.js';
import { flowsOfAccount } from '../../../src/ledger/snapshot/account-flows.js';
import {
  type Baseline,
  pickBaseline,
  type SnapshotValue,
  windowPnl,
} from '../../../src/ledger/snapshot/pnl.js';
import { timeOfMoment } from '../../../src/sources/hyperliquid/moments.js';
import { ACCOUNT, OTHER_ACCOUNT } from './snapshot-harness.js';

const T1 = Date.parse('2026-03-31T12:00:00.500Z');
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

function value(
  ms: number,
  totalValueUsd: string | null,
  changes: Partial<SnapshotValue> = {},
): SnapshotValue {
  return {
    source: 'hyperliquid',
    account: ACCOUNT,
    snapshotAt: timeOfMoment(ms),
    quality: { status: 'complete', failed: [] },
    totalValueUsd,
    ...changes,
  };
}

function at(ms: number, totalValueUsd: string | null, changes: Partial<SnapshotValue> = {}): Baseline {
  return { path: `snapshot_${String(ms)}.json`, record: value(ms, totalValueUsd, changes) };
}

function flow(ms: number, amountUsd: string | null, changes: Partial<FlowRecord> = {}): FlowRecord {
  return {
    source: 'hyperliquid',
    externalFlowId: `flow-${ms}`,
    occurredAt: timeOfMoment(ms),
    recordedAt: timeOfMoment(ms),
    flowType: 'deposit',
    classification: 'external',
    amountUsd,
    asset: 'USDC',
    amountAsset: amountUsd,
    metadata: null,
    ...changes,
  };
}

const pnl = (
  window: PnlWindow,
  now: string,
  baseline: Baseline | null,
  flows: readonly FlowRecord[] = [],
  fault: string | null = null,
) => windowPnl(window, value(T1, now), baseline, flows, fault);

describe('the baseline of a window', () => {
  const current = value(T1, '1');
  const pick = (window: PnlWindow, ...candidates: readonly Baseline[]) =>
    pickBaseline(window, current, candidates)?.record.snapshotAt ?? null;

  it.each([
    ['24h', DAY, 90 * 60_000],
    ['7d', 7 * DAY, 6 * HOUR],
    ['30d', 30 * DAY, DAY],
  ] as const)(
    '%s: up to a minute after its start and exactly at its tolerance, not a millisecond beside',
    (window, length, tolerance) => {
      const start = T1 - length;
      expect(pick(window, at(start, '1'))).toBe(timeOfMoment(start));
      // Snapshots of one slot of the clock arrive within seconds of each other, not in the same microsecond.
      expect(pick(window, at(start + 60_000, '1'), at(start - 1, '1'))).toBe(timeOfMoment(start + 60_000));
      expect(pick(window, at(start + 60_001, '1'))).toBeNull();
      expect(pick(window, at(start - tolerance, '1'))).toBe(timeOfMoment(start - tolerance));
      expect(pick(window, at(start - tolerance - 1, '1'))).toBeNull();
    },
  );

  it('is the latest about the start or before it, in whatever order they come', () => {
    const near = at(T1 - DAY - HOUR, '1');
    expect(pick('24h', at(T1 - DAY - 80 * 60_000, '1'), near, at(T1 - DAY + 60_001, '1'))).toBe(
      near.record.snapshotAt,
    );
    expect(pick('24h', near, at(T1 - DAY - 80 * 60_000, '1'))).toBe(near.record.snapshotAt);
  });

  it('is never partial, without a value, of another account or of another source', () => {
    const partial = { quality: { status: 'partial', failed: ['vaults'] } } as const;
    const worse = [
      at(T1 - DAY, '1', partial),
      at(T1 - DAY, null),
      at(T1 - DAY, '1', { account: OTHER_ACCOUNT }),
      at(T1 - DAY, '1', { source: 'hyperliquid-testnet' }),
    ];
    for (const window of PNL_WINDOWS) expect(pick(window, ...worse)).toBeNull();
    expect(pick('24h', ...worse, at(T1 - DAY - HOUR, '1'))).toBe(timeOfMoment(T1 - DAY - HOUR));
  });

  it('of all time is the first complete one before now', () => {
    expect(pick('all', at(T1 - HOUR, '1'), at(T1 - 90 * DAY, '1'), at(T1 - 99 * DAY, null))).toBe(
      timeOfMoment(T1 - 90 * DAY),
    );
    expect(pick('all', at(T1, '1'), at(T1 + 1, '1'))).toBeNull();
  });
});

describe('P&L of a window', () => {
  const base = at(T1 - DAY, '10000.10');

  it('takes external flows in (t0, t1] off, and nothing else', () => {
    const inside = [
      flow(T1 - DAY + 1, '100.05'),
      flow(T1, '-50.01'),
      flow(T1 - HOUR, '7', { classification: 'income', flowType: 'rewardsClaim' }),
      flow(T1 - HOUR, null, { classification: 'loss', flowType: 'liquidation' }),
      flow(T1 - HOUR, '900', { classification: 'internal', flowType: 'accountClassTransfer' }),
    ];
    const outside = [flow(T1 - DAY, '1000'), flow(T1 + 1, '1000'), flow(T1 - HOUR, '5', { source: 'bybit' })];
    // 10100.20 - 10000.10 - (100.05 - 50.01) = 50.06
    expect(pnl('24h', '10100.20', base, [...inside, ...outside]).pnl).toEqual({
      valueUsd: '50.06',
      baseline: base.path,
      windowSeconds: 86_400,
      reason: null,
    });
  });

  it('counts flows of its own account, and those that name none', () => {
    const named = (account: string): readonly FlowRecord[] =>
      flowsOfAccount([flow(T1 - HOUR, '10')], { source: 'hyperliquid', account });
    const flows = [...named(ACCOUNT), ...named(OTHER_ACCOUNT), flow(T1 - 2 * HOUR, '1')];
    expect(pnl('24h', '10111.10', base, flows).pnl.valueUsd).toBe('100.00');
  });

  it.each([
    ['no total value', null, base, [], null, /^the total value is not known$/],
    [
      'flows that could not be read',
      '1',
      base,
      [],
      'the flows could not be read: x',
      /could not be read: x$/,
    ],
    [
      'no baseline',
      '1',
      null,
      [],
      null,
      /^no complete snapshot of this account within 90 min before the start/,
    ],
    [
      'a flow without a value in USD',
      '1',
      base,
      [flow(T1 - HOUR, null, { flowType: 'cStakingTransfer' })],
      null,
      /^a flow without a known value in USD: cStakingTransfer at 2026-03-31T11:00:00\.500000\+00:00$/,
    ],
    [
      'flows of an unknown kind',
      '1',
      base,
      [1, 2].map((hour) =>
        flow(T1 - hour * HOUR, '5', { classification: 'unclassified', flowType: `${'n'.repeat(255)}` }),
      ),
      null,
      /^2 flows of a kind or form that is not known, first n{60} at 2026-03-31T10:00/,
    ],
  ] as const)('is null with the reason: %s', (_, now, baseline, flows, fault, reason) => {
    const counted = windowPnl('24h', value(T1, now), baseline, flows, fault);
    expect(counted.pnl).toMatchObject({ valueUsd: null, baseline: null, windowSeconds: null });
    expect(counted.pnl.reason).toMatch(reason);
    expect(isShortText(counted.pnl.reason ?? '')).toBe(true);
    expect(counted.pct).toEqual({ value: null, reason: 'the P&L is not known' });
  });

  it('is not disturbed by a doubtful flow outside the window', () => {
    const strange = flow(T1 - DAY, null, { classification: 'unclassified' });
    expect(pnl('24h', '10000.10', base, [strange]).pnl.valueUsd).toBe('0.00');
  });
});

describe('return in percent (Modified Dietz)', () => {
  const window = { from: timeOfMoment(T1 - DAY), to: timeOfMoment(T1) };

  it('weights a flow by the time it was in the account', () => {
    // 1000 for the whole day, 400 more for its last quarter: 55 / (1000 + 400 x 0.25) = 5 %
    expect(modifiedDietzPct('55', '1000', [flow(T1 - DAY / 4, '400')], window)).toBe('5.000000');
    // 1000, half of it withdrawn at the middle: -15 / (1000 - 500 x 0.5) = -2 %
    expect(modifiedDietzPct('-15', '1000', [flow(T1 - DAY / 2, '-500')], window)).toBe('-2.000000');
    // 1 / 3 of a percent, rounded once and half away from zero
    expect(modifiedDietzPct('1', '300', [], window)).toBe('0.333333');
    expect(modifiedDietzPct('-2', '300', [], window)).toBe('-0.666667');
  });

  it('is undefined without money at work', () => {
    expect(modifiedDietzPct('5', '0', [], window)).toBeNull();
    expect(modifiedDietzPct('5', '100', [flow(T1 - DAY / 2, '-200')], window)).toBeNull();
    expect(modifiedDietzPct('5', '-3', [], window)).toBeNull();
    expect(modifiedDietzPct('5', '100', [], { from: window.to, to: window.to })).toBeNull();
    const counted = windowPnl('24h', value(T1, '5'), at(T1 - DAY, '0'), [], null);
    expect(counted.pnl.valueUsd).toBe('5');
    expect(counted.pct).toEqual({ value: null, reason: 'no money was at work in the window' });
  });
});

describe('laws', () => {
  const cents = fc.integer({ min: -1_000_000_00, max: 1_000_000_00 }).map(asUsd);
  const equity = fc.integer({ min: 0, max: 1_000_000_00 }).map(asUsd);
  const moment = fc.integer({ min: T1 - DAY + 1, max: T1 });
  const flows = fc.array(fc.tuple(moment, cents), { maxLength: 12 });
  const records = (list: readonly (readonly [number, string])[]): readonly FlowRecord[] =>
    list.map(([ms, usd], index) => flow(ms, usd, { externalFlowId: String(index) }));

  it('a deposit may fall anywhere in the window', () => {
    fc.assert(
      fc.property(equity, equity, flows, cents, moment, moment, (before, after, rest, usd, first, second) => {
        const [one, two] = [first, second].map(
          (ms) => pnl('24h', after, at(T1 - DAY, before), [...records(rest), flow(ms, usd)]).pnl,
        );
        expect(one).toEqual(two);
      }),
    );
  });

  it('the order of flows does not matter', () => {
    const shuffled = flows.chain((list) =>
      fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
    );
    fc.assert(
      fc.property(equity, equity, shuffled, (before, after, [list, other]) => {
        const base = at(T1 - DAY, before);
        expect(pnl('24h', after, base, records(list))).toEqual(pnl('24h', after, base, records(other)));
      }),
    );
  });

  it('two windows that meet add up to the window over both', () => {
    fc.assert(
      fc.property(equity, equity, equity, flows, moment, (first, middle, last, list, cut) => {
        fc.pre(cut < T1);
        const all = records(list);
        const count = (from: Baseline, to: SnapshotValue): string =>
          windowPnl('all', to, from, all, null).pnl.valueUsd ?? 'none';
        const [start, half, end] = [at(T1 - DAY, first), at(cut, middle), value(T1, last)];
        const parts = addDecimals(count(start, half.record), count(half, end));
        expect(parts).toBe(count(start, end));
      }),
    );
  });

  it('nothing happened, nothing earned', () => {
    fc.assert(
      fc.property(equity, (usd) => {
        const counted = pnl('24h', usd, at(T1 - DAY, usd));
        expect(counted.pnl.valueUsd).toMatch(/^0(\.0+)?$/);
        expect(Number(counted.pct.value ?? '0')).toBe(0);
      }),
    );
  });

  it('what a deposit adds to the equity, it takes from the P&L', () => {
    fc.assert(
      fc.property(equity, equity, cents, moment, (before, after, usd, ms) => {
        const base = at(T1 - DAY, before);
        const paidIn = pnl('24h', addDecimals(after, usd), base, [flow(ms, usd)]);
        expect(paidIn.pnl.valueUsd).toBe(subtractDecimals(after, before));
      }),
    );
  });

  it('external flows tile: the sums of two stretches are the sum of both', () => {
    fc.assert(
      fc.property(flows, moment, (list, cut) => {
        const all = records(list);
        const start = timeOfMoment(T1 - DAY);
        const net = (after: string, until: string): string =>
          flowBook(all, { source: 'hyperliquid', account: ACCOUNT }).between(after, until).netUsd ?? '';
        const [middle, end] = [timeOfMoment(cut), timeOfMoment(T1)];
        const parts = addDecimals(net(start, middle), net(middle, end));
        expect(Number(parts)).toBe(Number(net(start, end)));
      }),
    );
  });
});

function asUsd(cents: number): string {
  const digits = String(Math.abs(cents)).padStart(3, '0');
  return `${cents < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}
