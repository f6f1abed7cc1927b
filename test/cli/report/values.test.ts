import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CHART_COLOURS } from '../../../src/cli/charts/svg-theme.js';
import { CALENDAR_COLOURS, styleSheet } from '../../../src/cli/report/styles.js';
import {
  amount,
  day,
  digits,
  earned,
  percent,
  price,
  shortUsd,
  time,
} from '../../../src/cli/report/values.js';

describe('values of a report', () => {
  it('rounds half away from zero, groups thousands, and never shows a zero with a sign', () => {
    expect(digits('1234567.005', 2)).toBe('1,234,567.01');
    expect(digits('-1234.005', 2)).toBe('−1,234.01');
    expect(digits('-0.004', 2)).toBe('0.00');
    expect(digits('999.995', 2)).toBe('1,000.00');
    expect(digits('99999999999999999999.99', 2)).toBe('99,999,999,999,999,999,999.99');
    expect(digits('12', 0)).toBe('12');
  });

  it('keeps the exact number for programs, and says what is not known', () => {
    expect(earned('12.3456').text).toBe('<data class="gain" value="12.3456">+12.35</data>');
    expect(earned('-0.001').text).toBe('<data class="loss" value="-0.001">0.00</data>');
    expect(earned('0').text).toBe('<data class="even" value="0">0.00</data>');
    expect(earned('0.001').text).toBe('<data class="gain" value="0.001">0.00</data>');
    expect(price('0.00001230').text).toBe('<data value="0.00001230">0.00001230</data>');
    for (const shown of [earned, amount, percent, price]) expect(shown(null).text).toContain('not known');
    expect(percent('54.25').text).toBe('<data value="54.25">54.3</data>\u202f%');
    expect(time('2026-01-15T23:00:01.123456+00:00').text).toBe(
      '<time datetime="2026-01-15T23:00:01.123456+00:00">2026-01-15\u00a023:00\u00a0UTC</time>',
    );
    expect(day('2026-01-15').text).toBe('<time datetime="2026-01-15">2026-01-15</time>');
  });

  it.each([
    ['0', '0.0'],
    ['0.04', '0.0'],
    ['12.34', '+12.3'],
    ['-99.94', '−99.9'],
    ['-140.5', '−141'],
    ['999', '+999'],
    ['1000', '+1.0k'],
    ['-1234.5', '−1.2k'],
    ['12345', '+12k'],
    ['-999999', '−1,000k'],
    ['3400000', '+3.4M'],
    ['-25000000000', '−25B'],
    ['1500000000000', '+1.5T'],
    ['-999999999999999.99', '−1,000T'],
    ['99999999999999999999', '+10.0e19'],
    ['-1234000000000000.5', '−1.2e15'],
  ])('shows %s in a narrow place as %s', (value, text) => {
    expect(shortUsd(value)).toBe(text);
  });

  it('a short amount is the amount, to its own precision', () => {
    const sizes: Readonly<Record<string, number>> = { k: 1e3, M: 1e6, B: 1e9, T: 1e12 };
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 14n), max: 10n ** 14n }), (cents) => {
        const value = `${cents < 0n ? '-' : ''}${String(cents < 0n ? -cents : cents)
          .padStart(3, '0')
          .replace(/(\d\d)$/, '.$1')}`;
        const [, number = '', unit = ''] = /^([+−]?[\d,.]+)([kMBT]?)$/.exec(shortUsd(value)) ?? [];
        const shown = Number(number.replace('−', '-').replaceAll(',', '')) * (sizes[unit] ?? 1);
        const exact = Number(value);
        expect(Math.abs(shown - exact)).toBeLessThanOrEqual(Math.max(0.051, Math.abs(exact) * 0.0501));
      }),
    );
  });
});

describe('colours of a report', () => {
  const { gain, loss, ink } = CALENDAR_COLOURS;
  const { ground, quiet, equity, withdrawal, deposit } = CHART_COLOURS;

  it.each(['light', 'dark'] as const)('can be read in %s surroundings', (theme) => {
    for (const level of [...gain[theme], ...loss[theme]])
      expect(contrast(ink[theme], level), level).toBeGreaterThan(4.5);
    for (const text of [CHART_COLOURS.ink, quiet, equity, withdrawal, deposit])
      expect(contrast(text[theme], ground[theme]), text[theme]).toBeGreaterThan(4.5);
  });

  it('gain and loss differ in blue against red as far as anybody sees, and grow with the level', () => {
    for (const theme of ['light', 'dark'] as const) {
      const warmth = (colour: string) => {
        const [red = 0, , blue = 0] = channels(colour);
        return red - blue;
      };
      const gains = gain[theme].map(warmth);
      const losses = loss[theme].map(warmth);
      expect(gains).toEqual([...gains].sort((a, b) => b - a));
      expect(losses).toEqual([...losses].sort((a, b) => a - b));
      expect((losses[0] ?? 0) - (gains[0] ?? 0)).toBeGreaterThan(30);
    }
  });

  it('the style sheet loads nothing', () => {
    expect(styleSheet()).not.toMatch(/url\(|@import|@font-face|expression|</);
  });
});

/** WCAG 2: relative luminance and contrast. */
function contrast(one: string, other: string): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = channels(colour).map((channel) => {
    const share = channel / 255;
    return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function channels(colour: string): readonly number[] {
  return [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
}
