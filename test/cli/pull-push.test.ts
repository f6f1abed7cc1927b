import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { DAY_ONE, DECISION_PATH, decision, ledger, trade } from '../projection/fixtures.js';
import { maven } from '../support/cli.js';
import { useMachines } from '../support/machines.js';

const OPEN = `insert into bot_trades (bot_id, symbol, side, entry_price, size, fees, opened_at, status)
  values ('worker-1', 'BTC-USD', 'buy', 43250.5, 0.25, 1, '2026-01-14T10:00:00Z', 'open') returning id::text`;
/** For our program alone: the machines' people have a git all the same, to look at what was done. */
const KINDS: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
  ['through native git', {}],
  ['without native git', { PATH: '/nowhere' }],
];

describe.each(KINDS)('pull and push %s', { timeout: 240_000 }, (_, program) => {
  const machines = useMachines(program);
  const { firstMachine, cloned, does, decide, remark, linesOf, agree, url } = machines;

  it('two clones sync the same upstream, decide, and merge both ways: no conflict, no line lost, the same rows', async () => {
    const first = await firstMachine();
    const second = await cloned('second');
    const ids: string[] = [];
    for (let i = 0; i < 4; i++) ids.push((await machines.upstream.run(OPEN)).rows[0]?.id ?? '');
    await does(first, 'sync', 'trades');
    await does(second, 'sync', 'trades');
    await decide(first, 'BTC', '2026-01-14T09:50:00Z');
    // In the very same second.
    await decide(second, 'ETH', '2026-01-14T09:50:00Z');
    // The first sees a step that the second does not, and the second the end of one.
    await machines.upstream.run(`update bot_trades set fees = 2 where id in (${ids[0]}, ${ids[1]})`);
    await does(first, 'sync', 'trades');
    await machines.upstream.run(`update bot_trades set status = 'closed', exit_price = 44000, realized_pnl = 100, fees = 3,
      closed_at = '2026-01-14T12:00:00Z' where id = ${ids[0]}`);
    ids.push((await machines.upstream.run(OPEN)).rows[0]?.id ?? '');
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

  it('refuses while artifacts are edited, and keeps the edit', async () => {
    const first = await firstMachine();
    const second = await cloned('second');
    // Counted in the identity.
    await decide(second, 'BTC', '2026-01-14T09:50:00Z');
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

  it('says so and ends with 1 where what came in has removed lines of a ledger', async () => {
    const first = await firstMachine();
    const second = await cloned('second');
    for (let i = 0; i < 2; i++) await machines.upstream.run(OPEN);
    await does(first, 'sync', 'trades');
    await does(first, 'push');
    await does(second, 'pull');
    const [file = ''] = (await second.must('ls-files', '.moha/maven/trades')).split('\n');
    const [kept = ''] = readFileSync(path.join(second.folder, file), 'utf8').split('\n');
    writeFileSync(path.join(second.folder, file), `${kept}\n`);
    await second.must('commit', '--quiet', '--all', '--no-verify', '--message', 'lose a line');
    await second.must('push', '--quiet', '--no-verify');
    const run = await first.maven('pull', '--json');
    expect(run.exitCode).toBe(1);
    expect(JSON.parse(run.stdout)).toMatchObject({
      outcome: 'fast-forward',
      lost: [{ path: file, line: 2, lines: 1 }],
    });
    expect(await first.maven('pull')).toMatchObject({ exitCode: 0 });
  });

  it('merges into no branch that somebody switched to while it fetched', async () => {
    const first = await firstMachine();
    const second = await cloned('second');
    await remark(second, 'there');
    await does(second, 'push');
    await remark(first, 'here');
    await first.must('branch', 'experiment');
    const before = await first.must('rev-parse', 'HEAD');
    machines.server.onRequest = async () => {
      await first.must('symbolic-ref', 'HEAD', 'refs/heads/experiment');
    };
    for (const command of ['pull', 'push']) {
      const run = await first.maven(command, '--json');
      expect(JSON.parse(run.stdout)).toMatchObject({ error: { code: 'COMMIT_CONFLICT' } });
      for (const branch of ['main', 'experiment']) expect(await first.must('rev-parse', branch)).toBe(before);
      await first.must('symbolic-ref', 'HEAD', 'refs/heads/main');
    }
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
    await first.must('remote', 'set-url', 'origin', `${machines.server.url}/memory.git`);
    expect(await failure('pull')).toBe('REMOTE_AUTH');
    await first.must('remote', 'set-url', 'origin', url().replace(/:\d+\//, ':1/'));
    expect(await failure('pull')).toBe('REMOTE_FAILED');
    await first.must('remote', 'set-url', 'origin', url());
    machines.server.onRequest = () => new Promise(() => undefined);
    expect(await failure('pull', '--timeout', '1')).toBe('REMOTE_FAILED');
    expect(await failure('push', '--remote', 'nowhere')).toBe('CONFIG_INVALID');
  });
});

describe('pull and push, what only native git can do', { timeout: 240_000 }, () => {
  const machines = useMachines();
  const { firstMachine, cloned, does, remark, agree } = machines;

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

  it('says how to keep both of two records that were given one name', async () => {
    const first = await firstMachine();
    const second = await cloned('second');
    for (const each of [first, second]) {
      each.write({ [DECISION_PATH]: decision(`decided in ${path.basename(each.folder)}`) });
      await each.must('add', '--all');
      await each.must('commit', '--quiet', '-m', 'a decision');
    }
    await does(second, 'push');
    const { stdout } = await first.maven('pull', '--json');
    const { error } = JSON.parse(stdout) as { error: { code: string; hint: string } };
    expect(error).toMatchObject({ code: 'MERGE_CONFLICT', data: { files: [DECISION_PATH] } });
    const commands = error.hint.match(/git (show|checkout|add) [^;,]*\.md[^;,]*/g) ?? [];
    expect(commands).toHaveLength(3);
    execFileSync('sh', ['-e', '-c', commands.join('\n')], { cwd: first.folder, stdio: 'ignore' });
    await first.must('commit', '--quiet', '--no-edit');
    await does(first, 'push');
    await does(second, 'pull');
    await does(first, 'reconcile');
    await agree(first, second);
    const kept = [DECISION_PATH, DECISION_PATH.replace('.md', '_1.md')].map((file) =>
      readFileSync(path.join(second.folder, file), 'utf8'),
    );
    expect(kept).toEqual(['first', 'second'].map((name) => decision(`decided in ${name}`)));
  });

  it('never forces: a remote that refuses for a reason of its own is told so', async () => {
    const first = await firstMachine();
    const hook = path.join(machines.folder, 'memory.git', 'hooks', 'pre-receive');
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
