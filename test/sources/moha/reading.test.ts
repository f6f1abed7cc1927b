import { PGlite } from '@electric-sql/pglite';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { mohaOn } from '../../../src/sources/moha/open-moha.js';
import { BOT_TRADES, createUpstream, idsOf, readAll, readRows, type Upstream } from './upstream.js';

let upstream: Upstream;

beforeAll(async () => {
  upstream = await createUpstream();
});

afterAll(() => upstream.drop());

beforeEach(() => upstream.run('drop table if exists bot_trades cascade'));

describe('reading exactly', () => {
  it('keeps every digit and microsecond, and every character', async () => {
    await upstream.run(BOT_TRADES);
    await upstream.run(`insert into bot_trades values
      (9007199254740993, 'a "b" \\ c, (d)', 9223372036854775807, 'BTC/USDT', '', 12345678901234567890.123456789012345678,
       -0.000000000000000001, 'NaN', 0, null, '2026-01-14 15:24:08.034126+01', null, e'open\\n\\t')`);
    expect(await readAll(await upstream.open())).toEqual([
      {
        id: '9007199254740993',
        botId: 'a "b" \\ c, (d)',
        botType: null,
        decisionId: '9223372036854775807',
        symbol: 'BTC/USDT',
        side: '',
        entryPrice: '12345678901234567890.123456789012345678',
        exitPrice: '-0.000000000000000001',
        size: 'NaN',
        leverage: null,
        realizedPnl: '0.000000000000000000',
        unrealizedPnl: null,
        fees: null,
        status: 'open\n\t',
        closeReason: null,
        openedAt: '2026-01-14T14:24:08.034126+00:00',
        closedAt: null,
      },
    ]);
  });

  it('keeps floats as upstream prints them, whatever the role is set to, and says so', async () => {
    await upstream.run(BOT_TRADES);
    await upstream.run(`alter table bot_trades alter entry_price type float8, alter exit_price type float4,
      alter size type float8, alter fees type int, add unrealized_pnl float8, add leverage numeric`);
    await upstream.run(`insert into bot_trades (id, entry_price, exit_price, size, fees, unrealized_pnl, leverage)
      values (1, 1e-300, 0.1, 'Infinity', 3, 0.1::float8 + 0.2::float8, 'Infinity')`);
    const { name, url } = await upstream.role();
    await upstream.run(
      `alter role ${name} set extra_float_digits = 0; grant select on bot_trades to ${name}`,
    );
    const moha = await upstream.open({ url });
    const [row] = await readAll(moha);
    expect(row).toMatchObject({
      entryPrice: '1e-300',
      exitPrice: '0.1',
      size: 'Infinity',
      fees: '3',
      unrealizedPnl: '0.30000000000000004',
      leverage: 'Infinity',
    });
    expect(await moha.withSnapshot(async ({ warnings }) => warnings)).toEqual([
      expect.stringMatching(/entry_price, exit_price, size, unrealized_pnl is a float/),
    ]);
  });

  it('takes times without a zone in the configured one, wherever upstream is', async () => {
    await upstream.run(BOT_TRADES);
    await upstream.run(
      'alter table bot_trades alter opened_at type timestamp, alter closed_at type timestamp;' +
        "do $$ begin execute format('alter database %I set timezone to ''Asia/Tokyo''', current_database()); end $$",
    );
    await upstream.run(`insert into bot_trades (id, opened_at, closed_at) values
      (1, '2026-07-01 12:00:00.000001', 'infinity'), (2, '2026-01-01 00:30:00', null)`);
    const times = async (timeZone: string) =>
      (await readAll(await upstream.open({ timeZone }))).map(({ openedAt, closedAt }) => [
        openedAt,
        closedAt,
      ]);
    expect(await times('UTC')).toEqual([
      ['2026-01-01T00:30:00.000000+00:00', null],
      ['2026-07-01T12:00:00.000001+00:00', 'infinity'],
    ]);
    expect(await times('Europe/Berlin')).toEqual([
      ['2025-12-31T23:30:00.000000+00:00', null],
      ['2026-07-01T10:00:00.000001+00:00', 'infinity'],
    ]);
    const warnings = await (await upstream.open({ timeZone: 'Europe/Berlin' })).withSnapshot(
      async (snapshot) => snapshot.warnings,
    );
    expect(warnings).toEqual([
      expect.stringMatching(/opened_at, closed_at.*Europe\/Berlin \(MOHA_TIME_ZONE\)/),
    ]);
  });

  it('orders by time, then id, unknown times last, and leaves odd times as they are', async () => {
    await upstream.run(BOT_TRADES);
    await upstream.run(`insert into bot_trades (id, opened_at) values
      (5, null), (4, '2026-01-01 00:00:00+00'), (3, '2026-01-01 01:00:00+01'), (2, 'infinity'), (1, '-infinity'),
      (6, '12026-01-01 00:00:00+00'), (7, '0044-03-15 00:00:00+00 BC'), (8, '9999-12-31 23:59:59.999999+00'),
      (9, '0001-01-01 00:00:00+00')`);
    const rows = await readAll(await upstream.open());
    expect(rows.map(({ id, openedAt }) => [id, openedAt])).toEqual([
      ['1', '-infinity'],
      ['7', '0044-03-15 00:00:00 BC'],
      ['9', '0001-01-01T00:00:00.000000+00:00'],
      ['3', '2026-01-01T00:00:00.000000+00:00'],
      ['4', '2026-01-01T00:00:00.000000+00:00'],
      ['8', '9999-12-31T23:59:59.999999+00:00'],
      ['6', '12026-01-01 00:00:00'],
      ['2', 'infinity'],
      ['5', null],
    ]);
  });

  it('streams batches in order while other questions are asked in between, and may stop early', async () => {
    await upstream.run(BOT_TRADES);
    await upstream.run(`insert into bot_trades (id, opened_at)
      select i, timestamptz '2026-01-01' + i * interval '1 s' from generate_series(1, 12000) i`);
    const moha = await upstream.open();
    await moha.withSnapshot(async (snapshot) => {
      const ids: string[] = [];
      const sizes: number[] = [];
      for await (const batch of snapshot.rows({ kind: 'all' })) {
        ids.push(...idsOf([...batch]));
        sizes.push(batch.length);
        expect(await snapshot.absent(['12000', '12001'])).toEqual(['12001']);
      }
      expect(sizes.length).toBeGreaterThan(1);
      expect(ids).toEqual(Array.from({ length: 12_000 }, (_, i) => String(i + 1)));
      for await (const batch of snapshot.rows({ kind: 'all' })) if (batch.length > 0) break;
      expect(await snapshot.estimate()).toBe(12_000);
    });
    expect(await readAll(moha)).toHaveLength(12_000);
  });

  it('reads over a connection of the caller in the same way', async () => {
    const pglite = await PGlite.create();
    await pglite.exec(`${BOT_TRADES}; insert into bot_trades (id, size, opened_at) values
      (1, 0.5, '2026-01-14 14:24:08.034126+00'), (3, null, null); set timezone to 'Asia/Tokyo'`);
    await pglite.exec('begin isolation level repeatable read read only');
    const asText = { get: () => (value: string) => value };
    const parsers = new Proxy({}, asText) as Record<number, (value: string) => string>;
    const moha = mohaOn(
      {
        query: async (text) =>
          (await pglite.query<(string | null)[]>(text, [], { rowMode: 'array', parsers })).rows,
      },
      { description: 'embedded', timeZone: 'UTC', requireReadOnlyRole: false, warn: () => undefined },
    );
    await moha.withSnapshot(async (snapshot) => {
      const rows = await readRows(snapshot, { kind: 'all' });
      expect(rows.map(({ id, size, openedAt }) => [id, size, openedAt])).toEqual([
        ['1', '0.500000000000000000', '2026-01-14T14:24:08.034126+00:00'],
        ['3', null, null],
      ]);
      expect(await snapshot.gaps('0', 10)).toEqual([{ first: '2', last: '2' }]);
      expect(snapshot.mark).toMatchObject({ kind: 'table', lastId: '3', live: [] });
    });
    await pglite.close();
  }, 60_000);
});
