import { afterEach, describe, expect, it } from 'vitest';
import type { SnapshotPnl } from '../../../parsers/snapshot.js';
import { crossCheck, toleranceUsd } from '../../../src/ledger/snapshot/cross-check.js';
import type { Portfolio } from '../../../src/sources/hyperliquid/account-schemas.js';
import { ACCOUNT, createSnapshotHarness, type SnapshotHarness } from './snapshot-harness.js';

const AT = Date.parse('2026-03-31T12:00:00Z');
const DAY = 86_400_000;
const NONE: SnapshotPnl = { valueUsd: null, baseline: null, windowSeconds: null, reason: 'x' };
const ours = (total: string | null, day: string | null) => ({
  snapshotAt: '2026-03-31T12:00:00.000000+00:00',
  totalValueUsd: total,
  pnl: {
    '24h': day === null ? NONE : { valueUsd: day, baseline: 'p', windowSeconds: 86_400, reason: null },
    '7d': NONE,
    '30d': NONE,
    all: NONE,
  },
});

function day(
  accountValueHistory: readonly [number, string][],
  pnlHistory: readonly [number, string][] = [],
): Portfolio {
  return [['day', { accountValueHistory: [...accountValueHistory], pnlHistory: [...pnlHistory], vlm: '0' }]];
}

describe('the cross-check', () => {
  it('takes the sample nearest to the moment, and none that is ten minutes away', () => {
    const near = day([
      [AT - 9 * 60_000, '900'],
      [AT + 60_000, '1005.5'],
    ]);
    expect(crossCheck(near, ours('1000', null))).toEqual([
      { what: 'equity', oursUsd: '1000', exchangeUsd: '1005.5', differenceUsd: '-5.5', beyond: false },
    ]);
    expect(crossCheck(day([[AT - 10 * 60_000 - 1, '1']]), ours('1000', null))).toEqual([]);
    expect(crossCheck(near, ours(null, null))).toEqual([]);
  });

  it('compares P&L between the same moments', () => {
    const history = day(
      [],
      [
        [AT - DAY - 60_000, '10'],
        [AT - 6 * 3_600_000, '700'],
        [AT, '60.5'],
      ],
    );
    expect(crossCheck(history, ours('1000', '61'))).toEqual([
      { what: '24h', oursUsd: '61', exchangeUsd: '50.5', differenceUsd: '10.5', beyond: true },
    ]);
  });

  it('allows a dollar, or one percent of the equity', () => {
    expect(['0', '50', '100', '101', '12345.67', '-5000'].map(toleranceUsd)).toEqual([
      '1',
      '1',
      '1',
      '1.01',
      '123.46',
      '50.00',
    ]);
  });
});

describe('in a snapshot', () => {
  let here: SnapshotHarness;
  afterEach(() => here.remove());

  it('a difference is a warning and stands in the metadata; the value is never the exchange its history', async () => {
    here = await createSnapshotHarness(
      { address: ACCOUNT, moments: [{ at: '2026-03-01T09:59:00Z', perp: { accountValue: '1000' } }] },
      { time: '2026-03-01T10:00:02.500Z' },
    );
    here.standIn.misbehave(
      { kind: 'replaced_field', path: '0.1.accountValueHistory.0.1', value: '1500' },
      { call: 'portfolio' },
    );
    const report = await here.take();
    expect(report).toMatchObject({
      record: { totalValueUsd: '1000', quality: { status: 'complete' } },
      warnings: ["equity is 1000 USD, the exchange's own history has 1500: -500 apart"],
    });
    const text = [...here.files('snapshots').values()].join('');
    expect(JSON.parse(text)).toMatchObject({
      metadata: {
        cross_check: {
          compared: [
            {
              what: 'equity',
              ours_usd: '1000',
              exchange_usd: '1500',
              difference_usd: '-500',
              beyond_tolerance: true,
            },
          ],
        },
      },
    });
  });
});
