import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import {
  addDecimals,
  compareDecimals,
  divideDecimals,
  multiplyDecimals,
  negateDecimal,
  roundDecimal,
  signOfDecimal,
  subtractDecimals,
  sumDecimals,
  trimDecimal,
} from '../../parsers/decimal-arithmetic.js';
import { canonicalDecimal } from '../arbitraries/values.js';

describe('decimal arithmetic, against numeric of Postgres', () => {
  const client = new pg.Client({ connectionString: inject('postgresUrl') });
  beforeAll(() => client.connect());
  afterAll(() => client.end());

  it('agrees to the last digit', async () => {
    const pairs = fc.sample(
      fc.tuple(canonicalDecimal(), canonicalDecimal(), fc.integer({ min: 0, max: 20 })),
      2000,
    );
    const { rows } = await client.query<Record<string, string | number | null>>({
      text: `select (a + b)::text as sum, (a - b)::text as difference, (a * b)::text as product, (-a)::text as negated,
        round(a, p)::text as rounded, sign(a - b)::int as compared, trim_scale(a)::text as trimmed
        from unnest($1::text[]::numeric[], $2::text[]::numeric[], $3::int[]) with ordinality as t(a, b, p, n) order by n`,
      values: [pairs.map(([a]) => a), pairs.map(([, b]) => b), pairs.map(([, , p]) => p)],
    });
    expect(rows.length).toBe(pairs.length);
    for (const [i, [a, b, places]] of pairs.entries()) {
      expect({
        sum: addDecimals(a, b),
        difference: subtractDecimals(a, b),
        product: multiplyDecimals(a, b),
        negated: negateDecimal(a),
        rounded: roundDecimal(a, places),
        compared: compareDecimals(a, b),
        trimmed: trimDecimal(a),
      }).toEqual(rows[i]);
    }
  });
});

describe('decimal arithmetic, by hand', () => {
  it('rounds half away from zero', () => {
    expect(['0.005', '-0.005', '1.005', '2.345', '0.0049', '-2.5'].map((n) => roundDecimal(n, 2))).toEqual([
      '0.01',
      '-0.01',
      '1.01',
      '2.35',
      '0.00',
      '-2.50',
    ]);
    expect(roundDecimal('-0.5', 0)).toBe('-1');
  });

  it('divides with as many places as asked for', () => {
    expect(divideDecimals('1', '3', 4)).toBe('0.3333');
    expect(divideDecimals('2', '-3', 4)).toBe('-0.6667');
    expect(divideDecimals('-0.5', '0.1', 0)).toBe('-5');
    expect(divideDecimals('0', '7', 2)).toBe('0.00');
    expect(() => divideDecimals('1', '0.00', 2)).toThrow(RangeError);
  });

  it('knows zero in every spelling', () => {
    expect(['0', '0.00', '-1', '0.000001'].map(signOfDecimal)).toEqual([0, 0, -1, 1]);
    expect(negateDecimal('0.00')).toBe('0.00');
    expect(sumDecimals([])).toBe('0');
    expect(sumDecimals(['0.10', '-0.1'])).toBe('0.00');
  });
});
