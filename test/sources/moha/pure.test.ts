import { describe, expect, it } from 'vitest';
import { changedSince, horizonUsable } from '../../../src/sources/moha/horizon.js';
import { idInRanges, idList, readId } from '../../../src/sources/moha/id-ranges.js';
import { assertReadingStatement } from '../../../src/sources/moha/statement-guard.js';
import { COLUMN_NAMES, chooseColumns } from '../../../src/sources/moha/table-columns.js';
import { checkTimeZone } from '../../../src/sources/moha/time-zone.js';
import { timeOfTimestamp } from '../../../src/sources/moha/timestamp-text.js';

describe('horizonUsable', () => {
  it.each([
    ['100', '100', true],
    ['100', '101', true],
    ['101', '100', false],
    ['4294967290', '4294967310', true],
    ['0', String(2n ** 31n), false],
    ['0', String(2n ** 31n - 10_000_000n), true],
    ['0', String(2n ** 31n - 9_999_999n), false],
    ['', '100', false],
    ['-1', '100', false],
    ['1e3', '2000', false],
  ])('horizon %s, next %s: %s', (horizon, next, usable) => {
    expect(horizonUsable(horizon, next)).toBe(usable);
  });

  it('finds every row when the horizon cannot be used', () => {
    expect(changedSince('200', '100', true)).toBe('true');
  });

  it('lists few transactions, also where their ids begin again, and none that is no transaction', () => {
    expect(changedSince('4294967294', '4294967301', true)).toBe(
      "xmin = any('{4294967294,4294967295,3,4}'::xid[])",
    );
    expect(changedSince('100', '100', true)).toBe('false');
    expect(changedSince('100', '6000', true)).toContain('age(xmin)');
    expect(changedSince('100', '101', false)).toContain('age(xmin)');
  });
});

describe('idInRanges', () => {
  it('lists short ranges, compares long ones, joins overlaps and neighbours', () => {
    const ranges = [
      { first: '8', last: '9' },
      { first: '1', last: '3' },
      { first: '4', last: '4' },
      { first: '2', last: '2' },
      { first: '1000', last: '2000' },
      { first: '7', last: '6' },
    ];
    expect(idInRanges(ranges, 'bigint')).toBe(
      "(id = any('{1,2,3,4,8,9}'::bigint[]) or id between 1000 and 2000)",
    );
  });

  it('knows that nothing is in no range, and that ids beyond the type are in no row', () => {
    expect(idInRanges([], 'bigint')).toBe('false');
    expect(idList([2n ** 63n], 'bigint')).toBeNull();
    expect(idList([2n ** 63n], 'numeric')).toBe("'{9223372036854775808}'::numeric[]");
  });

  it('refuses what is not an id', () => {
    for (const text of ['', '1 or true', '1.5', '0x10', "'"]) expect(() => readId(text)).toThrow('not an id');
  });
});

describe('timeOfTimestamp', () => {
  it.each([
    ['2026-01-14 14:24:08', '2026-01-14T14:24:08.000000+00:00'],
    ['2026-01-14 14:24:08.5', '2026-01-14T14:24:08.500000+00:00'],
    ['0001-01-01 00:00:00.000001', '0001-01-01T00:00:00.000001+00:00'],
    ['9999-12-31 23:59:59.999999', '9999-12-31T23:59:59.999999+00:00'],
  ])('%s is %s', (text, time) => {
    expect(timeOfTimestamp(text)).toBe(time);
  });

  it.each([
    'infinity',
    '-infinity',
    '10000-01-01 00:00:00',
    '0044-03-15 00:00:00.5 BC',
    '0044-03-15 00:00:00 BC',
  ])('%s stays', (text) => {
    expect(timeOfTimestamp(text)).toBe(text);
  });
});

describe('assertReadingStatement', () => {
  it('takes what the reading code needs', () => {
    for (const text of [
      'select 1',
      "select max(id) from bot_trades where a = 'x;''y'",
      'fetch 5 from c',
      'close c',
    ])
      expect(() => assertReadingStatement(text)).not.toThrow();
  });

  it.each([
    'commit',
    'select 1; commit',
    "select E'\\'; commit --'",
    'select $$;$$',
    'select 1 -- x',
    'select 1 /* x */',
    'select "lo_unlink"(1)',
    'select lo_unlink (1)',
    'select pg_catalog.lo_unlink(1)',
    'select * into t from bot_trades',
    'select * from bot_trades for share',
    'with gone as (delete from bot_trades returning 1) select 1',
    'declare c cursor with hold for select 1',
    "select U&'\\0027' , 1",
    '',
  ])('refuses %s', (text) => {
    expect(() => assertReadingStatement(text)).toThrow('refused on the upstream connection');
  });
});

describe('chooseColumns', () => {
  it('names every required column that is missing, and no optional one', () => {
    const { faults, columns } = chooseColumns([], 'UTC');
    const optional = ['bot_type', 'leverage', 'unrealized_pnl', 'close_reason'];
    expect(faults.map(({ column }) => column)).toEqual(
      COLUMN_NAMES.filter((name) => !optional.includes(name)),
    );
    expect(columns.every(({ type }) => type === null)).toBe(true);
  });
});

describe('checkTimeZone', () => {
  it('takes names', () => {
    for (const name of ['UTC', 'Europe/Berlin', 'Asia/Tokyo', 'America/Argentina/Buenos_Aires'])
      expect(() => checkTimeZone(name)).not.toThrow();
  });

  it.each(['UTC+2', '+02:00', 'Foo/Bar', "UTC'", '', 'Europe/Belin'])('refuses %j', (name) => {
    expect(() => checkTimeZone(name)).toThrow('MOHA_TIME_ZONE');
  });
});
