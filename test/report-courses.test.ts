import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareDecimals } from '../parsers/decimal-arithmetic.js';
import { deepestFall, type EquityPoint } from '../src/ledger/metrics/equity.js';
import { drawdownOfAccount, drawdownOfTrades, earnedDays, fewerDays } from '../src/report-courses.js';

const point = (at: string, valueUsd: string, flowUsd: string | null = '0'): EquityPoint => ({
  at: `${at}:00:00.000000+00:00`,
  valueUsd,
  flowUsd,
});

describe('courses of a report', () => {
  it('a deposit is no recovery, a withdrawal no fall', () => {
    const points = [
      point('2026-01-14T10', '1000', null),
      point('2026-01-14T11', '900'),
      point('2026-01-14T12', '1950', '1000'),
      point('2026-01-15T10', '450.5', '-1500'),
      point('2026-01-16T10', '520'),
    ];
    expect(drawdownOfAccount(points)).toEqual([
      { day: '2026-01-14', depth_usd: '100' },
      { day: '2026-01-15', depth_usd: '49.5' },
      { day: '2026-01-16', depth_usd: '0.0' },
    ]);
  });

  it('the deepest day of an account is the maximum drawdown of the metrics', () => {
    const amounts = fc.integer({ min: -5000, max: 5000 }).map((cents) => (cents / 4).toFixed(2));
    fc.assert(
      fc.property(fc.array(fc.tuple(amounts, amounts), { minLength: 2, maxLength: 60 }), (steps) => {
        const points = steps.map(([value, flow], i) => {
          const at = new Date(Date.UTC(2026, 0, 1, i * 7)).toISOString().slice(0, 13);
          return point(at, value, i === 0 ? null : flow);
        });
        const depths = drawdownOfAccount(points).map(({ depth_usd }) => depth_usd);
        const deepest = depths.sort(compareDecimals).at(-1) ?? '0';
        expect(compareDecimals(deepest, deepestFall(points).usd)).toBe(0);
      }),
    );
  });

  it('adds up days, and falls from the highest end of a day, which is at first nothing', () => {
    const days = earnedDays([
      { day: '2026-01-01', netUsd: '-5.5' },
      { day: '2026-01-02', netUsd: '20' },
      { day: '2026-01-04', netUsd: '-7.25' },
    ]);
    expect(days.map(({ total_usd }) => total_usd)).toEqual(['-5.5', '14.5', '7.25']);
    expect(drawdownOfTrades(days).map(({ depth_usd }) => depth_usd)).toEqual(['5.5', '0.0', '7.25']);
    expect(drawdownOfTrades([])).toEqual([]);
  });

  it('leaves out days, but neither the one that stands out nor the last', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(1000), { maxLength: 300 }),
        fc.integer({ min: 2, max: 40 }),
        (days, most) => {
          const kept = fewerDays(days, most, (left, right) => left > right);
          expect(kept.length).toBeLessThanOrEqual(Math.max(most, Math.min(days.length, most)));
          expect(kept.at(-1)).toBe(days.at(-1));
          expect(Math.max(0, ...kept)).toBe(Math.max(0, ...days));
          if (days.length <= most) expect(kept).toBe(days);
        },
      ),
    );
  });
});
