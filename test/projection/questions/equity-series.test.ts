import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compareDecimals } from '../../../parsers/decimal-arithmetic.js';
import { durationText } from '../../../src/projection/questions/duration-text.js';
import { type EquityPoint, equityPoints, thinOut } from '../../../src/projection/questions/equity-points.js';
import { type EquitySeries, equitySeries } from '../../../src/projection/questions/equity-series.js';
import { type EquityOptions, readEquityQuery } from '../../../src/projection/questions/portfolio-query.js';
import { createTestRepository, type TestRepository } from '../../support/test-repository.js';
import { hour, pnlSince, snapshot, snapshotFiles } from '../snapshot-fixtures.js';
import { AWAY, asking } from './asking.js';

const NOW = new Date('2026-01-16T00:30:00Z');

const points: fc.Arbitrary<readonly EquityPoint[]> = fc
  .array(
    fc.record({
      steps: fc.constantFrom(1, 1, 1, 2, 30),
      equity: fc.bigInt(-(10n ** 24n), 10n ** 24n),
    }),
    { maxLength: 300 },
  )
  .map((steps) => {
    let at = 0;
    return equityPoints(
      steps.map(({ steps: hours, equity }) => {
        at += hours;
        return {
          git_path: `snapshot ${at}`,
          snapshot_at: hour(at),
          quality: 'complete',
          total_value_usd: `${equity}.01`,
          external_flow_usd: '0',
          pnl_all_time: null,
        };
      }),
      3600,
    );
  });

describe('thinning out', () => {
  it('keeps the first, the last, the least and the greatest, all gaps, and the order', () => {
    fc.assert(
      fc.property(points, fc.integer({ min: 8, max: 120 }), (all, most) => {
        const kept = thinOut(all, most);
        expect(kept.length).toBeLessThanOrEqual(most);
        expect(thinOut(all, most)).toEqual(kept);
        if (all.length <= most) {
          expect(kept).toEqual(all);
          return;
        }
        const indexes = kept.map(({ at }) => all.findIndex((point) => point.at === at));
        expect(indexes).toEqual([...indexes].sort((left, right) => left - right));
        expect([indexes[0], indexes.at(-1)]).toEqual([0, all.length - 1]);
        const sorted = (list: readonly EquityPoint[]) =>
          list.map(({ equity_usd }) => equity_usd).sort(compareDecimals);
        expect(sorted(kept)[0]).toBe(sorted(all)[0]);
        expect(sorted(kept).at(-1)).toBe(sorted(all).at(-1));
        for (const [position, index] of indexes.entries()) {
          const skipped = all.slice((indexes[position - 1] ?? -1) + 1, index + 1);
          expect(kept[position]?.gap_before).toBe(skipped.some(({ gap_before }) => gap_before));
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe('equity over time', () => {
  let place: TestRepository;
  beforeAll(() => {
    place = createTestRepository();
    const flow = (netUsd: string | null) => ({ netUsd, count: 1, since: null });
    place.commit(
      snapshotFiles(
        snapshot(hour(0), { totalValueUsd: '100.000000000000000001', externalFlows: flow('100') }),
        snapshot(hour(1), {
          totalValueUsd: '101',
          pnl: { ...snapshot(hour(1)).pnl, all: pnlSince(hour(0), '1', 3600) },
        }),
        // Late by 20 minutes: none is missing. Then the one of 03:00 is.
        snapshot(hour(2 + 1 / 3), { totalValueUsd: '99', externalFlows: flow('-2.50') }),
        snapshot(hour(4), { totalValueUsd: '98' }),
        snapshot(hour(5), {
          totalValueUsd: null,
          quality: { status: 'partial', failed: ['x'] },
          externalFlows: flow(null),
        }),
        snapshot(hour(6), { totalValueUsd: '97' }),
      ),
    );
  });
  afterAll(() => place.remove());
  const ask = async (options: EquityOptions): Promise<EquitySeries> =>
    equitySeries(asking(await place.open(), AWAY), readEquityQuery(options, NOW));

  it('marks what is missing, and keeps every digit', async () => {
    const series = await ask({});
    expect(series).toMatchObject({
      from: hour(0),
      to: hour(6),
      snapshots: 6,
      unknown_equity: 1,
      unknown_flows: 1,
      gaps: 2,
      returned: 5,
      thinned_out: false,
    });
    expect(series.points.map(({ equity_usd, gap_before }) => [equity_usd, gap_before])).toEqual([
      ['100.000000000000000001', false],
      ['101', false],
      ['99', false],
      ['98', true],
      ['97', true],
    ]);
    expect(series.points.map(({ pnl_all_time_usd }) => pnl_all_time_usd)).toEqual([
      null,
      '1',
      null,
      null,
      null,
    ]);
    expect(series.flows.map(({ at, amount_usd }) => [at, amount_usd])).toEqual([
      [hour(0), '100'],
      [hour(2 + 1 / 3), '-2.50'],
    ]);
  });

  it('takes a stretch by its ends, by a window, and by a wider interval', async () => {
    const times = async (options: EquityOptions) => (await ask(options)).points.map(({ at }) => at);
    expect(await times({ from: hour(1), to: hour(4) })).toEqual([hour(1), hour(2 + 1 / 3), hour(4)]);
    expect(await times({ window: '24h', to: hour(1) })).toEqual([hour(0), hour(1)]);
    expect(await ask({ window: '24h', to: hour(25) })).toMatchObject({ from: hour(-18), to: hour(6) });
    expect(await ask({ intervalSeconds: 7200 })).toMatchObject({ gaps: 0 });
    expect(await ask({ from: hour(7) })).toMatchObject({
      points: [],
      reason: 'no snapshot in this stretch states the equity',
    });
  });

  it.each([{ window: '1h' }, { from: 'x' }, { to: 'x' }, { maxPoints: 7 }, { window: '7d', from: hour(0) }])(
    'refuses %j',
    (options: EquityOptions) => {
      expect(() => readEquityQuery(options, NOW)).toThrow(
        expect.objectContaining({
          code: 'INPUT_INVALID',
          message: expect.stringMatching(`^${Object.keys(options)[0]}: expected`),
        }),
      );
    },
  );
});

describe('durationText', () => {
  it.each([
    [0, '0 s'],
    [59, '59 s'],
    [60, '1 min'],
    [3661, '1 h 1 min'],
    [86_405, '1 d'],
    [90_001, '1 d 1 h'],
    [2_656_800, '30 d 18 h'],
  ])('says %i seconds as %s', (seconds, text) => {
    expect(durationText(seconds)).toBe(text);
  });
});
