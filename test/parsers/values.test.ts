import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isCanonicalDecimal, readDecimal } from '../../parsers/decimal.js';
import { compareDecimals } from '../../parsers/decimal-arithmetic.js';
import { escapeBlockText, unescapeBlockText } from '../../parsers/escape.js';
import { InvalidRecordError } from '../../parsers/invalid-record-error.js';
import { readJson } from '../../parsers/json-node.js';
import { compactJson, isJsonText, prettyJson, readJsonObject } from '../../parsers/json-text.js';
import { incrementCounter, mergeJson } from '../../parsers/merge-json.js';
import { isPlainJsonObject } from '../../parsers/plain-json.js';
import { isShortText, storableText } from '../../parsers/short-text.js';
import { isCanonicalTime, readTime } from '../../parsers/time.js';
import { hostileText } from '../arbitraries/hostile-text.js';
import { canonicalDecimal, canonicalTime, jsonText } from '../arbitraries/values.js';

describe('times', () => {
  it.each([
    ['2026-01-14T14:24:08.034126+00:00', '2026-01-14T14:24:08.034126+00:00'],
    ['2026-01-14 14:24:08Z', '2026-01-14T14:24:08.000000+00:00'],
    ['2026-01-14t14:24z', '2026-01-14T14:24:00.000000+00:00'],
    ['2026-01-14T14:24:08,5+0530', '2026-01-14T08:54:08.500000+00:00'],
    ['2026-01-01T00:30:00+01', '2025-12-31T23:30:00.000000+00:00'],
    ['2024-02-29T23:59:59-00:01', '2024-03-01T00:00:59.000000+00:00'],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000000+00:00'],
    ['9999-12-31T23:59:59.999999Z', '9999-12-31T23:59:59.999999+00:00'],
  ])('%s is %s', (text, time) => {
    expect(readTime(text)).toEqual({ time, zoneMissing: false, precisionCut: false });
  });

  it.each([
    '2026-02-29T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-00-10T00:00:00Z',
    '2026-01-32T00:00:00Z',
    '2026-01-01T24:00:00Z',
    '2026-01-01T23:60:00Z',
    '2026-01-01T23:59:60Z',
    '2026-01-01T00:00:00+16:00',
    '2026-01-01T00:00:00+01:60',
    '0001-01-01T00:00:00+01:00',
    '9999-12-31T23:59:59-01:00',
    '0000-01-01T00:00:00Z',
    '2026-01-01',
    '1768400648',
    ' 2026-01-14T14:24:08Z',
    '２０２６-01-14T14:24:08Z',
    '',
  ])('%s is none', (text) => {
    expect(readTime(text)).toBeNull();
  });

  it('tells what it did not take as written', () => {
    expect(readTime('2026-01-14T14:24:08')?.zoneMissing).toBe(true);
    expect(readTime('2026-01-14T14:24:08.0341265Z')?.precisionCut).toBe(true);
    expect(readTime('2026-01-14T14:24:08.034126000Z')?.precisionCut).toBe(false);
  });

  it('agrees with Date on every zone, and keeps the microseconds that Date cuts', () => {
    const offset = fc.integer({ min: -15 * 60, max: 15 * 60 });
    fc.assert(
      fc.property(canonicalTime(), offset, (time, minutes) => {
        const sign = minutes < 0 ? '-' : '+';
        const pad = (value: number) => String(Math.floor(value)).padStart(2, '0');
        const zone = `${sign}${pad(Math.abs(minutes) / 60)}:${pad(Math.abs(minutes) % 60)}`;
        const local = `${time.slice(0, 26)}${zone}`;
        const read = readTime(local)?.time ?? '';
        expect(new Date(read).getTime()).toBe(new Date(local).getTime());
        expect(read.slice(19, 26)).toBe(time.slice(19, 26));
        expect(isCanonicalTime(read)).toBe(true);
        expect(readTime(read)?.time).toBe(read);
      }),
    );
  });
});

describe('decimals', () => {
  it.each(['0', '0.00', '-0.5', '1.50', '12345678901234567890.123456789012345678'])(
    '%s is canonical',
    (text) => {
      expect(isCanonicalDecimal(text)).toBe(true);
      expect(readDecimal(text)).toBe(text);
    },
  );

  it.each([
    ['007.50', '7.50'],
    ['-0', '0'],
    ['-0.00', '0.00'],
    ['-000.10', '-0.10'],
    ['000', '0'],
  ])('%s is read as %s', (text, decimal) => {
    expect(isCanonicalDecimal(text)).toBe(false);
    expect(readDecimal(text)).toBe(decimal);
  });

  it.each([
    '',
    '-',
    '.5',
    '5.',
    '+1',
    '1e5',
    'NaN',
    'Infinity',
    '1,5',
    '1 000',
    ' 1',
    '0x10',
    '١',
    '123456789012345678901',
    '0.1234567890123456789',
  ])('%s is none', (text) => {
    expect(readDecimal(text)).toBeNull();
  });

  it('are compared as numbers, exactly', () => {
    fc.assert(
      fc.property(canonicalDecimal(), canonicalDecimal(), (left, right) => {
        const exact = (text: string) => {
          const [whole = '', fraction = ''] = text.split('.');
          return BigInt(whole + fraction.padEnd(18, '0'));
        };
        const difference = exact(left) - exact(right);
        expect(Math.sign(compareDecimals(left, right))).toBe(
          difference === 0n ? 0 : difference < 0n ? -1 : 1,
        );
      }),
    );
  });
});

describe('short texts', () => {
  it('are 1 to 255 units without controls and unpaired surrogates', () => {
    expect(isShortText('x'.repeat(255))).toBe(true);
    expect(isShortText('🚀')).toBe(true);
    for (const text of ['', 'x'.repeat(256), 'a\nb', 'a\x7f', 'a\x85', 'a\ud800', '\udc00a']) {
      expect(isShortText(text)).toBe(false);
    }
  });

  it('lose in tables only what Postgres cannot store', () => {
    expect(storableText('a\0b\ud800c🚀')).toBe('a\ufffdb\ufffdc🚀');
    expect(storableText('plain')).toBe('plain');
  });
});

describe('free texts', () => {
  it('come back as they were, and hold no line that a parser could take for structure', () => {
    fc.assert(
      fc.property(hostileText(), (text) => {
        const escaped = escapeBlockText(text);
        expect(unescapeBlockText(escaped)).toBe(text);
        expect(escaped).not.toMatch(
          /(?<![^\n]) {0,3}(?:#{1,6}(?:[ \t]|\n|$)|```|~~~|\*\*|<[A-Za-z!/?]|(?:---|===|\*\*\*|___)[ \t]*(?:\n|$))/,
        );
        expect(escaped).not.toMatch(/[\0-\x08\x0b-\x1f\x7f\ufeff]|\p{Cs}/u);
        expect(escaped).not.toMatch(/^[ \t\n]|[ \t\n]$/);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['# heading', '\\# heading'],
    ['#hashtag', '#hashtag'],
    ['- item', '- item'],
    ['a\n---', 'a\n\\---'],
    ['**bold** move', '\\**bold** move'],
    ['\\# escaped', '\\\\# escaped'],
    ['C:\\temp', 'C:\\temp'],
    ['    # code', '&#x20;&#x20;&#x20;&#x20;# code'],
    ['a\n    # code', 'a\n    # code'],
    ['&#x0;', '&amp;#x0;'],
    ['a & b &amp; c', 'a & b &amp; c'],
    ['a\r\nb', 'a&#xD;\nb'],
    ['a\n=======', 'a\n&#x3D;======'],
  ])('%j stands as %j', (text, escaped) => {
    expect(escapeBlockText(text)).toBe(escaped);
  });
});

describe('JSON', () => {
  it('agrees with JSON.parse on what is JSON, and keeps its digits', () => {
    fc.assert(
      fc.property(fc.json(), (json) => {
        const node = readJson(json);
        expect(node.kind).not.toBe('fault');
        if (node.kind !== 'fault') expect(JSON.parse(compactJson(node))).toEqual(JSON.parse(json));
      }),
    );
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'{}[]",:0123.eE-+ntf\\u \n') }), (text) => {
        let native = true;
        try {
          JSON.parse(text);
        } catch {
          native = false;
        }
        expect(readJson(text).kind !== 'fault').toBe(native);
      }),
      { numRuns: 2000 },
    );
  });

  it('has one canonical text, pretty or not', () => {
    fc.assert(
      fc.property(jsonText(), (json) => {
        expect(readJsonObject(json)).toEqual({ json });
        expect(readJsonObject(prettyJson(json))).toEqual({ json });
        if (isPlainJsonObject(json)) expect(isJsonText(json)).toBe(true);
      }),
    );
  });

  it('the quick look takes nothing that the close look refuses', () => {
    const pieces = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"a"',
      '"b"',
      '"__proto__"',
      '1',
      '-0',
      '01',
      '1.',
      '1e5',
      'null',
      'true',
      '"\\u0000"',
      '"\ud800"',
      '" "',
      ' ',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
        const text = `{${parts.join('')}}`;
        if (isPlainJsonObject(text)) expect(readJsonObject(text)).toEqual({ json: text });
      }),
      { numRuns: 5000 },
    );
    expect(isPlainJsonObject(`{"a":${'['.repeat(64)}${']'.repeat(64)}}`)).toBe(false);
    expect(isPlainJsonObject(`{"a":${'['.repeat(63)}${']'.repeat(63)}}`)).toBe(true);
  });
});

describe('merging JSON', () => {
  it('goes by key, keeps order and digits', () => {
    expect(
      mergeJson('{"b":1.50,"a":{"x":1,"y":[1]}}', '{"a":{"y":2,"z":null},"c":3,"b":9007199254740993}'),
    ).toBe('{"b":9007199254740993,"a":{"x":1,"y":2,"z":null},"c":3}');
    expect(mergeJson('{}', '{ "a" : 1 }')).toBe('{"a":1}');
  });

  it('changes nothing with an empty patch, and is done after one time', () => {
    fc.assert(
      fc.property(jsonText(), jsonText(), (base, patch) => {
        expect(mergeJson(base, '{}')).toBe(base);
        const merged = mergeJson(base, patch);
        expect(mergeJson(merged, patch)).toBe(merged);
        expect(JSON.parse(merged)).toMatchObject(JSON.parse(patch));
      }),
    );
  });

  it('refuses what would reach a prototype, and what is no object', () => {
    for (const patch of ['{"__proto__":{"isAdmin":true}}', '{"constructor":{}}', '[]', 'nonsense', '']) {
      expect(() => mergeJson('{"a":1}', patch)).toThrow(InvalidRecordError);
    }
    expect('isAdmin' in {}).toBe(false);
  });

  it('counts up exactly', () => {
    expect(incrementCounter('{}', 'total_decisions')).toBe('{"total_decisions":1}');
    expect(incrementCounter('{"total_decisions":9007199254740993,"a":1.0}', 'total_decisions')).toBe(
      '{"total_decisions":9007199254740994,"a":1.0}',
    );
    expect(incrementCounter('{"n":-1}', 'n')).toBe('{"n":0}');
    for (const json of ['{"n":1.5}', '{"n":"1"}', '{"n":null}', '{"n":1e3}']) {
      expect(() => incrementCounter(json, 'n')).toThrow(InvalidRecordError);
    }
  });
});
