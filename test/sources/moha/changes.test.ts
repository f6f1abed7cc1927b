import type pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Moha, RowSelection } from '../../../src/sources/moha/bot-trade.js';
import { changedSince } from '../../../src/sources/moha/horizon.js';
import { BOT_TRADES, createUpstream, idsOf, readRows, type Upstream } from './upstream.js';

let upstream: Upstream;
let moha: Moha;

beforeAll(async () => {
  upstream = await createUpstream();
  moha = await upstream.open();
});

afterAll(() => upstream.drop());

beforeEach(async () => {
  await upstream.disconnect();
  await upstream.run('drop table if exists bot_trades cascade');
  await upstream.run(BOT_TRADES);
});

const look = (selection: RowSelection) =>
  moha.withSnapshot(async (snapshot) => ({ mark: snapshot.mark, rows: await readRows(snapshot, selection) }));

const insert = (client: pg.Client, id: number, size = 1) =>
  client.query('insert into bot_trades (id, size, opened_at) values ($1, $2, now())', [id, size]);

/** A small generator with a seed, so that a failure can be run again. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    // The low digits of such a generator go round in small circles.
    return Math.floor((state / 2 ** 32) * below);
  };
}

const TRANSACTIONS = 60;

/** Open transactions of random length that insert, update and sometimes roll back; some in savepoints. */
async function write(client: pg.Client, own: number, random: (below: number) => number): Promise<void> {
  for (let i = 0; i < TRANSACTIONS; i++) {
    await client.query('begin');
    for (let step = random(3); step >= 0; step--) {
      if (random(4) === 0) await client.query('savepoint inner_part');
      if (random(2) === 0) await client.query('insert into bot_trades (size, opened_at) values (0, now())');
      else
        await client.query('update bot_trades set size = size + 1 where id % 8 = $1 and id % 13 = $2', [
          own,
          random(13),
        ]);
      await client.query('select pg_sleep($1)', [random(6) / 1000]);
    }
    await client.query(random(10) === 0 ? 'rollback' : 'commit');
  }
}

describe('rows that changed', () => {
  it('misses nothing that 8 writers with open transactions do', async () => {
    const seed = Date.now() % 1_000_000;
    const clients = await Promise.all(Array.from({ length: 8 }, () => upstream.connect()));
    const seen = new Map<string, string | null>();
    let horizon = '3';
    let looks = 0;
    const lookAgain = async () => {
      const { mark, rows } = await look({ kind: 'changed', sinceHorizon: horizon, ids: [] });
      for (const { id, size } of rows) seen.set(id, size);
      horizon = mark.horizon;
      looks += 1;
    };
    let busy = true;
    const writers = Promise.all(clients.map((client, i) => write(client, i, randomFrom(seed + i)))).finally(
      () => {
        busy = false;
      },
    );
    while (busy) await lookAgain();
    await writers;
    await lookAgain();
    const { rows } = await look({ kind: 'all' });
    expect(rows.length).toBeGreaterThan(100);
    expect(looks).toBeGreaterThan(5);
    expect(seen, `seed ${seed}`).toEqual(new Map(rows.map(({ id, size }) => [id, size])));
  });

  it('finds the same rows by the ids of transactions and by their age', async () => {
    for (let id = 1; id <= 6; id++) await upstream.run(`insert into bot_trades (id) values (${id})`);
    await upstream.run(
      'begin; update bot_trades set size = 1 where id = 2; savepoint s; update bot_trades set size = 1 where id = 5; commit',
    );
    const client = await upstream.connect();
    await client.query('begin isolation level repeatable read');
    const { rows: marks } = await client.query(
      'select pg_snapshot_xmax(pg_current_snapshot())::text as next',
    );
    const next: string = marks[0].next;
    const found = async (horizon: string, byId: boolean): Promise<string[]> => {
      const condition = changedSince(horizon, next, byId);
      const { rows } = await client.query(`select id from bot_trades where ${condition} order by id`);
      return rows.map(({ id }) => String(id));
    };
    const sizes = new Set<number>();
    for (let back = 0n; back <= 12n; back++) {
      const horizon = String(BigInt(next) - back);
      const rows = await found(horizon, true);
      expect(rows).toEqual(await found(horizon, false));
      sizes.add(rows.length);
    }
    expect(sizes.size).toBeGreaterThan(2);
  });

  it('sees a row that is committed late under a lower id', async () => {
    const late = await upstream.connect();
    const other = await upstream.connect();
    await late.query('begin');
    await insert(late, 5);
    const { rows: own } = await late.query(
      'select virtualtransaction from pg_locks where pid = pg_backend_pid()',
    );
    const lateId = own[0].virtualtransaction;
    await insert(other, 9);
    const first = await look({ kind: 'all' });
    expect(idsOf(first.rows)).toEqual(['9']);
    expect(first.mark.live).toContain(lateId);
    await late.query('commit');
    const second = await look({ kind: 'changed', sinceHorizon: first.mark.horizon, ids: [] });
    expect(idsOf(second.rows)).toContain('5');
    expect(second.mark.live).not.toContain(lateId);
  });

  it('adds the rows of ranges, and reads by id where that is asked for', async () => {
    await upstream.run('insert into bot_trades (id) select i from generate_series(1, 300) i');
    const { mark } = await look({ kind: 'all' });
    await upstream.run('update bot_trades set size = 2 where id = 42');
    const ids = [
      { first: '7', last: '8' },
      { first: '100', last: '199' },
    ];
    const changed = await look({ kind: 'changed', sinceHorizon: mark.nextXid, ids });
    const hundred = Array.from({ length: 100 }, (_, i) => String(100 + i));
    expect(idsOf(changed.rows)).toEqual(['7', '8', '42', ...hundred]);
    const above = await look({ kind: 'ids', aboveId: '298', ids: [{ first: '1', last: '1' }] });
    expect(idsOf(above.rows)).toEqual(['1', '299', '300']);
    const ahead = await look({ kind: 'changed', sinceHorizon: '99999999999', ids: [] });
    expect(ahead.rows, 'a horizon that cannot be used hides nothing').toHaveLength(300);
  });

  it('does not take frozen rows for new ones, nor rows of many transactions ago', async () => {
    await upstream.run('insert into bot_trades (id) values (1)');
    const { mark } = await look({ kind: 'all' });
    await upstream.run('vacuum (freeze) bot_trades');
    const { rows } = await look({ kind: 'changed', sinceHorizon: mark.nextXid, ids: [] });
    expect(rows).toEqual([]);
  });

  it('knows a prepared transaction as one that runs, when the server allows them', async () => {
    const { rows } = await upstream.run('show max_prepared_transactions');
    if (rows[0].max_prepared_transactions === '0') return;
    await upstream.run("begin; insert into bot_trades (id) values (1); prepare transaction 'held'");
    expect((await look({ kind: 'all' })).mark.live).toHaveLength(1);
    await upstream.run("rollback prepared 'held'");
  });
});

describe('ids', () => {
  it('finds gaps in order, the highest when there are more than asked for', async () => {
    await upstream.run('insert into bot_trades (id) values (2), (3), (7), (20), (9223372036854775807)');
    await moha.withSnapshot(async ({ gaps, mark }) => {
      expect(mark.lastId).toBe('9223372036854775807');
      expect(await gaps('0', 10)).toEqual([
        { first: '1', last: '1' },
        { first: '4', last: '6' },
        { first: '8', last: '19' },
        { first: '21', last: '9223372036854775806' },
      ]);
      expect(await gaps('0', 2)).toEqual([
        { first: '8', last: '19' },
        { first: '21', last: '9223372036854775806' },
      ]);
      expect((await gaps('5', 10))[0]).toEqual({ first: '6', last: '6' });
      expect(await gaps('9223372036854775807', 1)).toEqual([]);
      expect(await gaps('99999999999999999999', 1)).toEqual([]);
    });
  });

  it('finds ids without a row, ids that no row can have among them', async () => {
    await upstream.run(
      'insert into bot_trades (id) select i from generate_series(1, 15000) i where i % 3 > 0',
    );
    const ids = [...Array.from({ length: 15_000 }, (_, i) => String(i + 1)), '99999999999999999999'];
    const absent = await moha.withSnapshot((snapshot) => snapshot.absent(ids));
    expect(absent).toEqual(ids.filter((id) => BigInt(id) % 3n === 0n));
  });

  it('knows nothing of an empty table', async () => {
    await moha.withSnapshot(async (snapshot) => {
      expect(snapshot.mark.lastId).toBeNull();
      expect(await readRows(snapshot, { kind: 'all' })).toEqual([]);
      expect(await snapshot.gaps('0', 5)).toEqual([]);
      expect(await snapshot.absent(['1'])).toEqual(['1']);
      expect(await snapshot.estimate()).toBe(0);
    });
  });

  it('guesses a large table from statistics', async () => {
    await upstream.run('insert into bot_trades (id) select i from generate_series(1, 20000) i');
    const estimate = () => moha.withSnapshot((snapshot) => snapshot.estimate());
    expect(await estimate()).toBe(20_000);
    await upstream.run('analyze bot_trades; delete from bot_trades where id > 19000');
    expect(await estimate()).toBe(20_000);
  });
});
