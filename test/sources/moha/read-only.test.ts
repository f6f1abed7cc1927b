import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { UpstreamConnection } from '../../../src/sources/moha/bot-trade.js';
import { guardConnection } from '../../../src/sources/moha/guarded-connection.js';
import { openServerSessions, type ServerSessions } from '../../../src/sources/moha/server-sessions.js';
import { BOT_TRADES, createUpstream, type Upstream } from './upstream.js';

let upstream: Upstream;
let sessions: ServerSessions;

beforeAll(async () => {
  upstream = await createUpstream();
  await upstream.run(`${BOT_TRADES}; insert into bot_trades (id, size) values (1, 1), (2, 2);
    create function write_trade() returns void language sql as 'insert into bot_trades (id) values (99)'`);
  sessions = await openServerSessions({ url: upstream.url });
});

afterAll(async () => {
  await sessions.close();
  await upstream.drop();
});

const INSERT = 'insert into bot_trades (id) values (66)';

/** What must fail even on the bare connection: Postgres itself refuses it in our session, for a superuser too. */
const WRITES: readonly (readonly string[])[] = [
  [INSERT],
  ['update bot_trades set size = 66'],
  ['delete from bot_trades'],
  ['truncate bot_trades'],
  ['drop table bot_trades'],
  ['alter table bot_trades add x int'],
  ['create table taken (id int)'],
  ['create index on bot_trades (size)'],
  ['create view taken as select 1'],
  ["comment on table bot_trades is 'x'"],
  ['grant all on bot_trades to public'],
  ['create role taken'],
  ['select * into taken from bot_trades'],
  ['with gone as (delete from bot_trades returning id) select id from gone'],
  ["select nextval('bot_trades_id_seq')"],
  ["select setval('bot_trades_id_seq', 66)"],
  ['select write_trade()'],
  ['do $$ begin insert into bot_trades (id) values (66); end $$'],
  ['select id from bot_trades for update'],
  ['vacuum full bot_trades'],
  ['refresh materialized view bot_trades'],
  ["copy bot_trades from program 'echo 66'"],
  [
    'merge into bot_trades t using (select 66 as id) s on t.id = s.id when not matched then insert (id) values (s.id)',
  ],
  ['explain analyze delete from bot_trades'],
  [`commit; ${INSERT}`],
  [`select 1; ${INSERT}`],
  [`rollback; begin read write; ${INSERT}; commit`],
  ['set transaction read write', INSERT],
  ["select set_config('transaction_read_only', 'off', false)", INSERT],
  ['set session characteristics as transaction read write', INSERT],
  ['set default_transaction_read_only to off', INSERT],
  ['savepoint s', 'set transaction read write', INSERT],
  ['commit', INSERT],
  ['commit and chain', INSERT],
  ['prepare p as insert into bot_trades (id) values (66)', 'execute p'],
];

/** What Postgres lets a superuser do in a read-only transaction: the guard alone refuses it. */
const PAST_READ_ONLY: readonly string[] = [
  'lock table bot_trades in exclusive mode',
  "copy bot_trades to program 'cat > /dev/null'",
  'copy (select 66) to stdout',
  'select pg_advisory_lock(66)',
  'select pg_reload_conf()',
  'select pg_terminate_backend(0)',
  "select lo_export(66, '/dev/null')",
  "select pg_notify('taken', '')",
  "select set_config('search_path', 'taken', false)",
  "select set_config('default_transaction_read_only', 'off', false)",
  'rollback',
  'commit',
  'begin read write',
  'set session authorization default',
  'create temp table taken (id int)',
  'listen taken',
  'discard all',
  'declare c cursor with hold for select 66',
];

/** Everything that could have changed: rows, the sequence, relations, functions, roles. */
async function fingerprint(): Promise<unknown> {
  const { rows } = await upstream.run(`select
    (select json_agg(t order by t.id) from bot_trades t) as trades,
    (select last_value from bot_trades_id_seq) as sequence,
    (select count(*) from pg_class) as relations, (select count(*) from pg_attribute) as columns,
    (select count(*) from pg_proc) as functions, (select count(*) from pg_roles where rolname = 'taken') as roles,
    (select relacl::text from pg_class where oid = 'bot_trades'::regclass) as grants`);
  return rows;
}

/** Runs every step, whatever the ones before it did; answers how the last one failed. */
async function attack(connection: UpstreamConnection, steps: readonly string[]): Promise<unknown> {
  let last: unknown;
  for (const step of steps) {
    last = await connection.query(step).then(
      () => undefined,
      (error: unknown) => error,
    );
  }
  return last;
}

describe('nothing is written upstream', () => {
  it.each(WRITES)('on the bare connection of a superuser: %s', async (...steps) => {
    const before = await fingerprint();
    const outcome = await sessions.withSession((connection) => attack(connection, steps));
    expect(outcome, steps.join(' -> ')).toBeInstanceOf(Error);
    expect(await fingerprint()).toEqual(before);
  });

  it.each([...WRITES, ...PAST_READ_ONLY.map((text) => [text])])(
    'on the guarded connection: %s',
    async (...steps) => {
      const before = await fingerprint();
      await sessions.withSession(async (connection) => {
        const reached: string[] = [];
        const watched: UpstreamConnection = {
          query: (text) => {
            reached.push(text);
            return connection.query(text);
          },
        };
        const guarded = guardConnection(watched, 'upstream');
        for (const step of steps)
          await expect(guarded.query(step)).rejects.toThrow('refused on the upstream connection');
        expect(reached).toEqual([]);
        expect(await guarded.query('select count(*)::text from bot_trades')).toEqual([['2']]);
      });
      expect(await fingerprint()).toEqual(before);
    },
  );

  it('leaves no setting behind for others who are given the same server session', async () => {
    const fresh = await openServerSessions({ url: upstream.url });
    const settings = (connection: UpstreamConnection) =>
      connection.query(
        "select current_setting('default_transaction_read_only'), current_setting('TimeZone')",
      );
    await fresh.withSession(async (connection) => {
      expect(await settings(connection)).toEqual([['on', 'UTC']]);
      await connection.query('rollback');
      const [[readOnly] = []] = await settings(connection);
      expect(readOnly).toBe('off');
    });
    await fresh.close();
  });

  it('works in one repeatable read transaction, with limits on time', async () => {
    const names =
      'transaction_isolation transaction_read_only statement_timeout lock_timeout ' +
      'idle_in_transaction_session_timeout application_name DateStyle extra_float_digits jit';
    const [values] = await sessions.withSession((connection) =>
      connection.query(
        `select ${names
          .split(' ')
          .map((name) => `current_setting('${name}')`)
          .join(', ')}`,
      ),
    );
    expect(values).toEqual([
      'repeatable read',
      'on',
      '2min',
      '5s',
      '10min',
      'maven-git sync',
      'ISO, YMD',
      '3',
      'off',
    ]);
  });
});
