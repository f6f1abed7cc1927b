import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { isCanonicalDecimal } from '../../../parsers/decimal.js';
import { readAmount } from '../../../src/ledger/sync-trades/amount.js';

describe('readAmount', () => {
  it.each([
    ['1.50', '1.50'],
    ['0', '0'],
    ['-0', '0'],
    ['-0.00', '0.00'],
    ['007.5', '7.5'],
    ['1e-7', '0.0000001'],
    ['1.5e+3', '1500'],
    ['-2.5E-3', '-0.0025'],
    ['1e19', '10000000000000000000'],
    ['12345678901234567890.123456789012345678', '12345678901234567890.123456789012345678'],
    ['0.1000000000000000000000', '0.1'],
    ['-0e0', '0'],
  ])('%s is %s', (text, amount) => {
    expect(readAmount(text)).toBe(amount);
  });

  it.each([
    'NaN',
    'Infinity',
    '-Infinity',
    '',
    ' 1',
    '1 ',
    '+1',
    '1,5',
    '1.',
    '.5',
    '0x10',
    '1e20',
    '1e400',
    '1e99999',
    '5e-324',
    '0.1234567890123456789',
    '123456789012345678901',
    '1e',
    '--1',
    '1_000',
  ])('%j cannot be kept exactly', (text) => {
    expect(readAmount(text)).toBeNull();
  });
});

describe('readAmount, beside Postgres', () => {
  let client: pg.Client;
  beforeAll(async () => {
    client = new pg.Client({ connectionString: inject('postgresUrl') });
    await client.connect();
  });
  afterAll(() => client.end());

  /** What Postgres prints for each text as a type, and what number it says that the print is. */
  const print = async (texts: readonly string[], type: 'float8' | 'float4' | 'numeric') => {
    const { rows } = await client.query<{ printed: string; exact: string; fits: boolean }>(
      `select v::text as printed, trim_scale(v::text::numeric)::text as exact,
         v::text::numeric = round(v::text::numeric, 18) and abs(v::text::numeric) < 1e20 as fits
       from (select x::${type} as v from unnest($1::text[]) with ordinality u(x, n) order by n) t`,
      [texts],
    );
    return rows;
  };
  const check = async (texts: readonly string[], type: 'float8' | 'float4' | 'numeric'): Promise<void> => {
    const rows = await print(texts, type);
    const read = rows.map(({ printed }) => readAmount(printed));
    for (const [i, amount] of read.entries()) {
      const { printed, fits } = rows[i] ?? { printed: '', fits: false };
      expect([printed, amount !== null], `as ${type}`).toEqual([printed, fits]);
      if (amount !== null) expect(isCanonicalDecimal(amount)).toBe(true);
    }
    const kept = rows.flatMap(({ exact, fits }, i) => (fits ? [{ exact, amount: read[i] }] : []));
    const { rows: same } = await client.query<{ equal: boolean }>(
      'select bool_and(a::numeric = b::numeric) as equal from unnest($1::text[], $2::text[]) u(a, b)',
      [kept.map(({ exact }) => exact), kept.map(({ amount }) => amount)],
    );
    expect(same[0]?.equal ?? true).toBe(true);
  };

  it('reads doubles to the digit that Postgres prints', async () => {
    const doubles = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.double({ min: -1e6, max: 1e6, noNaN: true }),
      fc.constantFrom(0.1 + 0.2, 1e15, 1e16, 1e-5, 1e-4, 123456789.12345678, -0, 2 ** 53, 4.35e-7),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(doubles, { minLength: 50, maxLength: 200 }), (numbers) =>
        check(
          numbers.map((number) => (Object.is(number, -0) ? '-0' : String(number))),
          'float8',
        ),
      ),
      { numRuns: 25 },
    );
  });

  it('reads single floats and numerics the same way', async () => {
    const floats = fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }).map(String), {
      minLength: 50,
    });
    await fc.assert(
      fc.asyncProperty(floats, (texts) => check(texts, 'float4')),
      { numRuns: 10 },
    );
    const digits = fc
      .tuple(fc.boolean(), fc.stringMatching(/^\d{1,24}$/), fc.option(fc.stringMatching(/^\d{1,24}$/)))
      .map(([negative, whole, rest]) => `${negative ? '-' : ''}${whole}${rest === null ? '' : `.${rest}`}`);
    await fc.assert(
      fc.asyncProperty(fc.array(digits, { minLength: 50, maxLength: 200 }), (texts) =>
        check(texts, 'numeric'),
      ),
      { numRuns: 15 },
    );
  });
});
