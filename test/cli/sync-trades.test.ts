import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { parseSessionLog } from '../../parsers/session-log.js';
import { readLedger } from '../ledger/sync-harness.js';
import { createUpstream, type TestUpstream } from '../ledger/upstream.js';
import { type CliRun, maven } from '../support/cli.js';
import { createServerDatabase } from '../support/databases.js';
import { startService, until } from '../support/service.js';
import { startTcpProxy } from '../support/tcp-proxy.js';
import { createTestRepository, type TestRepository } from '../support/test-repository.js';

const DEMO = path.resolve(import.meta.dirname, '../../fixtures/upstream/bot_trades.sql');
const AWAY = 'postgres://maven:s3cret@127.0.0.1:1/moha_data';
const OPEN = `insert into bot_trades (bot_id, symbol, side, entry_price, size, opened_at, status)
  values ('worker-1', 'BTC-USD', 'buy', 43250.5, 0.25, '2026-01-14T10:00:00Z', 'open') returning id::text`;

describe('sync trades on the command line', () => {
  let upstream: TestUpstream;
  let projection: Awaited<ReturnType<typeof createServerDatabase>>;
  let repository: TestRepository;
  beforeEach(async () => {
    upstream = await createUpstream('');
    projection = await createServerDatabase();
    repository = createTestRepository();
    expect(await run(['init'])).toMatchObject({ exitCode: 0 });
  });
  afterEach(async () => {
    repository.remove();
    await projection.drop();
    await upstream.drop();
  });

  const env = (change: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> => ({
    MAVEN_DATABASE_URL: projection.url,
    MOHA_DATABASE_URL: upstream.url,
    ...change,
  });
  const run = (args: readonly string[], change: Readonly<Record<string, string>> = {}): Promise<CliRun> =>
    maven(args, { cwd: repository.folder, env: env(change) });
  const sync = (
    args: readonly string[] = [],
    change: Readonly<Record<string, string>> = {},
  ): Promise<CliRun> => run(['sync', 'trades', ...args], change);
  const loop = (args: readonly string[] = [], change: Readonly<Record<string, string>> = {}) =>
    startService(['sync', 'trades', '--loop', '--interval', '1', ...args], {
      cwd: repository.folder,
      env: env(change),
    });
  /** A small upstream. */
  const table = async (columns = ''): Promise<void> => {
    await upstream.run(
      `create table bot_trades (id bigserial primary key, bot_id text, decision_id bigint, symbol text, side text,
        entry_price numeric, exit_price numeric, size numeric, realized_pnl numeric, fees numeric,
        opened_at timestamptz, closed_at timestamptz, status text)${columns}`,
    );
    await upstream.run(OPEN);
  };
  const commits = (): number => Number(repository.git('rev-list', '--count', 'HEAD').trim());
  const events = (): readonly string[] => {
    const file = path.join(repository.folder, '.moha/maven/session_log.md');
    const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
    return parseSessionLog(text, file)
      .records.map(({ record }) => `${record.eventType} ${JSON.parse(record.metadata ?? '{}').code ?? ''}`)
      .filter((event) => event.startsWith('JOB_'));
  };
  const everything = (): string =>
    repository.git('log', '--all', '--patch', '--format=%B') +
    readdirSync(path.join(repository.folder, '.git', 'maven'), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.json'))
      .map((name) => readFileSync(path.join(repository.folder, '.git', 'maven', name), 'utf8'))
      .join('\n');

  it('takes in the demonstration upstream: full, nothing new, a dry run, what is new, verified', async () => {
    const client = await upstream.connect();
    await client.query(readFileSync(DEMO, 'utf8'));
    const full = await sync(['--mode', 'full']);
    expect(full.exitCode).toBe(0);
    expect(full.stdout).toContain('sync of trades, mode full');
    expect(full.stdout).toMatch(/P&L added: realized -?\d+\.\d\d - fees \d+\.\d\d = net -?\d+\.\d\d USD/);
    expect(readLedger(repository.folder).size).toBe(3000);
    const before = commits();

    const nothing = await sync();
    expect(nothing.exitCode).toBe(0);
    expect(nothing.stdout).toContain('mode new');
    expect(commits()).toBe(before);

    await client.query(
      `update bot_trades set status = 'closed', exit_price = entry_price, realized_pnl = 12.5, fees = 0.25,
        closed_at = opened_at + interval '1 hour' where id = (select min(id) from bot_trades where status = 'open')`,
    );
    await client.query(
      `insert into bot_trades (bot_id, symbol, side, entry_price, size, opened_at, status)
       values ('desk', 'ETH/USDT', 'sell', 3000, 1, '2026-01-14T23:00:00Z', 'open')`,
    );
    const dry = await sync(['--dry-run']);
    expect(dry.exitCode).toBe(0);
    const planned = dry.stdout.split('\n').filter((line) => line.startsWith('{'));
    expect(planned).toHaveLength(2);
    expect(dry.stdout).toContain('P&L added: realized 12.50 - fees 0.25 = net 12.25 USD');
    expect(dry.stdout).toContain('nothing was written');
    expect(commits()).toBe(before);
    expect(repository.git('status', '--porcelain')).toBe('');

    const json = await sync(['--json']);
    expect(json.exitCode).toBe(0);
    const report = JSON.parse(json.stdout) as Record<string, unknown>;
    expect(Object.keys(report).sort()).toEqual(
      [
        'closed commit commits dryRun fullBecause linked mode new pnl published read revised seconds skipped',
        'skippedRows unchanged vanished warningCount warnings',
      ]
        .join(' ')
        .split(' ')
        .sort(),
    );
    expect(report).toMatchObject({
      mode: 'new',
      fullBecause: null,
      dryRun: false,
      new: 1,
      closed: 1,
      revised: 0,
      commits: 1,
      vanished: null,
      pnl: { realizedUsd: '12.5', feesUsd: '0.25', netUsd: '12.25' },
      published: { status: 'projected' },
    });
    const written = repository.git('show', '--format=', 'HEAD', '--', '.moha/maven/trades').split('\n');
    const timeless = (line: string): string => line.replace(/"recorded_at":"[^"]+"/, '');
    const added = written.filter((line) => line.startsWith('+{')).map((line) => line.slice(1));
    expect(added.map(timeless).sort()).toEqual(planned.map(timeless).sort());
    const verified = await run(['verify', '--json']);
    expect(JSON.parse(verified.stdout)).toMatchObject({ verdict: 'in sync', errors: 0 });
  });

  it('says clearly that upstream is down, once in the session log, and when it works again', async () => {
    await table();
    const down = await sync([], { MOHA_DATABASE_URL: AWAY });
    expect([down.exitCode, down.stdout.includes('at ')]).toEqual([1, false]);
    expect(down.stderr).toMatch(/^maven-git: .*127\.0\.0\.1:1.* cannot be reached: .* -- start the server/m);
    expect(events()).toEqual(['JOB_FAILED UPSTREAM_UNREACHABLE']);
    const again = await sync(['--json'], { MOHA_DATABASE_URL: AWAY });
    expect(again.exitCode).toBe(1);
    expect(JSON.parse(again.stdout)).toMatchObject({ error: { code: 'UPSTREAM_UNREACHABLE' } });
    expect(events()).toHaveLength(1);
    expect(await sync(['--dry-run'], { MOHA_DATABASE_URL: AWAY })).toMatchObject({ exitCode: 1 });
    expect(events()).toHaveLength(1);
    expect(await sync()).toMatchObject({ exitCode: 0 });
    expect(events()).toEqual(['JOB_FAILED UPSTREAM_UNREACHABLE', 'JOB_RECOVERED UPSTREAM_UNREACHABLE']);
    for (const { stdout, stderr } of [down, again]) expect(stdout + stderr).not.toContain('s3cret');
    expect(everything()).not.toContain('s3cret');
  });

  it('says what is wrong with a login, a table or a column, and writes nothing of it', async () => {
    await upstream.run(
      "do $$ begin create role locked login password 'right'; exception when duplicate_object or unique_violation then null; end $$",
    );
    const locked = new URL(inject('postgresUrl'));
    locked.username = 'locked';
    locked.password = 'wr0ng-s3cret';
    const auth = await sync([], { MOHA_DATABASE_URL: locked.toString() });
    expect(auth.exitCode).toBe(1);
    expect(auth.stderr).toContain('refused the login');
    const cases: readonly (readonly [string, string])[] = [
      ['select 1', 'has no table bot_trades'],
      ['create table bot_trades (id bigint)', 'symbol is missing'],
      [
        `create table bot_trades (id bigint, bot_id text, decision_id bigint, symbol text, side text, entry_price numeric,
          exit_price numeric, size text, realized_pnl numeric, opened_at timestamptz, closed_at timestamptz, status text)`,
        'size is text',
      ],
    ];
    for (const [statement, message] of cases) {
      await upstream.run('drop table if exists bot_trades');
      await upstream.run(statement);
      const failed = await sync();
      expect(failed.exitCode).toBe(1);
      expect(failed.stderr).toContain(message);
    }
    expect((await sync()).stderr).toContain('fees is missing');
    expect(events()).toEqual(['JOB_FAILED UPSTREAM_AUTH', 'JOB_FAILED UPSTREAM_SCHEMA']);
    expect(readLedger(repository.folder).size).toBe(0);
    expect(everything()).not.toContain('s3cret');
  });

  it('says what is wrong with how it was called', async () => {
    await table();
    const before = commits();
    const cases: readonly (readonly [readonly string[], Readonly<Record<string, string>>, string])[] = [
      [[], { MOHA_DATABASE_URL: '' }, 'MOHA_DATABASE_URL'],
      [['--loop'], { MOHA_DATABASE_URL: '' }, 'MOHA_DATABASE_URL'],
      [[], { MOHA_DATABASE_URL: 'mysql://a:s3cret@h/x' }, 'MOHA_DATABASE_URL'],
      [['--loop', '--interval', '0'], {}, '--interval: expected a whole number from 1 to 86400, got "0"'],
      [['--loop', '--interval', '-5'], {}, '--interval'],
      [['--loop', '--interval', '1.5'], {}, '--interval'],
      [['--loop', '--interval', 'often'], {}, '--interval'],
      [['--loop', '--interval', '99999999999999999999'], {}, '--interval'],
      [['--link-window', '-1'], {}, '--link-window'],
      [['--loop', '--link-window', 'x'], {}, '--link-window'],
      [['--mode', 'some'], {}, 'mode'],
      [['--dry-run', '--loop'], {}, 'loop'],
      [['--since', '2026'], {}, 'since'],
      [[], { MOHA_TIME_ZONE: 'Mars/Olympus' }, 'MOHA_TIME_ZONE'],
    ];
    for (const [args, change, message] of cases) {
      const failed = await sync(args, change);
      expect([args, failed.exitCode, failed.stdout]).toEqual([args, 1, '']);
      expect(failed.stderr).toContain(message);
      expect(failed.stderr).not.toContain('s3cret');
      expect(failed.stderr).not.toContain('please report');
    }
    expect([commits(), events()]).toEqual([before, []]);
  });

  it('commits although the projection is away, and exits 0: the next reconcile catches up', async () => {
    await table();
    const synced = await sync([], { MAVEN_DATABASE_URL: 'postgres://maven:s3cret@127.0.0.1:1/none' });
    expect(synced.exitCode).toBe(0);
    expect(synced.stdout).toContain('the commit stands, but it is not projected');
    expect(synced.stdout + synced.stderr).not.toContain('s3cret');
    expect(readLedger(repository.folder).size).toBe(1);
    expect(await run(['reconcile'])).toMatchObject({ exitCode: 0 });
    const listed = await run(['trades', '--json']);
    expect(JSON.parse(listed.stdout)).toMatchObject({ source: 'postgres' });
  });

  it('finishes the commit it is in when it is asked to end, and exits 0', async () => {
    await table();
    const before = commits();
    const foreign = path.join(repository.folder, '.git', 'index.lock');
    writeFileSync(foreign, '');
    const service = loop();
    // The commit is prepared and waits for somebody else's git.
    const maven = path.join(repository.folder, '.git', 'maven');
    await until(() => readdirSync(maven).some((name) => name.startsWith('journal')));
    const ended = service.end('SIGTERM');
    rmSync(foreign);
    expect(await ended).toBe(0);
    expect(service.output()).toContain('ended as asked; what was committed stands');
    expect(commits()).toBe(before + 1);
    expect(readLedger(repository.folder).size).toBe(1);
    expect(repository.git('status', '--porcelain')).toBe('');
    expect(readdirSync(maven).filter((name) => name.startsWith('journal'))).toEqual([]);
  });

  it('outlives an upstream that goes away and comes back, and tells the session log once of each', async () => {
    await table();
    const { hostname, port } = new URL(upstream.url);
    const proxy = await startTcpProxy({ host: hostname, port: Number(port) });
    const through = new URL(upstream.url);
    through.port = String(proxy.port);
    const service = loop([], { MOHA_DATABASE_URL: through.toString() });
    await service.said('maven.sync - INFO - full: ');
    await proxy.shut();
    await service.said('next try in');
    await upstream.run(OPEN);
    await proxy.open();
    await service.said('new 1, closed 0', 2);
    await until(() => events().length === 2);
    expect(await service.end('SIGTERM')).toBe(0);
    expect(events()).toEqual(['JOB_FAILED UPSTREAM_UNREACHABLE', 'JOB_RECOVERED UPSTREAM_UNREACHABLE']);
    expect(readLedger(repository.folder).size).toBe(2);
    await proxy.shut();
  });

  it('is one loop a repository: a second one says whose it is, a sync by hand goes in between', async () => {
    await table();
    const first = loop();
    await first.said('maven.sync - INFO - full: ');
    const second = await sync(['--loop']);
    expect(second.exitCode).toBe(1);
    expect(second.stderr).toContain('sync trades --loop runs already on this repository');
    expect(second.stderr).toContain(`process ${first.pid} on`);
    const asJson = await sync(['--loop', '--json']);
    expect(JSON.parse(asJson.stdout)).toMatchObject({
      error: { code: 'JOB_RUNNING', data: { owner: { pid: first.pid } } },
    });
    await upstream.run(OPEN);
    for (let i = 0; i < 3; i++) expect(await sync()).toMatchObject({ exitCode: 0 });
    expect(readLedger(repository.folder).size).toBe(2);
    expect(await first.end('SIGKILL')).toBeNull();

    const third = loop();
    await third.said('maven.sync - INFO - new: ');
    expect(await third.end('SIGINT')).toBe(0);
    const fourth = loop();
    await fourth.said('maven.sync - INFO - new: ');
    expect(await fourth.end('SIGTERM')).toBe(0);
    expect(events()).toEqual([]);
  });

  it('lets go of the embedded database between rounds, also after one that failed', async () => {
    await table();
    const service = loop([], { MAVEN_DATABASE_URL: 'embedded', MOHA_DATABASE_URL: AWAY });
    await service.said('next try in');
    const status = await run(['status', '--json'], {
      MAVEN_DATABASE_URL: 'embedded',
      MAVEN_LOCK_TIMEOUT_SECONDS: '30',
    });
    expect(status).toMatchObject({ exitCode: 0 });
    expect(await service.end('SIGTERM')).toBe(0);
    expect(events()).toEqual(['JOB_FAILED UPSTREAM_UNREACHABLE']);
  });
});
