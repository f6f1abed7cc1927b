import fc from 'fast-check';
import { isCanonicalDecimal } from '../../parsers/decimal.js';
import { isJsonText } from '../../parsers/json-text.js';
import { isCanonicalTime } from '../../parsers/time.js';
import { hostileText } from './hostile-text.js';

/** A canonical time, to the microsecond. */
export function canonicalTime(range = { min: '2025-01-01', max: '2027-12-31' }): fc.Arbitrary<string> {
  return fc
    .tuple(
      fc.date({
        min: new Date(`${range.min}T00:00:00Z`),
        max: new Date(`${range.max}T23:59:59Z`),
        noInvalidDate: true,
      }),
      fc.integer({ min: 0, max: 999_999 }),
    )
    .map(([date, micros]) => `${date.toISOString().slice(0, 19)}.${String(micros).padStart(6, '0')}+00:00`)
    .filter(isCanonicalTime);
}

/** A canonical decimal: up to 20 digits before and 18 after the point. */
export function canonicalDecimal(): fc.Arbitrary<string> {
  const small = fc
    .tuple(fc.integer({ min: -99_999, max: 99_999 }), fc.integer({ min: 0, max: 99 }))
    .map(([whole, cents]) => `${whole}.${String(cents).padStart(2, '0')}`);
  const digits = (max: number) => fc.stringMatching(new RegExp(`^[0-9]{1,${max}}$`));
  const large = fc
    .tuple(fc.boolean(), digits(20), fc.option(digits(18)))
    .map(([negative, whole, fraction]) => {
      const integer = whole.replace(/^0+(?=\d)/, '');
      return `${negative ? '-' : ''}${integer}${fraction === null ? '' : `.${fraction}`}`;
    });
  return fc
    .oneof({ weight: 3, arbitrary: small }, large, fc.constantFrom('0', '0.00', '1', '-0.5'))
    .filter(isCanonicalDecimal);
}

/** A confidence from 0 to 100. */
export function confidence(): fc.Arbitrary<string> {
  return fc.oneof(
    fc.constantFrom('98.0', '0.95', '0', '100', '70', '100.00'),
    fc.integer({ min: 0, max: 99 }).map((n) => `${n}.5`),
  );
}

/** A canonical JSON object: numbers digit for digit, keys in any order, hostile texts in it. */
export function jsonText(): fc.Arbitrary<string> {
  const text = hostileText().map((value) => JSON.stringify(value.replace(/[\0\p{Cs}]/gu, '')));
  const number = fc.constantFrom(
    '0',
    '-0',
    '1.50',
    '9007199254740993',
    '12345678901234567890.12345678',
    '1e5',
    '-2.5E-3',
  );
  const { value } = fc.letrec<{ value: string; object: string }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      fc.oneof(text, number, fc.constantFrom('null', 'true', 'false')),
      tie('object'),
      fc.array(tie('value'), { maxLength: 3 }).map((items) => `[${items.join(',')}]`),
    ),
    object: objectOf(tie('value')),
  }));
  return fc
    .oneof(
      {
        weight: 2,
        arbitrary: fc.constantFrom(
          '{}',
          '{"link":{"method":"nearest","minutes":3}}',
          '{"b":1,"a":2,"10":3,"9":4}',
        ),
      },
      { weight: 3, arbitrary: objectOf(value) },
    )
    .filter(isJsonText);
}

function objectOf(value: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const key = fc.constantFrom('a', 'b', '10', '2', 'key with space', 'quote"', 'ключ', '🚀', '', '---');
  return fc
    .uniqueArray(fc.tuple(key, value), { maxLength: 4, selector: ([name]) => name })
    .map((entries) => `{${entries.map(([name, json]) => `${JSON.stringify(name)}:${json}`).join(',')}}`);
}
