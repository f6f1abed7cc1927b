import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createPointWindow } from '../../src/cache/point-window.js';

describe('the window of one process', () => {
  it('never grants more than the limit in any stretch, and says truly when to come again', () => {
    const requests = fc.array(fc.record({ points: fc.integer({ min: 1, max: 10 }), pauseMs: fc.nat(400) }), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(requests, (asked) => {
        let now = 0;
        const window = createPointWindow(10, 1000, () => now);
        const granted: { at: number; points: number }[] = [];
        for (const { points, pauseMs } of asked) {
          now += pauseMs;
          const waitMs = window.take(points);
          if (waitMs > 0) {
            now += waitMs;
            expect(window.take(points)).toBe(0);
          }
          granted.push({ at: now, points });
        }
        for (const { at: end } of granted) {
          const inStretch = granted.filter(({ at }) => at > end - 1000 && at <= end);
          expect(inStretch.reduce((sum, { points }) => sum + points, 0)).toBeLessThanOrEqual(10);
        }
      }),
    );
  });

  it('counts what was granted elsewhere', () => {
    const window = createPointWindow(3, 1000, () => 0);
    window.note(3);
    expect(window.take(1)).toBe(1000);
  });
});
