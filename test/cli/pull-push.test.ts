import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openServerDatabase } from '../../src/db/server-database.js';
import { fingerprint } from '../../src/projection/dump.js';
import { createUpstream, type TestUpstream } from '../ledger/upstream.js';
import { DAY_ONE, ledger, trade } from '../projection/fixtures.js';
import { type CliRun, maven } from '../support/cli.js';
import { createServerDatabase } from '../support/databases.js';
import { type GitHttpServer, startGitHttpServer } from '../support/git-http-server.js';
import { removeFolder } from '../support/remove-folder.js';
import { openWorkingRepository, type WorkingRepository } from '../support/working-repository.js';

const PASSWORD = 's3cret-word';
const OPEN = `insert into bot_trades (bot_id, symbol, side, entry_price, size, fees, opened_at, status)
  values ('worker-1', 'BTC-USD', 'buy', 43250.5, 0.25, 1, '2026-01-14T10:00:00Z', 'open') returning id::text`;

/** A clone with a database of its own, as on a machine of its own. */
interface Machine extends WorkingRepository {
  readonly database: Awaited<ReturnType<typeof createServerDatabase>>;
}

describe('pull and push', { timeout: 240_000 }, () => {
  let folder: string;
  let server: GitHttpServer;
  let upstream: TestUpstream;
  const machines: Machine[] = [];
  beforeEach(async () => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'maven-test-remote-'));
    server = await startGitHttpServer(folder, PASSWORD);
    upstream = await createUpstream();
    const bare = openWorkingRepository(folder, {});
    await bare.must('init', '--quiet', '--bare', '--initial-branch=main', 'memory.git');
    await bare.must('-C', 'memory.git', 'config', 'http.receivepack', 'true');
  });
  afterEach(async () => {
    await server.close();
    for (const machine of machines.splice(0)) await machine.database.drop();
    await upstream.drop();
    removeFolder(folder);
  });

  const url = (password = PASSWORD): string =>
    `${server.url.replace('//', `//maven:${password}@`)}/memory.git`;
  const machine = async (name: string): Promise<Machine> => {
    const database = await createServerDatabase();
    const env = {
      MAVEN_DATABASE_URL: database.url,
      MOHA_DATABASE_URL: upstream.url,
      GIT_CONFIG_GLOBAL: '/dev/null',
    };
    const repository = openWorkingRepository(path.join(folder, name), env);
    const made = { ...repository, database };
    machines.push(made);
    return made;
  };
  const firstMachine = async (): Promise<Machine> => {
    const first = await machine('first');
    await openWorkingRepository(folder, {}).must('init', '--quiet', '--initial-branch=main', 'first');
    await first.must('remote', 'add', 'origin', url());
    await does(first, 'init');
    await does(first, 'push');
    return first;
  };
  const cloned = async (name: string): Promise<Machine> => {
    await openWorkingRepository(folder, {}).must('clone', '--quiet', url(), name);
    return machine(name);
  };
  const does = async (from: WorkingRepository, ...args: readonly string[]): Promise<CliRun> => {
    const run = await from.maven(...args);
    if (run.exitCode !== 0) throw new Error(`maven-git ${args.join(' ')}: ${run.stdout}${run.stderr}`);
    return run;
  };
  const decide = (from: WorkingRepository, asset: string, at: string): Promise<CliRun> =>
    does(
      from,
      ...['record', 'decision', '--type', 'buy', '--asset', asset, '--confidence', '80'],
      ...['--action', `buy ${asset}`, '--reasoning', 'because', '--decided-at', at],
    );
  const remark = (from: WorkingRepository, text: string): Promise<CliRun> =>
    does(from, 'record', 'event', '--type', 'NOTE', '--text', text);
  const dump = async ({ database }: Machine): Promise<string> => {
    const opened = await openServerDatabase({ url: database.url }, 10_000);
    try {
      return await opened.withSession(async (session) => (await fingerprint(session.db)).sha256);
    } finally {
      await opened.close();
    }
  };
  const linesOf = async (from: WorkingRepository): Promise<readonly string[]> => {
    const files = (await from.must('ls-files', '.moha/maven/trades')).split('\n').filter(Boolean);
    return files.flatMap((file) =>
      readFileSync(path.join(from.folder, file), 'utf8').split('\n').filter(Boolean),
    );
  };
  const agree = async (one: Machine, other: Machine): Promise<void> => {
    expect(await one.must('rev-parse', 'HEAD')).toBe(await other.must('rev-parse', 'HEAD'));
    expect(await dump(one)).toBe(await dump(other));
    for (const each of [one, other]) {
      expect(await each.must('status', '--porcelain')).toBe('');
      expect(await each.maven('verify', '--artifacts-only')).toMatchObject({ exitCode: 0 });
    }
  };

  it('two clones sync the same upstream, decide, and merge both ways: no conflict, no line lost, the same rows', async () => {
    const first = await firstMachine();
    const second = await cloned('second');
    const ids: string[] = [];
    for (let i = 0; i < 4; i++) ids.push((await upstream.run(OPEN)).rows[0]?.id ?? '');
    await does(first, 'sync', 'trades');
    await does(second, 'sync', 'trades');
    await decide(first, 'BTC', '2026-01-14T09:50:00Z');
    await decide(second, 'ETH', '2026-01-14T09:55:00Z');
    // The first sees a step that the second does not, and the second the end of one.
    await upstream.run(`update bot_trades set fees = 2 where id in (${ids[0]}, ${ids[1]})`);
    await does(first, 'sync', 'trades');
    await upstream.run(`update bot_trades set status = 'closed', exit_price = 44000, realized_pnl = 100, fees = 3,
      closed_at = '2026-01-14T12:00:00Z' where id = ${ids[0]}`);
    ids.push((await upstream.run(OPEN)).rows[0]?.id ?? '');
    await does(second, 'sync', 'trades');
    await remark(first, 'from the first');
    await remark(second, 'from the second');
    await does(first, 'metrics', '--all');
    await does(second, 'metrics', '--all');
    const written = [...(await linesOf(first)), ...(await linesOf(second))];

    await does(first, 'push');
    const pushed = await does(second, 'push', '--json');
    expect(JSON.parse(pushed.stdout)).toMatchObject({ outcome: 'pushed', pulled: { outcome: 'merged' } });
    expect(JSON.parse((await does(first, 'pull', '--json')).stdout)).toMatchObject({
      outcome: 'fast-forward',
    });
    await agree(first, second);
    const merged = new Set(await linesOf(first));
    expect(written.filter((line) => !merged.has(line))).toEqual([]);
    const log = readFileSync(path.join(first.folder, '.moha/maven/session_log.md'), 'utf8');
    for (const text of ['from the first', 'from the second']) expect(log.split(text)).toHaveLength(2);
    expect(readdirSync(path.join(first.folder, '.moha/maven/decisions'))).toHaveLength(2);

    // Whatever the merged watermark makes the next sync read, it ends where upstream is, on either machine.
    await does(first, 'sync', 'trades');
    await does(first, 'push');
    await does(second, 'pull');
    expect((await does(second, 'sync', 'trades')).stdout).toContain('nothing new');
    await agree(first, second);
    const client = new pg.Client({ connectionString: second.database.url });
    await client.connect();
    const { rows } = await client.query(
      'select external_trade_id as id, status, fees_usd::text as fees from maven_trades order by external_trade_id::int',
    );
    await client.end();
    expect(rows.map(({ id, status, fees }) => [id, status, Number(fees)])).toEqual(
      ids.map((id, i) => [id, i === 0 ? 'closed' : 'open', [3, 2, 1, 1, 1][i]]),
    );
  });

  it('both push at once, again and again, and everything arrives', async () => {
    const first = await firstMachine();
    const second = await cloned('second');
    for (let round = 0; round < 3; round++) {
      await Promise.all(
        [first, second].map(async (each, i) => {
          await remark(each, `round ${round} of machine ${i}`);
          await does(each, 'push');
        }),
      );
    }
    await does(first, 'pull');
    await does(second, 'pull');
    await agree(first, second);
    const log = readFileSync(path.join(first.folder, '.moha/maven/session_log.md'), 'utf8');
    expect(log.match(/round \d of machine \d/g)).toHaveLength(6);
  });

  it('no commit of a job gets between a merge and its branch', async () => {
    const first = await firstMachine();
    const second = await cloned('second');
    for (let i = 0; i < 4; i++) {
      await remark(second, `there ${i}`);
      await does(second, 'push');
      await Promise.all([does(first, 'pull'), remark(first, `here ${i}`), remark(first, `and here ${i}`)]);
      await does(first, 'push');
      await does(second, 'pull');
    }
    await agree(first, second);
    const log = readFileSync(path.join(first.folder, '.moha/maven/session_log.md'), 'utf8');
    expect(log.match(/^(there|here|and here) \d$/gm)).toHaveLength(12);
    expect(await first.must('fsck', '--no-dangling')).toBe('');
  });

  it('leaves a conflict of persons as git leaves it, and goes on once it is settled', async () => {
    const first = await firstMachine();
    const second = await cloned('second');
    for (const each of [first, second]) {
      each.write({ 'notes.txt': `by ${path.basename(each.folder)}\n` });
      await each.must('add', 'notes.txt');
      await each.must('commit', '--quiet', '-m', 'notes');
    }
    await remark(second, 'also there');
    await does(second, 'push');
    await remark(first, 'also here');
    const run = await first.maven('pull', '--json');
    expect(run.exitCode).toBe(1);
    expect(JSON.parse(run.stdout)).toMatchObject({
      error: { code: 'MERGE_CONFLICT', data: { files: ['notes.txt'] } },
    });
    expect(readFileSync(path.join(first.folder, 'notes.txt'), 'utf8')).toContain('<<<<<<< ');
    const again = await first.maven('pull');
    expect(again.stderr).toContain('git merge --continue');
    first.write({ 'notes.txt': 'by both\n' });
    await first.must('add', 'notes.txt');
    await first.must('commit', '--quiet', '--no-edit');
    await does(first, 'push');
    await does(second, 'pull');
    await does(first, 'reconcile');
    await agree(first, second);
  });

  it('refuses while artifacts are edited, and keeps the edit', async () => {
    const first = await firstMachine();
    const second = await cloned('second');
    await remark(second, 'there');
    await does(second, 'push');
    const file = path.join(first.folder, '.moha/maven/identity.json');
    writeFileSync(file, '{"name":"edited"}\n');
    const run = await first.maven('pull');
    expect(run).toMatchObject({ exitCode: 1 });
    expect(run.stderr).toContain('not committed yet: .moha/maven/identity.json');
    expect(readFileSync(file, 'utf8')).toBe('{"name":"edited"}\n');
    await first.must('checkout', '--quiet', '--', '.moha');
    await does(first, 'pull');
  });

  it('asks nobody, tells no password, and does not wait for ever', async () => {
    const first = await firstMachine();
    const failure = async (...args: readonly string[]): Promise<string> => {
      const run = await first.maven(...args, '--json');
      expect(run.exitCode).toBe(1);
      expect(run.stdout + run.stderr).not.toMatch(/s3cret|wrong-word/);
      return (JSON.parse(run.stdout) as { error: { code: string } }).error.code;
    };
    await first.must('remote', 'set-url', 'origin', url('wrong-word'));
    expect(await failure('push')).toBe('REMOTE_AUTH');
    await first.must('remote', 'set-url', 'origin', `${server.url}/memory.git`);
    expect(await failure('pull')).toBe('REMOTE_AUTH');
    await first.must('remote', 'set-url', 'origin', url().replace(/:\d+\//, ':1/'));
    expect(await failure('pull')).toBe('REMOTE_FAILED');
    await first.must('remote', 'set-url', 'origin', url());
    server.onRequest = () => new Promise(() => undefined);
    expect(await failure('pull', '--timeout', '1')).toBe('REMOTE_FAILED');
    expect(await failure('push', '--remote', 'nowhere')).toBe('CONFIG_INVALID');
  });

  it('never forces: a remote that refuses for a reason of its own is told so', async () => {
    const first = await firstMachine();
    const hook = path.join(folder, 'memory.git', 'hooks', 'pre-receive');
    writeFileSync(hook, '#!/bin/sh\necho closed for today >&2\nexit 1\n', { mode: 0o755 });
    await remark(first, 'news');
    const run = await first.maven('push');
    expect(run).toMatchObject({ exitCode: 1 });
    expect(run.stderr).toContain('pre-receive hook declined');
    // Our own hook is asked as well.
    await does(first, 'hooks', 'install');
    first.write({ [DAY_ONE]: 'broken\n' });
    await first.must('add', '--all');
    await first.must('commit', '--quiet', '--no-verify', '-m', 'broken');
    expect((await first.maven('push')).stderr).toContain(`${DAY_ONE}:1: INVALID_JSON`);
  });

  it('a clone that knows no driver, or whose program is gone, loses no line either', async () => {
    const first = await firstMachine();
    const base = ledger(trade(1));
    first.write({ [DAY_ONE]: base });
    await first.must('add', '--all');
    await first.must('commit', '--quiet', '-m', 'ledger');
    await first.must('switch', '--quiet', '--create', 'side');
    const [ours, theirs] = [ledger(trade(2)), ledger(trade(3))];
    first.write({ [DAY_ONE]: base + theirs });
    await first.must('commit', '--quiet', '-am', 'theirs');
    await first.must('switch', '--quiet', 'main');
    first.write({ [DAY_ONE]: base + ours });
    await first.must('commit', '--quiet', '-am', 'ours');
    const file = path.join(first.folder, DAY_ONE);
    const keepsBoth = async (): Promise<void> => {
      expect(await first.git('merge', '--quiet', 'side')).toMatchObject({ exitCode: 1 });
      const text = readFileSync(file, 'utf8');
      for (const line of [base, ours, theirs]) expect(text).toContain(line);
      expect(text).toContain('<<<<<<< ');
      expect(existsSync(path.join(first.folder, '.git', 'MERGE_HEAD'))).toBe(true);
      await first.must('merge', '--abort');
    };
    const driver = await first.must('config', 'merge.maven-records.driver');
    for (const gone of [
      driver.replaceAll(process.execPath, '/gone/node'),
      driver.replaceAll(process.execPath, '/bin/false'),
    ]) {
      expect(gone).not.toBe(driver);
      await first.must('config', 'merge.maven-records.driver', gone);
      await keepsBoth();
    }
    await first.must('config', '--remove-section', 'merge.maven-records');
    await keepsBoth();
    await does(first, 'hooks', 'install');
    await first.must('merge', '--quiet', '--no-edit', 'side');
    expect(readFileSync(file, 'utf8')).toBe(base + ours + theirs);
  });

  it('needs a branch and a remote, and says so', async () => {
    const first = await firstMachine();
    await first.must('remote', 'remove', 'origin');
    expect((await maven(['pull'], { cwd: first.folder })).stderr).toContain('git remote add origin URL');
    await first.must('switch', '--quiet', '--detach');
    expect((await maven(['push'], { cwd: first.folder })).stderr).toContain('HEAD is detached');
  });
});
