import { describe, expect, it } from 'vitest';
import { readTradeFilter } from '../../../src/projection/questions/trade-filter.js';

const NOW = new Date('2026-03-01T12:00:00.250Z');

describe('readTradeFilter', () => {
  it('takes nothing for everything, fifty at most', () => {
    expect(readTradeFilter({}, NOW)).toEqual({
      asset: null,
      status: null,
      tradeSource: null,
      bot: null,
      since: null,
      until: null,
      limit: 50,
    });
  });

  it.each([
    ['2026-01-14', '2026-01-14T00:00:00.000000+00:00', '2026-01-14T23:59:59.999999+00:00'],
    ['2026-01-14T14:24:08.034126Z', '2026-01-14T14:24:08.034126+00:00', '2026-01-14T14:24:08.034126+00:00'],
    ['2026-01-14T01:00+02:00', '2026-01-13T23:00:00.000000+00:00', '2026-01-13T23:00:00.000000+00:00'],
    ['7d', '2026-02-22T12:00:00.250000+00:00', '2026-02-22T12:00:00.250000+00:00'],
    ['24h', '2026-02-28T12:00:00.250000+00:00', '2026-02-28T12:00:00.250000+00:00'],
    ['30m', '2026-03-01T11:30:00.250000+00:00', '2026-03-01T11:30:00.250000+00:00'],
  ])('reads %s, a day as all of it', (text, since, until) => {
    expect(readTradeFilter({ since: text, until: text }, NOW)).toMatchObject({ since, until });
  });

  it.each([
    { since: 'yesterday' },
    { since: '' },
    { since: '2026-02-30' },
    { until: '2026-01-14T14:24:08' },
    { until: '7 d' },
    { since: '999999d' },
    { status: 'Closed' },
    { asset: '' },
    { bot: 'a\0b' },
    { source: '\ud800' },
    { limit: 0 },
    { limit: 1.5 },
    { limit: 1e9 },
  ])('refuses %j and names the option', (options) => {
    const [name = ''] = Object.keys(options);
    expect(() => readTradeFilter(options, NOW)).toThrow(
      expect.objectContaining({
        code: 'INPUT_INVALID',
        message: expect.stringMatching(`^${name}: expected`),
      }),
    );
  });
});
