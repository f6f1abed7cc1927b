import { rmSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openContext } from '../src/context.js';
import { printGrants } from '../src/doctor/grants.js';
import { type DoctorReport, runDoctor } from '../src/doctor/run-doctor.js';
import { JOBS, writeLoop, writeRun } from '../src/heartbeat.js';
import { initialize, reconcile } from '../src/index.js';
import { createUpstream, type TestUpstream } from './ledger/upstream.js';
import { createServerDatabase } from './support/databases.js';
import { describeWithRedis, startRedis } from './support/redis-server.js';
import { createTestRepository, type TestRepository } from './support/test-repository.js';

const TABLE = `create table bot_trades (id bigserial primary key, bot_id text, decision_id bigint, symbol text, side text,
  entry_price numeric, exit_price numeric, size numeric, realized_pnl numeric, fees numeric,
  opened_at timestamptz, closed_at timestamptz, status text)`;

describe('doctor', () => {
  let place: TestRepository;
  let projection: Awaited<ReturnType<typeof createServerDatabase>>;
  beforeEach(async () => {
    place = createTestRepository();
    projection = await createServerDatabase();
  });
  afterEach(async () => {
    place.remove();
    await projection.drop();
  });

  /** With a clock that is `aheadSeconds` ahead of this machine's. */
  async function withContext<T>(
    env: Readonly<Record<string, string>>,
    work: (context: Awaited<ReturnType<typeof openContext>>) => Promise<T>,
    aheadSeconds = 0,
  ): Promise<T> {
    const context = await openContext({
      repo: place.folder,
      env: { MAVEN_GIT_AUTHOR: 'Test <test@example.com>', MAVEN_DATABASE_URL: projection.url, ...env },
      clock: () => new Date(Date.now() + aheadSeconds * 1000),
    });
    return work(context).finally(() => context.close());
  }
  const examine = (env: Readonly<Record<string, string>> = {}, aheadSeconds = 0): Promise<DoctorReport> =>
    withContext(env, runDoctor, aheadSeconds);
  const of = ({ checks }: DoctorReport, name: string) => checks.find((check) => check.name === name);
  const setUp = () => withContext({}, initialize);

  it('finds nothing wrong where all is set up, and changes nothing', async () => {
    await setUp();
    const before = place.git('rev-parse', 'HEAD');
    const report = await examine();
    const apart = report.checks.filter(({ state }) => state !== 'ok');
    expect(apart.map(({ name, state }) => [name, state])).toEqual([
      ['hooks', 'not set up'],
      ['MoHa', 'not set up'],
      ['Hyperliquid', 'not set up'],
      ['Redis', 'not set up'],
    ]);
    expect(report.verdict).toBe('ok');
    expect(place.git('rev-parse', 'HEAD')).toBe(before);
    expect(place.git('status', '--porcelain')).toBe('');
  });

  it('names what is missing in a new repository, each with the command that mends it', async () => {
    const report = await examine();
    expect(report.verdict).toBe('failure');
    expect(of(report, 'repository')).toMatchObject({ state: 'failure', mend: 'maven-git init' });
    expect(of(report, 'memory')).toMatchObject({ state: 'failure', mend: 'maven-git init' });
    expect(of(report, 'line endings')).toMatchObject({ state: 'warning' });
    expect(of(report, 'merge driver')).toMatchObject({ state: 'warning' });
    expect(of(report, 'database')).toMatchObject({ state: 'warning', mend: 'maven-git reconcile' });
    place.git('config', 'core.autocrlf', 'true');
    expect(of(await examine(), 'line endings')).toMatchObject({ state: 'failure' });
  });

  it('tells a projection that is behind, a database that is away and one of no rights', async () => {
    await setUp();
    expect(of(await examine(), 'projection')?.detail).toContain('at HEAD');
    place.commit({ '.moha/maven/trades/2026/2026-01-14.jsonl': 'not a line\n' });
    expect(of(await examine(), 'projection')).toMatchObject({
      state: 'warning',
      mend: 'maven-git reconcile',
    });
    await withContext({}, (context) => reconcile(context, {}));
    expect(of(await examine(), 'projection')?.detail).toContain('faults in the artifacts');
    const away = await examine({ MAVEN_DATABASE_URL: 'postgres://maven:s3cret@127.0.0.1:1/none' });
    expect(of(away, 'database')).toMatchObject({ state: 'failure' });
    expect(of(away, 'projection')).toMatchObject({ state: 'not checked', mend: null });
    expect(of(away, 'clock')).toMatchObject({ state: 'not checked' });
    expect(JSON.stringify(away)).not.toContain('s3cret');
  });

  it('sees stale locks, a detached HEAD, a shallow clone, a merge that waits', async () => {
    await setUp();
    place.commit({ other: 'x' });
    const lock = path.join(place.folder, '.git/index.lock');
    writeFileSync(lock, '');
    expect(of(await examine(), 'locks')?.state).toBe('ok');
    utimesSync(lock, new Date(), new Date(Date.now() - 90_000));
    expect(of(await examine(), 'locks')).toMatchObject({ state: 'failure' });
    rmSync(lock);
    place.git('checkout', '--quiet', '--detach');
    expect(of(await examine(), 'repository')?.detail).toContain('detached');
    writeFileSync(path.join(place.folder, '.git/MERGE_HEAD'), `${'1'.repeat(40)}\n`);
    expect(of(await examine(), 'repository')?.detail).toContain('a merge is in progress');
    rmSync(path.join(place.folder, '.git/MERGE_HEAD'));
    writeFileSync(path.join(place.folder, '.git/shallow'), place.git('rev-parse', 'HEAD'));
    expect(of(await examine(), 'history')).toMatchObject({ state: 'warning', mend: 'git fetch --unshallow' });
  });

  it('tells a clock that is behind HEAD or apart from the server', async () => {
    await setUp();
    expect(of(await examine({}, 30), 'clock')).toMatchObject({ state: 'warning' });
    expect(of(await examine({}, 3600), 'clock')?.detail).toMatch(/^3600\.\d s ahead of the database server$/);
    expect(of(await examine({}, -600), 'clock')?.detail).toContain('in the future of this machine');
  });

  it('tells loops that make no rounds, and jobs whose last run failed', async () => {
    await setUp();
    const [job] = JOBS;
    await withContext({}, async ({ repository }) => {
      const past = (seconds: number) => new Date(Date.now() - seconds * 1000).toISOString();
      const times = { startedAt: past(101), endedAt: past(100) };
      writeRun(repository, job, { ...times, outcome: 'failed', code: 'UPSTREAM_AUTH', committed: false });
      expect(of(await examine(), 'jobs')).toMatchObject({
        state: 'warning',
        detail: `the last ${job} failed (UPSTREAM_AUTH)`,
      });
      writeLoop(repository, job, { since: past(90_000), intervalSeconds: 300 });
      writeRun(repository, job, {
        startedAt: past(80_001),
        endedAt: past(80_000),
        outcome: 'ok',
        code: null,
        committed: false,
      });
      expect(of(await examine(), 'jobs')).toMatchObject({ state: 'failure' });
    });
  });

  describe('of an upstream', () => {
    let upstream: TestUpstream;
    beforeEach(async () => {
      upstream = await createUpstream('');
    });
    afterEach(() => upstream.drop());
    const ofUpstream = async () => of(await examine({ MOHA_DATABASE_URL: upstream.url }), 'MoHa');

    it('tells a table that is missing, and a role that could write to it', async () => {
      await setUp();
      expect(await ofUpstream()).toMatchObject({ state: 'failure' });
      await upstream.run(TABLE);
      expect(await ofUpstream()).toMatchObject({
        state: 'warning',
        mend: expect.stringContaining('--print-grants'),
      });
    });

    it('is content with the role that --print-grants makes, which can do no more', async () => {
      await setUp();
      await upstream.run(TABLE);
      const name = new URL(upstream.url).pathname.slice(1);
      const role = `moha_reader_${process.pid}`;
      const sql = printGrants()
        .split(/^-- In MoHa's Postgres.*$/m)[1]
        ?.replaceAll('moha_reader', role)
        .replaceAll('moha_data', name);
      await upstream.run((sql ?? '').replace(/^(?:--|\\).*$/gm, ''));
      const url = new URL(upstream.url);
      await upstream.run(`alter role ${role} password 'r'`);
      url.username = role;
      url.password = 'r';
      try {
        const report = await examine({ MOHA_DATABASE_URL: url.toString() });
        expect(of(report, 'MoHa')).toMatchObject({ state: 'ok' });
      } finally {
        await upstream.run(`drop owned by ${role}; drop role ${role}`);
      }
    });
  });

  describeWithRedis('of Redis', () => {
    it('tells whether it answers', async () => {
      await setUp();
      const redis = await startRedis();
      try {
        expect(of(await examine({ REDIS_URL: redis.url }), 'Redis')).toMatchObject({ state: 'ok' });
        await redis.kill();
        expect(of(await examine({ REDIS_URL: redis.url }), 'Redis')).toMatchObject({ state: 'warning' });
      } finally {
        await redis.stop();
      }
    });
  });
});
