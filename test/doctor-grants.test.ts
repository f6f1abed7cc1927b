import { cpSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { printGrants } from '../src/doctor/grants.js';
import { CREATE_BOT_TRADES } from './ledger/upstream.js';
import { type CliRun, maven } from './support/cli.js';
import { createTestRepository, type TestRepository } from './support/test-repository.js';

const HISTORY = path.resolve(import.meta.dirname, '../fixtures/history/.moha');

/** What `doctor --print-grants` prints, run word for word on a real server; only the names are of this test alone. */
describe('the roles that --print-grants makes', () => {
  const suffix = `_t${process.pid}`;
  const own = (text: string): string =>
    text.replace(
      /\b(?:maven_user|maven_reader|moha_reader|maven_data|moha_data)\b/g,
      (name) => name + suffix,
    );
  let place: TestRepository;

  const urlOf = (database: string, role?: string): string => {
    const url = new URL(inject('postgresUrl'));
    url.pathname = `/${database}`;
    if (role !== undefined) [url.username, url.password] = [role, 'p'];
    return url.toString();
  };
  const run = async (url: string, ...statements: readonly string[]): Promise<pg.QueryResult> => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      let result: pg.QueryResult | undefined;
      for (const statement of statements) result = await client.query(statement);
      return result as pg.QueryResult;
    } finally {
      await client.end();
    }
  };
  /** As psql does: statement by statement, and `\connect` goes on elsewhere, keeping the user. */
  const psql = async (script: string): Promise<void> => {
    let database = new URL(inject('postgresUrl')).pathname.slice(1);
    for (const part of script.replace(/^--.*$/gm, '').split(/^(?=\\connect )/m)) {
      const [, name, sql = part] = /^\\connect (\S+)\n(.*)$/s.exec(part) ?? [];
      database = name ?? database;
      const statements = sql.split(';').filter((statement) => statement.trim() !== '');
      await run(urlOf(database), ...statements);
    }
  };
  const as = (role: 'maven_user' | 'maven_reader', ...args: readonly string[]): Promise<CliRun> =>
    maven(args, {
      cwd: place.folder,
      env: {
        MAVEN_DATABASE_URL: urlOf(own('maven_data'), own(role)),
        MOHA_DATABASE_URL: urlOf(own('moha_data'), own('moha_reader')),
      },
    });

  beforeAll(async () => {
    place = createTestRepository();
    cpSync(HISTORY, path.join(place.folder, '.moha'), { recursive: true });
    place.commit({}, 'history');
    await run(urlOf('postgres'), `create database ${own('moha_data')}`);
    await run(
      urlOf(own('moha_data')),
      CREATE_BOT_TRADES,
      'create table secrets (api_key text)',
      `insert into bot_trades (bot_id, symbol, side, entry_price, size, opened_at, status)
       values ('b', 'BTC', 'buy', 1, 1, '2026-01-14T00:00:00Z', 'open')`,
    );
    await psql(own(printGrants()));
    for (const role of ['maven_user', 'maven_reader', 'moha_reader'])
      await run(urlOf('postgres'), `alter role ${own(role)} password 'p'`);
  });
  afterAll(async () => {
    place.remove();
    for (const name of ['maven_data', 'moha_data'])
      await run(urlOf('postgres'), `drop database if exists ${own(name)} with (force)`);
    for (const role of ['maven_user', 'maven_reader', 'moha_reader'])
      await run(urlOf('postgres'), `drop role if exists ${own(role)}`);
  });

  const QUESTIONS: readonly (readonly string[])[] = [
    ['pnl'],
    ['win-rate'],
    ['trades'],
    ['decisions'],
    ['portfolio'],
    ['performance'],
    ['status'],
  ];

  it('let the owner do everything', async () => {
    const commands = [
      ['reconcile'],
      ['reconcile', '--rebuild'],
      ['sync', 'trades', '--require-read-only-role'],
      ['record', 'event', '--type', 'NOTE', '--text', 'x'],
      ['verify', '--fix'],
      ['reconcile', '--dry-run'],
      ...QUESTIONS,
    ];
    for (const command of commands) {
      const { exitCode, stderr, stdout } = await as('maven_user', ...command);
      expect([command.join(' '), exitCode, exitCode === 0 ? '' : stderr + stdout]).toEqual([
        command.join(' '),
        0,
        '',
      ]);
    }
  }, 240_000);

  it('let the reader ask, also after a rebuild has made new tables, and refuse it everything else', async () => {
    await as('maven_user', 'reconcile', '--rebuild');
    for (const question of QUESTIONS) {
      const { exitCode, stderr } = await as('maven_reader', ...question);
      expect([question, exitCode, stderr.includes('denied')]).toEqual([question, 0, false]);
    }
    for (const command of [['reconcile', '--rebuild'], ['verify'], ['verify', '--fix']]) {
      const { exitCode, stderr } = await as('maven_reader', ...command);
      expect([command, exitCode]).toEqual([command, command[0] === 'verify' ? 2 : 1]);
      expect(stderr).toMatch(/permission denied|read-only/);
    }
    const url = urlOf(own('maven_data'), own('maven_reader'));
    for (const statement of [
      'update maven_trades set realized_pnl_usd = 0',
      'delete from maven_decisions',
      'drop table maven_trades',
      'create table mine (a int)',
      'create temporary table mine (a int)',
      `alter table maven_trades owner to ${own('maven_reader')}`,
    ])
      await expect(run(url, 'set default_transaction_read_only = off', statement), statement).rejects.toThrow(
        /permission denied|must be owner/,
      );
  });

  it('let the reader of MoHa see one table and change nothing', async () => {
    const url = urlOf(own('moha_data'), own('moha_reader'));
    expect((await run(url, 'select count(*)::int as n from bot_trades')).rows).toEqual([{ n: 1 }]);
    for (const statement of [
      'insert into bot_trades default values',
      'update bot_trades set fees = 0',
      'delete from bot_trades',
      'truncate bot_trades',
      'select * from secrets',
      "select nextval('bot_trades_id_seq')",
    ])
      await expect(run(url, 'set default_transaction_read_only = off', statement), statement).rejects.toThrow(
        /permission denied/,
      );
  });

  it('let nobody else into the projection', async () => {
    const url = urlOf(own('maven_data'), own('moha_reader'));
    await expect(run(url, 'select 1')).rejects.toThrow(/permission denied/);
  });
});
