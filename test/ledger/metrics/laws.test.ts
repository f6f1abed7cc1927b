import fc from 'fast-check';
import { expect, it } from 'vitest';
import { sumDecimals, trimDecimal } from '../../../parsers/decimal-arithmetic.js';
import { METRICS_PERIODS, periodAt, periodOfLabel } from '../../../parsers/period.js';
import { foldPerformance } from '../../../src/ledger/metrics/fold-performance.js';
import { wilsonInterval } from '../../../src/ledger/metrics/ratios.js';
import { canonicalTime } from '../../arbitraries/values.js';
import { ledgers } from './random-ledger.js';

it('days add up: their sums and counts are those of all time', () => {
  fc.assert(
    fc.property(ledgers, (content) => {
      const { tallies } = foldPerformance(content, { kinds: ['day', 'all_time'], periods: null });
      const days = tallies.filter(({ period }) => period.period === 'day');
      const ever = tallies.find(({ period }) => period.period === 'all_time');
      if (ever === undefined) return expect(days).toEqual([]);
      const sum = (of: (tally: (typeof days)[number]) => string) => trimDecimal(sumDecimals(days.map(of)));
      const count = (of: (tally: (typeof days)[number]) => number) =>
        days.reduce((all, day) => all + of(day), 0);
      expect(sum(({ total }) => total.netUsd)).toBe(ever.total.netUsd);
      expect(sum(({ total }) => total.feesUsd)).toBe(ever.total.feesUsd);
      expect(sum(({ profits }) => profits.usd)).toBe(ever.profits.usd);
      expect(count(({ total }) => total.trades)).toBe(ever.total.trades);
      expect(count(({ decisions }) => decisions.made)).toBe(ever.decisions.made);
      expect(count(({ notCounted }) => notCounted.unknownPnl)).toBe(ever.notCounted.unknownPnl);
    }),
  );
});

it('the order of the trades does not matter', () => {
  fc.assert(
    fc.property(ledgers, (content) => {
      const scope = { kinds: METRICS_PERIODS, periods: null };
      const { tallies } = foldPerformance({ ...content, trades: [...content.trades].reverse() }, scope);
      const ordered = (all: typeof tallies) =>
        all
          .map((tally) => ({ ...tally, assets: sorted(tally.assets), bots: sorted(tally.bots) }))
          .map((tally) => ({ ...tally, sources: sorted(tally.sources), sides: sorted(tally.sides) }))
          .map((tally) => [`${tally.period.period}/${tally.period.label}`, tally] as const)
          .sort(([left], [right]) => (left < right ? -1 : 1));
      expect(ordered(tallies)).toEqual(ordered(foldPerformance(content, scope).tallies));
    }),
  );
});

function sorted<T>(values: readonly T[]): readonly string[] {
  return values.map((value) => JSON.stringify(value)).sort();
}

it("Wilson's interval holds the rate, stays within 0 and 100, and narrows with more trades", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5000 }), fc.nat(5000), (n, some) => {
      const wins = some % (n + 1);
      const rate = (100 * wins) / n;
      const [low, high] = boundsOf(wins, n);
      expect(low).toBeGreaterThanOrEqual(0);
      expect(high).toBeLessThanOrEqual(100);
      expect(low).toBeLessThanOrEqual(rate + 0.0001);
      expect(high).toBeGreaterThanOrEqual(rate - 0.0001);
      const [lowOfMore, highOfMore] = boundsOf(wins * 4, n * 4);
      expect(highOfMore - lowOfMore).toBeLessThan(high - low);
    }),
  );
  expect(wilsonInterval(0, 10).lowPct).toBe('0');
  expect(wilsonInterval(10, 10).highPct).toBe('100');
});

function boundsOf(wins: number, n: number): readonly [number, number] {
  const { lowPct, highPct } = wilsonInterval(wins, n);
  return [Number(lowPct), Number(highPct)];
}

it('a moment lies in the period that its label names, and every label leads back', () => {
  fc.assert(
    fc.property(canonicalTime({ min: '1998-01-01', max: '2060-12-31' }), (time) => {
      for (const kind of METRICS_PERIODS) {
        const period = periodAt(kind, time);
        expect(period).not.toBe(null);
        expect(periodOfLabel(kind, period?.label ?? '')).toEqual(period);
        expect(period?.start == null || period.start <= time).toBe(true);
        expect(period?.end == null || time < period.end).toBe(true);
      }
    }),
  );
  const label = (time: string) => periodAt('week', `${time}T00:00:00.000000+00:00`)?.label;
  expect(['2026-01-01', '2027-01-03', '2027-01-04', '2021-01-03', '2024-12-30'].map(label)).toEqual([
    '2026-W01',
    '2026-W53',
    '2027-W01',
    '2020-W53',
    '2025-W01',
  ]);
  expect(periodOfLabel('week', '2025-W53')).toBe(null);
  expect(periodOfLabel('day', '2026-02-30')).toBe(null);
});
