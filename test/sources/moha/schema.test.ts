import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { BOT_TRADES, createUpstream, failure, idsOf, readAll, readRows, type Upstream } from './upstream.js';

let upstream: Upstream;

beforeAll(async () => {
  upstream = await createUpstream();
});

afterAll(() => upstream.drop());

beforeEach(() =>
  upstream
    .run('drop view if exists bot_trades; drop table if exists bot_trades cascade')
    .catch(() => upstream.run('drop table if exists bot_trades cascade')),
);

const markOf = async () => (await upstream.open()).withSnapshot(async ({ mark }) => mark);

describe('what bot_trades may be', () => {
  it('a view, whose rows do not say when they changed', async () => {
    await upstream.run(BOT_TRADES.replace('bot_trades', 'trades_v2'));
    await upstream.run(
      'insert into trades_v2 (id) values (1), (3); create view bot_trades as select * from trades_v2',
    );
    const moha = await upstream.open();
    await moha.withSnapshot(async (snapshot) => {
      expect(snapshot.mark).toMatchObject({ kind: 'view', lastId: '3' });
      expect(idsOf(await readRows(snapshot, { kind: 'ids', aboveId: '1', ids: [] }))).toEqual(['3']);
      expect(await snapshot.gaps('0', 5)).toEqual([{ first: '2', last: '2' }]);
      expect(await snapshot.estimate()).toBe(2);
      expect(() => snapshot.rows({ kind: 'changed', sinceHorizon: '3', ids: [] })).toThrow('view');
    });
    await upstream.run('drop table trades_v2 cascade');
  });

  it('a partitioned table', async () => {
    await upstream.run(
      `${BOT_TRADES.replace('bigserial primary key', 'bigint')} partition by range (id);
       create table bot_trades_low partition of bot_trades for values from (0) to (100);
       create table bot_trades_high partition of bot_trades for values from (100) to (200);
       insert into bot_trades (id) values (1), (150)`,
    );
    const moha = await upstream.open();
    const mark = await markOf();
    expect(mark.kind).toBe('table');
    await upstream.run('update bot_trades set size = 1 where id = 150');
    await moha.withSnapshot(async (snapshot) => {
      const changed = await readRows(snapshot, { kind: 'changed', sinceHorizon: mark.nextXid, ids: [] });
      expect(idsOf(changed)).toEqual(['150']);
    });
  });

  it('a table of domains, enums and other spellings', async () => {
    await upstream.run(`create domain money_amount as numeric(20, 8) check (value is not null or true);
      create domain fee_amount as money_amount; create type trade_side as enum ('buy', 'sell (short)');
      create table bot_trades (id numeric(20), bot_id uuid, decision_id int, symbol char(10), side trade_side,
        entry_price money_amount, exit_price fee_amount, size float4, realized_pnl int8, fees numeric,
        opened_at timestamp, closed_at timestamptz, status text, close_reason trade_side);
      insert into bot_trades values (12345678901234567890, 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 7, 'BTC',
        'sell (short)', 1.5, 2, 3, 4, 5, '2026-01-01', null, 'open', 'buy')`);
    const [row] = await readAll(await upstream.open());
    expect(row).toMatchObject({
      id: '12345678901234567890',
      botId: 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11',
      decisionId: '7',
      symbol: 'BTC',
      side: 'sell (short)',
      entryPrice: '1.50000000',
      exitPrice: '2.00000000',
      closeReason: 'buy',
    });
    await (await upstream.open()).withSnapshot(async (snapshot) => {
      expect(snapshot.mark.lastId).toBe('12345678901234567890');
      expect(await snapshot.absent(['12345678901234567890', '1'])).toEqual(['1']);
      expect(await snapshot.gaps('12345678901234567888', 5)).toEqual([
        { first: '12345678901234567889', last: '12345678901234567889' },
      ]);
    });
    await upstream.run(
      'drop table bot_trades; drop domain fee_amount; drop domain money_amount; drop type trade_side',
    );
  });

  it('a table in another schema, on the search path of the role', async () => {
    await upstream.run(
      `create schema "Mo;Ha ""x"""; ${BOT_TRADES.replace('bot_trades', '"Mo;Ha ""x""".bot_trades')}`,
    );
    await upstream.run('insert into "Mo;Ha ""x""".bot_trades (id) values (11)');
    const { name, url } = await upstream.role();
    await upstream.run(`alter role ${name} set search_path = "Mo;Ha ""x""", public`);
    const moha = await upstream.open({ url });
    const refused = await failure(readAll(moha));
    expect(refused).toMatchObject({ code: 'UPSTREAM_SCHEMA', data: { schemas: ['Mo;Ha "x"'] } });
    await upstream.run(
      `grant usage on schema "Mo;Ha ""x""" to ${name}; grant select on "Mo;Ha ""x""".bot_trades to ${name}`,
    );
    expect(idsOf(await readAll(moha))).toEqual(['11']);
    await upstream.run('drop schema "Mo;Ha ""x""" cascade');
  });

  it('not a table with an id that is null or no whole number', async () => {
    await upstream.run(BOT_TRADES.replace('bigserial primary key', 'numeric'));
    await upstream.run('insert into bot_trades (id) values (1.0)');
    expect(idsOf(await readAll(await upstream.open()))).toEqual(['1']);
    await upstream.run('insert into bot_trades (id) values (1.5)');
    expect(await failure(readAll(await upstream.open()))).toMatchObject({ code: 'UPSTREAM_INVALID' });
    await upstream.run('update bot_trades set id = null');
    expect(await failure(readAll(await upstream.open()))).toMatchObject({ code: 'UPSTREAM_INVALID' });
  });
});

describe('what is refused before anything is read', () => {
  it('no table', async () => {
    expect(await failure(readAll(await upstream.open()))).toMatchObject({
      code: 'UPSTREAM_SCHEMA',
      message: expect.stringContaining('has no table bot_trades'),
    });
    await upstream.run('create sequence bot_trades');
    expect(await failure(readAll(await upstream.open()))).toMatchObject({ code: 'UPSTREAM_SCHEMA' });
    await upstream.run('drop sequence bot_trades');
  });

  const columns =
    'bot_id decision_id symbol side entry_price exit_price size realized_pnl fees opened_at closed_at status';

  it.each(['id', ...columns.split(' ')])('%s is missing, or renamed', async (column) => {
    await upstream.run(BOT_TRADES);
    await upstream.run(`alter table bot_trades rename ${column} to renamed`);
    expect(await failure(readAll(await upstream.open()))).toMatchObject({
      code: 'UPSTREAM_SCHEMA',
      message: expect.stringContaining(`${column} is missing`),
      data: { faults: [{ column, fault: 'missing', found: null }] },
    });
  });

  it.each([
    ['id', 'text'],
    ['id', 'numeric(10, 2)'],
    ['entry_price', 'text'],
    ['fees', 'money'],
    ['opened_at', 'date'],
    ['closed_at', 'text'],
    ['side', 'jsonb'],
    ['status', 'boolean'],
    ['bot_id', 'text[]'],
  ])('%s is of type %s', async (column, type) => {
    await upstream.run(BOT_TRADES);
    await upstream.run(`alter table bot_trades drop ${column}; alter table bot_trades add ${column} ${type}`);
    expect(await failure(readAll(await upstream.open()))).toMatchObject({
      code: 'UPSTREAM_SCHEMA',
      data: {
        faults: [{ column, fault: 'type', found: expect.stringContaining(type.split(/[ (]/)[0] ?? '') }],
      },
    });
  });

  it('several faults, all named at once', async () => {
    await upstream.run(BOT_TRADES);
    await upstream.run(`alter table bot_trades drop fees, drop size, alter symbol type jsonb using null,
      add leverage text`);
    const { name, url } = await upstream.role();
    await upstream.run(`grant select (id, symbol, leverage, side) on bot_trades to ${name}`);
    const error = await failure(readAll(await upstream.open({ url })));
    expect(error).toMatchObject({ code: 'UPSTREAM_SCHEMA' });
    for (const text of [
      'fees is missing',
      'size is missing',
      'symbol is jsonb',
      'leverage is text',
      'status may not be read',
    ])
      expect((error as Error).message).toContain(text);
  });

  it('a time zone that does not exist', async () => {
    expect(await failure(upstream.open({ timeZone: 'Europe/Belin' }))).toMatchObject({
      code: 'CONFIG_INVALID',
    });
  });
});

describe('what the role may do', () => {
  it('a role that may read and nothing else is what we want', async () => {
    await upstream.run(BOT_TRADES);
    const { name, url } = await upstream.role();
    const refused = await failure(readAll(await upstream.open({ url })));
    expect(refused).toMatchObject({
      code: 'UPSTREAM_SCHEMA',
      hint: expect.stringContaining('SELECT on bot_trades'),
    });
    await upstream.run(`grant select on bot_trades to ${name}`);
    const warnings: string[] = [];
    const moha = await upstream.open({ url, requireReadOnlyRole: true, warn: (text) => warnings.push(text) });
    expect(await readAll(moha)).toEqual([]);
    expect(warnings).toEqual([]);
  });

  it('single columns are enough, but then changes are found by id', async () => {
    await upstream.run(BOT_TRADES);
    await upstream.run(
      'alter table bot_trades add leverage numeric; insert into bot_trades (id, leverage) values (1, 3)',
    );
    const { name, url } = await upstream.role();
    await upstream.run(`grant select (id, bot_id, decision_id, symbol, side, entry_price, exit_price, size,
      realized_pnl, fees, opened_at, closed_at, status) on bot_trades to ${name}`);
    await (await upstream.open({ url })).withSnapshot(async (snapshot) => {
      expect(snapshot.mark.kind).toBe('view');
      expect(await readRows(snapshot, { kind: 'all' })).toMatchObject([{ id: '1', leverage: null }]);
      expect(snapshot.warnings).toEqual([
        expect.stringContaining('grant SELECT on the whole table'),
        expect.stringContaining('leverage may not be read'),
      ]);
    });
    await upstream.run(`grant select (xmin) on bot_trades to ${name}`);
    await (await upstream.open({ url })).withSnapshot(async (snapshot) => {
      expect(snapshot.mark.kind).toBe('table');
      expect(await readRows(snapshot, { kind: 'changed', sinceHorizon: '3', ids: [] })).toHaveLength(1);
    });
  });

  it.each([
    ['grant insert on bot_trades to ROLE', 'may INSERT'],
    ['grant update (size) on bot_trades to ROLE', 'may UPDATE'],
    ['grant delete on bot_trades to ROLE', 'may DELETE'],
    ['grant truncate on bot_trades to ROLE', 'may TRUNCATE'],
    ['alter table bot_trades owner to ROLE', 'owns it'],
    ['alter role ROLE superuser', 'is a superuser'],
  ])('warns or refuses after %s', async (grant, access) => {
    await upstream.run(BOT_TRADES);
    const { name, url } = await upstream.role();
    await upstream.run(`grant select on bot_trades to ${name}; ${grant.replace('ROLE', name)}`);
    const warnings: string[] = [];
    const moha = await upstream.open({ url, warn: (text) => warnings.push(text) });
    await readAll(moha);
    await readAll(moha);
    expect(warnings).toEqual([expect.stringContaining(access)]);
    expect(await failure(readAll(await upstream.open({ url, requireReadOnlyRole: true })))).toMatchObject({
      code: 'UPSTREAM_WRITABLE',
      hint: expect.stringContaining('only CONNECT, USAGE on the schema and SELECT on bot_trades'),
    });
  });

  it('says that row level security hides rows', async () => {
    await upstream.run(`${BOT_TRADES}; alter table bot_trades enable row level security`);
    const { name, url } = await upstream.role();
    await upstream.run(`grant select on bot_trades to ${name}`);
    const warnings = await (await upstream.open({ url })).withSnapshot(async (snapshot) => snapshot.warnings);
    expect(warnings).toEqual([expect.stringContaining('row level security')]);
  });

  it('does without the identity of the cluster when the role may not ask for it', async () => {
    await upstream.run(BOT_TRADES);
    expect((await markOf()).identity).toMatchObject({
      system: expect.stringMatching(/^\d+$/),
      timeline: '1',
    });
    const { name, url } = await upstream.role();
    await upstream.run(`grant select on bot_trades to ${name};
      revoke execute on function pg_control_system(), pg_control_checkpoint() from public`);
    const { identity } = await (await upstream.open({ url })).withSnapshot(async ({ mark }) => mark);
    expect(identity).toMatchObject({ system: null, timeline: null, table: expect.stringMatching(/^\d+$/) });
  });
});
