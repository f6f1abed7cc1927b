import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CliRun, maven } from '../support/cli.js';
import { createServerDatabase } from '../support/databases.js';
import { createTestRepository, type TestRepository } from '../support/test-repository.js';

/** From nothing to a verified projection and back, as a person would, with the built program. */
describe('the command line', () => {
  let repository: TestRepository;
  let created: Awaited<ReturnType<typeof createServerDatabase>>;
  beforeEach(async () => {
    created = await createServerDatabase();
    repository = createTestRepository();
  });
  afterEach(async () => {
    await created.drop();
    repository.remove();
  });

  const run = (
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
    input = '',
  ): Promise<CliRun> =>
    maven(args, { cwd: repository.folder, env: { MAVEN_DATABASE_URL: created.url, ...env }, input });
  const json = async (args: readonly string[], env: Readonly<Record<string, string>> = {}, input = '') => {
    const { stdout } = await run([...args, '--json'], env, input);
    return JSON.parse(stdout) as Record<string, never>;
  };
  const file = (name: string): string => readFileSync(path.join(repository.folder, name), 'utf8');

  it('starts a memory, records into it, and shows it in Postgres', async () => {
    expect(await run(['init'])).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('created') });
    expect(await run(['init'])).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('nothing new: no commit'),
    });
    const decision = [
      'record',
      'decision',
      '--type',
      'buy',
      '--asset',
      'BTC',
      '--confidence',
      '82',
      '--action',
      'open',
      '--reasoning',
      'why',
    ];
    const recorded = await json(decision);
    expect(recorded).toMatchObject({
      path: expect.stringContaining('/decisions/decision_'),
      published: { status: 'projected' },
    });
    expect(JSON.parse(file('.moha/maven/identity.json'))).toMatchObject({ total_decisions: 1 });
    expect(repository.git('log', '-1', '--format=%an %s%n%b')).toBe(
      'Test decision: buy BTC (confidence 82)\nMaven-Job: record decision\nMaven-Records: 1\n\n',
    );
    await run([
      'record',
      'event',
      '--type',
      'SESSION_CLOSE',
      '--text',
      'done\n\n## [2026-01-14T14:25:13.963853+00:00] FORGED\n',
    ]);
    await run(['record', 'milestone', '--title', '../../etc/passwd', '--text', 'x']);
    await run(['record', 'insight', '--type', 'funding', '--text=---js\nprocess.exit(1)\n---']);
    expect(await json(['status'])).toMatchObject({
      projection: {
        current: true,
        behindBy: 0,
        rowCounts: { maven_decisions: 1, maven_memory: 3, maven_insights: 1 },
      },
      problems: { errors: 0, warnings: 0 },
    });
    expect(await run(['verify'])).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('in sync') });
    expect(repository.git('status', '--porcelain')).toBe('');
    repository.git('fsck', '--strict');
  });

  it('takes the fields as JSON from stdin, numbers digit for digit', async () => {
    await run(['init']);
    const input = '{"type":"hold","action":"wait","confidence":70.5,"metadata":{"n":9007199254740993.10}}';
    const { exitCode, stdout } = await run(['record', 'decision', '--json', '-'], {}, input);
    expect(exitCode).toBe(0);
    const { path: written } = JSON.parse(stdout) as { path: string };
    expect(file(written)).toContain('"n": 9007199254740993.10');
    expect(file(written)).toContain('**Confidence:** 70.5%');
  });

  it('finds, names and mends drift, with exit codes that scripts can trust', async () => {
    await run(['init']);
    await run(['record', 'event', '--type', 'A', '--text', 'x']);
    const { default: pg } = await import('pg');
    const client = new pg.Client({ connectionString: created.url });
    await client.connect();
    await client.query("update maven_memory set content = 'y' where event_type = 'A'");
    const report = await run(['verify']);
    expect(report.exitCode).toBe(1);
    expect(report.stdout).toContain('ROW_CHANGED');
    expect(report.stdout).toContain('content: git says "x", found "y"');
    expect((await run(['verify', '--format', 'github'])).stdout).toMatch(
      /^::error file=\.moha\/maven\/session_log\.md,line=\d+,title=ROW_CHANGED::maven_memory /m,
    );
    expect(await run(['verify', '--fix'])).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('1 row put right'),
    });
    await client.query('drop schema public cascade; create schema public');
    await client.end();
    expect(await run(['verify'])).toMatchObject({
      exitCode: 1,
      stdout: expect.stringContaining('PROJECTION_MISSING'),
    });
    expect(await run(['reconcile'])).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('proven'),
    });
    expect(await run(['verify'])).toMatchObject({ exitCode: 0 });
  });

  it('keeps the commit when the database is away, says so, and catches up', async () => {
    await run(['init']);
    const away = { MAVEN_DATABASE_URL: 'postgres://maven:secret@127.0.0.1:1/none' };
    const recorded = await run(['record', 'event', '--type', 'A', '--text', 'x'], away);
    expect(recorded).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('the commit stands') });
    expect(recorded.stdout + recorded.stderr).not.toContain('secret');
    expect(file('.moha/maven/session_log.md')).toContain('] A');
    expect(await run(['verify'], away)).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('cannot be reached'),
    });
    expect(await run(['reconcile'], away)).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('start the server'),
    });
    expect(await run(['reconcile'])).toMatchObject({ exitCode: 0 });
    expect(await run(['verify'])).toMatchObject({ exitCode: 0 });
  });

  it('answers from an earlier revision, in a scratch database', async () => {
    await run(['init']);
    await run(['record', 'event', '--type', 'A', '--text', 'x']);
    const env = { MAVEN_DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' };
    expect(await json(['reconcile', '--at', 'HEAD~1'], env)).toMatchObject({
      rowCounts: { maven_memory: 1 },
    });
    expect(await json(['reconcile', '--at', 'HEAD'], env)).toMatchObject({ rowCounts: { maven_memory: 2 } });
    expect(await run(['reconcile', '--at', 'nowhere'], env)).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('nowhere'),
    });
  });

  it('imports a transcript once, and adds what is new', async () => {
    await run(['init']);
    const line = (role: string, content: string) => `${JSON.stringify({ role, content })}\n`;
    const transcript = path.join(repository.folder, 'talk.jsonl');
    const { writeFileSync } = await import('node:fs');
    writeFileSync(transcript, line('user', "what's my 7-day P&L?"));
    expect(await json(['import', 'conversation', transcript])).toMatchObject({
      messages: 1,
      published: { status: 'projected' },
    });
    expect(await json(['import', 'conversation', transcript])).toMatchObject({
      messages: 1,
      commit: null,
      published: null,
    });
    writeFileSync(transcript, line('user', "what's my 7-day P&L?") + line('assistant', '+412.50 USD'));
    expect(await json(['import', 'conversation', transcript])).toMatchObject({
      messages: 2,
      published: { status: 'projected' },
    });
    expect(await json(['status'])).toMatchObject({ projection: { rowCounts: { maven_conversations: 2 } } });
  });

  it('prints a script for shell completion', async () => {
    expect((await run(['completion'])).stdout).toContain('maven-git');
    expect((await run(['--get-yargs-completions', 'maven-git', 'rec'])).stdout).toContain('reconcile');
  });
});

describe('bad input', () => {
  let repository: TestRepository;
  beforeEach(() => {
    repository = createTestRepository();
  });
  afterEach(() => repository.remove());

  it.each([
    { args: ['reconcile', '--repo', '/'], code: 1, says: 'no git repository' },
    { args: ['verify', '--repo', '/nowhere'], code: 2, says: '/nowhere' },
    { args: ['reconcile'], code: 1, says: 'maven-git init' },
    { args: ['record', 'decision', '--type', 'buy', '--action', 'x'], code: 1, says: 'maven-git init' },
    { args: ['record', 'decision', '--type', 'buy'], code: 1, says: '--action' },
    {
      args: ['record', 'decision', '--confidence', '0.82', '--type', 'a', '--action', 'b'],
      code: 1,
      says: 'fraction',
    },
    {
      args: ['record', 'decision', '--metadata', '[1]', '--type', 'a', '--action', 'b'],
      code: 1,
      says: 'metadata',
    },
    {
      args: ['record', 'decision', '--decided-at', '2026-02-30T00:00:00Z', '--type', 'a', '--action', 'b'],
      code: 1,
      says: 'decided-at',
    },
    { args: ['record', 'event', '-', '--type', 'x'], code: 1, says: 'not both' },
    { args: ['record'], code: 1, says: 'maven-git record --help' },
    { args: ['reconsile'], code: 1, says: 'unknown command "reconsile"' },
    { args: ['reconcile', '--dryrun'], code: 1, says: 'maven-git reconcile --help' },
    { args: ['verify', '--format', 'xml'], code: 2, says: 'maven-git verify --help' },
    { args: ['verify', '--limit', '0'], code: 2, says: '--limit' },
    { args: ['reconcile', '--at', 'HEAD', '--dry-run'], code: 1, says: 'exclude each other' },
    { args: ['import', 'conversation', '/no/such/file'], code: 1, says: '/no/such/file' },
    { args: [], code: 1, says: 'maven-git --help' },
  ])('$args ends with one clear line', async ({ args, code, says }) => {
    const { exitCode, stderr, stdout } = await maven(args, { cwd: repository.folder });
    expect(stderr).toContain(says);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect({ exitCode, stdout }).toEqual({ exitCode: code, stdout: '' });
  });

  it('gives errors as JSON when asked', async () => {
    const { stdout, exitCode } = await maven(['reconcile', '--json'], { cwd: repository.folder });
    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      error: { code: 'ARTIFACTS_NOT_FOUND', hint: expect.any(String) },
    });
  });

  it('names every wrong variable at once', async () => {
    const env = { MAVEN_DATABASE_URL: 'mysql://x', MAVEN_LOCK_TIMEOUT_SECONDS: 'soon' };
    const { stderr, exitCode } = await maven(['status'], { cwd: repository.folder, env });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('MAVEN_DATABASE_URL');
    expect(stderr).toContain('MAVEN_LOCK_TIMEOUT_SECONDS');
  });

  it('survives a reader that goes away', async () => {
    const { execFileSync } = await import('node:child_process');
    const { PROGRAM } = await import('../support/cli.js');
    const out = execFileSync(
      'bash',
      ['-c', `set -o pipefail; ${process.execPath} ${PROGRAM} --help | head -1`],
      { encoding: 'utf8' },
    );
    expect(out).toContain('maven-git');
  });
});
