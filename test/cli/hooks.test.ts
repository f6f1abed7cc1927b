import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DAY_ONE, DECISION_PATH, decision, ledger, trade } from '../projection/fixtures.js';
import { createServerDatabase } from '../support/databases.js';
import {
  createWorkingRepository,
  openWorkingRepository,
  type WorkingRepository,
} from '../support/working-repository.js';

/** Far more than a background reconcile takes. */
const PATIENCE_MS = 60_000;
const AWAY = 'postgres://maven:s3cret@127.0.0.1:1/maven_data';
const LEDGER = ledger(trade(1), trade(2));

describe('git hooks', { timeout: 240_000 }, () => {
  let database: Awaited<ReturnType<typeof createServerDatabase>>;
  let repository: WorkingRepository;
  beforeEach(async () => {
    database = await createServerDatabase();
    repository = createWorkingRepository({
      MAVEN_DATABASE_URL: database.url,
      GIT_CONFIG_GLOBAL: '/dev/null',
    });
    await repository.must('init', '--quiet', '--initial-branch=main');
    expect(await repository.maven('init')).toMatchObject({ exitCode: 0 });
  });
  afterEach(async () => {
    await workersEnd();
    repository.remove();
    await database.drop();
  });

  const hooksFolder = (): string => path.join(repository.folder, '.git', 'maven', 'hooks');
  const log = (folder = hooksFolder()): string => {
    const file = path.join(folder, 'hooks.log');
    return existsSync(file) ? readFileSync(file, 'utf8') : '';
  };
  const until = async (what: string, done: () => Promise<boolean> | boolean): Promise<void> => {
    const deadline = Date.now() + PATIENCE_MS;
    while (!(await done())) {
      if (Date.now() > deadline) throw new Error(`${what}: not in time; log:\n${log()}`);
      await sleep(50);
    }
  };
  /** Workers write into the folder that a test removes. */
  const workersEnd = (): Promise<void> =>
    until('the workers end', () =>
      ['request', 'worker'].every((name) => !existsSync(path.join(hooksFolder(), name))),
    );
  const projected = async (): Promise<string | null> => {
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    try {
      const { rows } = await client.query<{ revision: string }>('select revision from maven_projection');
      return rows[0]?.revision ?? null;
    } finally {
      await client.end();
    }
  };
  const reachesHead = async (from: WorkingRepository = repository): Promise<void> => {
    const head = await from.must('rev-parse', 'HEAD');
    await until(`Postgres at ${head}`, async () => (await projected()) === head);
  };
  const install = async (...args: readonly string[]): Promise<void> => {
    expect(await repository.maven('hooks', 'install', ...args)).toMatchObject({ exitCode: 0, stderr: '' });
  };
  const commit = async (files: Readonly<Record<string, string>>, message = 'work'): Promise<void> => {
    repository.write(files);
    await repository.must('add', '--all');
    expect(await repository.git('commit', '--quiet', '-m', message)).toEqual({
      exitCode: 0,
      stdout: '',
      stderr: '',
    });
  };
  const decisionAt = (second: number): Readonly<Record<string, string>> => ({
    [`.moha/maven/decisions/decision_20260114_1424${String(second).padStart(2, '0')}.md`]: decision(
      `step ${second}`,
    ).replace('14:24:08', `14:24:${String(second).padStart(2, '0')}`),
  });

  it('leave Postgres at HEAD after a native commit, checkout, merge, rebase and pull', async () => {
    await install();
    await commit({ [DAY_ONE]: LEDGER });
    await reachesHead();

    await repository.must('switch', '--quiet', '--create', 'side');
    await commit(decisionAt(1));
    await reachesHead();
    // Rows go, since the branch does not have them: that is what was asked for.
    await repository.must('switch', '--quiet', 'main');
    await reachesHead();

    await commit(decisionAt(2));
    await repository.must('merge', '--quiet', '--no-edit', 'side');
    await reachesHead();

    await repository.must('switch', '--quiet', '--create', 'topic', 'HEAD~1');
    await commit(decisionAt(3));
    await repository.must('rebase', '--quiet', 'main');
    await reachesHead();

    const upstream = path.join(repository.folder, '..', 'upstream.git');
    await repository.must('clone', '--quiet', '--bare', repository.folder, upstream);
    const other = repository.at(path.join(repository.folder, '..', 'other'));
    await repository.must('clone', '--quiet', '--branch', 'topic', upstream, other.folder);
    other.write(decisionAt(4));
    await other.must('add', '--all');
    await other.must('commit', '--quiet', '-m', 'elsewhere');
    await other.must('push', '--quiet');
    await repository.must('pull', '--quiet', '--no-rebase', upstream, 'topic');
    expect(await repository.must('rev-parse', 'HEAD')).toBe(await other.must('rev-parse', 'HEAD'));
    await reachesHead();
    expect(await repository.maven('verify')).toMatchObject({ exitCode: 0 });
  });

  it('serve a rebase of many commits once or twice, and see its end', async () => {
    await install();
    await commit({ [DAY_ONE]: LEDGER });
    await repository.must('switch', '--quiet', '--create', 'topic');
    for (let i = 0; i < 15; i++) await commit(decisionAt(i));
    await repository.must('switch', '--quiet', 'main');
    await commit({ 'notes.txt': 'main went on' });
    await repository.must('switch', '--quiet', 'topic');
    await reachesHead();
    await workersEnd();
    const before = log();
    await repository.must('rebase', '--quiet', 'main');
    await reachesHead();
    await workersEnd();
    const reconciles = log()
      .slice(before.length)
      .split('\n')
      .filter((line) => line.includes('is projected'));
    expect(reconciles.length).toBeGreaterThanOrEqual(1);
    expect(reconciles.length).toBeLessThanOrEqual(2);
  });

  it('never fail, and say nothing, while the database is away; the next one catches up', async () => {
    await install();
    const away = openWorkingRepository(repository.folder, { MAVEN_DATABASE_URL: AWAY });
    const quiet = { exitCode: 0, stdout: '', stderr: '' };
    away.write(decisionAt(1));
    await away.must('add', '--all');
    expect(await away.git('commit', '--quiet', '-m', 'one')).toEqual(quiet);
    expect(await away.git('switch', '--quiet', '--create', 'side', 'HEAD~1')).toEqual(quiet);
    away.write(decisionAt(2));
    await away.must('add', '--all');
    expect(await away.git('commit', '--quiet', '-m', 'two')).toEqual(quiet);
    expect(await away.git('rebase', '--quiet', 'main')).toEqual(quiet);
    expect(await away.git('switch', '--quiet', 'main')).toEqual(quiet);
    expect(await away.git('merge', '--quiet', 'side')).toEqual(quiet);
    expect(await away.git('pull', '--quiet', '.', 'side')).toEqual(quiet);
    await until('the log', () => log().includes('not projected'));
    expect(log()).not.toContain('s3cret');
    await workersEnd();
    await commit({ 'notes.txt': 'the database is back' });
    await reachesHead();
  });

  it('work in a linked worktree, and with a git folder and an index named by the environment', async () => {
    await install();
    const linked = repository.at(path.join(repository.folder, '..', 'linked tree'));
    await repository.must('worktree', 'add', '--quiet', '-b', 'linked', linked.folder);
    linked.write({ [DAY_ONE]: LEDGER });
    await linked.must('add', '--all');
    expect(await linked.git('commit', '--quiet', '-m', 'there')).toMatchObject({ exitCode: 0, stderr: '' });
    await reachesHead(linked);
    const gitDir = await linked.must('rev-parse', '--absolute-git-dir');
    await until('its worker ends', () => !existsSync(path.join(gitDir, 'maven', 'hooks', 'worker')));
    expect(log(path.join(gitDir, 'maven', 'hooks'))).toContain('is projected');

    repository.write(decisionAt(5));
    const outside = repository.at(path.join(repository.folder, '..'));
    const place = [`--git-dir=${repository.folder}/.git`, `--work-tree=${repository.folder}`];
    await outside.must(...place, 'add', '--all');
    await outside.must(...place, 'commit', '--quiet', '-m', 'from outside');
    await reachesHead();
    // `commit FILE` checks an index of its own, not the one that is staged.
    repository.write({ [DAY_ONE]: 'no ledger\n' });
    await repository.must('add', DAY_ONE);
    repository.write({ 'notes.txt': 'fine' });
    await repository.must('add', '--intent-to-add', 'notes.txt');
    expect(await repository.git('commit', '--quiet', '-m', 'only this', 'notes.txt')).toMatchObject({
      exitCode: 0,
    });
    expect(await repository.git('commit', '--quiet', '-m', 'that too')).toMatchObject({ exitCode: 1 });
    await workersEnd();
  });

  it('refuse what would break an artifact or a ledger, name the line, and can be bypassed', async () => {
    await commit({ [DAY_ONE]: LEDGER, [DECISION_PATH]: decision() });
    await install();
    const refused = async (files: Readonly<Record<string, string | null>>, ...said: readonly string[]) => {
      repository.write(files);
      await repository.must('add', '--all');
      const run = await repository.git('commit', '--quiet', '-m', 'bad');
      expect(run).toMatchObject({ exitCode: 1, stdout: '' });
      for (const text of [...said, 'git commit --no-verify']) expect(run.stderr).toContain(text);
      await repository.must('reset', '--quiet', '--hard');
    };
    const [first = '', second = ''] = LEDGER.split('\n');
    await refused({ [DAY_ONE]: `${first}\n` }, `${DAY_ONE}:2: LEDGER_REWRITTEN`);
    await refused({ [DAY_ONE]: LEDGER.replace('6.12', '6.13') }, `${DAY_ONE}:1: LEDGER_REWRITTEN`);
    await refused({ [DAY_ONE]: `${LEDGER}{"v":1\n` }, `${DAY_ONE}:3: INVALID_JSON`);
    await refused({ [DAY_ONE]: null }, `${DAY_ONE}:1: LEDGER_REWRITTEN`);
    await refused(
      { [DAY_ONE]: `<<<<<<< ours\n${first}\n=======\n${second}\n>>>>>>> theirs\n` },
      'CONFLICT_MARKER',
    );
    await refused({ [DECISION_PATH]: 'nothing at all\n' }, `${DECISION_PATH}:`);
    // Lines may be added and change places.
    await commit({ [DAY_ONE]: `${second}\n${first}\n${ledger(trade(3))}` });

    repository.write({ [DAY_ONE]: 'broken\n' });
    await repository.must('add', '--all');
    await repository.must('commit', '--quiet', '--no-verify', '-m', 'broken on purpose');
    const upstream = path.join(repository.folder, '..', 'upstream.git');
    await repository.must('init', '--quiet', '--bare', upstream);
    await repository.must('remote', 'add', 'origin', upstream);
    await repository.must('push', '--quiet', 'origin', 'HEAD~1:refs/heads/main');
    const push = await repository.git('push', '--quiet', 'origin', 'main');
    expect(push.exitCode).toBe(1);
    expect(push.stderr).toContain(`${DAY_ONE}:1: `);
    expect(push.stderr).toContain('git push --no-verify');
    // An old fault does not stop other work.
    await commit(decisionAt(9));
    await repository.must('push', '--quiet', '--no-verify', 'origin', 'main');
    await commit(decisionAt(10));
    await repository.must('push', '--quiet', 'origin', 'main');
    // A new branch is compared with what the remote has of it.
    await repository.must('switch', '--quiet', '--create', 'fresh');
    await commit(decisionAt(11));
    await repository.must('push', '--quiet', 'origin', 'fresh');
  });

  it.each(['standard', 'relative', 'global'] as const)(
    'call the hooks of a %s folder first, as git would, and leave it as it was',
    async (kind) => {
      const folder = {
        standard: path.join(repository.folder, '.git', 'hooks'),
        relative: path.join(repository.folder, 'team hooks', '_'),
        global: path.join(repository.folder, '..', 'all my hooks'),
      }[kind];
      mkdirSync(folder, { recursive: true });
      const seen = path.join(repository.folder, '..', 'seen');
      writeFileSync(
        path.join(folder, 'helper.sh'),
        `tell() { echo "$(basename "$0") $*" >>'${seen.replaceAll("'", "'\\''")}'; }\n`,
      );
      const hook = (name: string, body: string): void => {
        writeFileSync(path.join(folder, name), `#!/bin/sh\n. "$(dirname "$0")/helper.sh"\n${body}\n`);
        chmodSync(path.join(folder, name), 0o750);
      };
      hook('pre-commit', 'tell "$@"; [ ! -e refuse ] || exit 7');
      hook('commit-msg', 'tell "$(cat "$1")"');
      hook('post-checkout', 'tell "$3"; exit 5');
      hook('post-rewrite', 'tell "$1" "$(wc -l | tr -d " ")"');
      hook('pre-push', 'tell "$1" "$(cut -d" " -f1)"');
      writeFileSync(path.join(folder, 'post-merge'), 'not executable, so no hook\n');
      if (kind === 'relative') await repository.must('config', 'core.hooksPath', 'team hooks/_');
      const config = path.join(repository.folder, '..', 'global config');
      if (kind === 'global') writeFileSync(config, `[core]\n\thooksPath = ${JSON.stringify(folder)}\n`);
      const person =
        kind === 'global'
          ? openWorkingRepository(repository.folder, {
              MAVEN_DATABASE_URL: database.url,
              GIT_CONFIG_GLOBAL: config,
            })
          : repository;
      const setting = async () =>
        (await person.git('config', '--show-origin', '--get-all', 'core.hooksPath')).stdout;
      const before = [digest(folder), digest(path.join(repository.folder, '.git', 'hooks')), await setting()];

      for (let i = 0; i < 2; i++)
        expect(await person.maven('hooks', 'install')).toMatchObject({ exitCode: 0 });
      expect(await person.maven('hooks', 'status')).toMatchObject({ exitCode: 0 });
      person.write(decisionAt(1));
      await person.must('add', '--all');
      await person.must('commit', '--quiet', '-m', 'words');
      // Git makes any refusal of this hook a 1 of its own.
      expect(await person.git('switch', '--quiet', '--create', 'side')).toMatchObject({ exitCode: 1 });
      await person.must('commit', '--quiet', '--amend', '-m', 'other words');
      person.write({ refuse: '' });
      expect(await person.git('commit', '--quiet', '--allow-empty', '-m', 'no')).toMatchObject({
        exitCode: 1,
      });
      const upstream = path.join(repository.folder, '..', 'upstream.git');
      await person.must('init', '--quiet', '--bare', upstream);
      await person.must('push', '--quiet', upstream, 'main', 'side');
      expect(readFileSync(seen, 'utf8').trim().split('\n')).toEqual([
        'pre-commit ',
        'commit-msg words',
        'post-checkout 1',
        'pre-commit ',
        'commit-msg other words',
        'post-rewrite amend 1',
        'pre-commit ',
        `pre-push ${upstream} refs/heads/main`,
        'refs/heads/side',
      ]);
      await reachesHead(person);
      await workersEnd();

      expect(await person.maven('hooks', 'uninstall')).toMatchObject({ exitCode: 0 });
      expect([
        digest(folder),
        digest(path.join(repository.folder, '.git', 'hooks')),
        await setting(),
      ]).toEqual(before);
      expect(await person.maven('hooks', 'status')).toMatchObject({ exitCode: 1 });
      expect(await person.maven('hooks', 'uninstall')).toMatchObject({ exitCode: 0 });
    },
  );

  it('tell what is in place, outdated, foreign; install mends it', async () => {
    type Status = { ready: boolean; inEffect: boolean; hooks: readonly { hook: string; state: string }[] };
    const status = async (): Promise<Status> =>
      JSON.parse((await repository.maven('hooks', 'status', '--json')).stdout) as Status;
    const stateOf = async (hook: string): Promise<string | undefined> =>
      (await status()).hooks.find((entry) => entry.hook === hook)?.state;
    expect(await status()).toMatchObject({ installed: false, ready: false });
    await install();
    expect(await status()).toMatchObject({ installed: true, ready: true, inEffect: true });
    const hooks = path.join(repository.folder, '.git', 'hooks');
    const file = path.join(hooks, 'post-merge');
    writeFileSync(file, readFileSync(file, 'utf8').replace('version 1', 'version 0'));
    writeFileSync(path.join(hooks, 'pre-push'), '#!/bin/sh\nexit 0\n');
    chmodSync(path.join(hooks, 'pre-push'), 0o755);
    expect([await stateOf('post-merge'), await stateOf('pre-push')]).toEqual(['outdated', 'foreign']);
    await install();
    expect(await status()).toMatchObject({ ready: true });
    await repository.must('config', 'core.hooksPath', 'elsewhere');
    expect(await status()).toMatchObject({ ready: false, inEffect: false });
    await install();
    expect(await status()).toMatchObject({ ready: true, mode: 'config' });
    await repository.maven('hooks', 'uninstall');
    expect(await repository.must('config', 'core.hooksPath')).toBe('elsewhere');
    // What somebody put over ours has joined the hooks from before.
    expect(readFileSync(path.join(hooks, 'pre-push'), 'utf8')).toBe('#!/bin/sh\nexit 0\n');
    expect(existsSync(path.join(hooks, 'post-commit'))).toBe(false);
  });

  it('stop nobody when the program is gone, and say so in the log', async () => {
    await install();
    const hooks = path.join(repository.folder, '.git', 'hooks');
    for (const name of ['post-commit', 'pre-commit']) {
      const file = path.join(hooks, name);
      writeFileSync(file, readFileSync(file, 'utf8').replace(/^node=.*/m, "node='/gone/node'"));
    }
    await commit({ [DAY_ONE]: 'broken\n' });
    const told = path.join(hooksFolder(), 'program-missing.log');
    await until('a word in the log', () => existsSync(told));
    expect(readFileSync(told, 'utf8')).toContain('maven-git hooks install');
    // The hook leaves its request standing for whoever comes next.
    renameSync(path.join(hooksFolder(), 'request'), path.join(hooksFolder(), 'kept'));
    await until('its shell ends', () => existsSync(path.join(hooksFolder(), 'worker')));
    renameSync(path.join(hooksFolder(), 'worker'), path.join(hooksFolder(), 'kept'));
  });

  it('do not take the embedded database for a server that git was not told of', async () => {
    await install();
    const bare = openWorkingRepository(repository.folder, { MAVEN_DATABASE_URL: '' });
    bare.write({ 'notes.txt': 'from an editor' });
    await bare.must('add', '--all');
    await bare.must('commit', '--quiet', '-m', 'without an environment');
    await until('the log', () => log().includes('--env-file'));
    expect(existsSync(path.join(repository.folder, '.git', 'maven', 'database'))).toBe(false);
    await workersEnd();
    repository.write({
      '.env': `# the server\nMAVEN_DATABASE_URL=${database.url}\n`,
      '.gitignore': '.env\n',
    });
    await install('--env-file', '.env');
    await bare.must('commit', '--quiet', '--allow-empty', '-m', 'with a file');
    await reachesHead();
  });

  it('are refused to a bare repository', async () => {
    const bare = repository.at(path.join(repository.folder, '..', 'bare.git'));
    await repository.must('clone', '--quiet', '--bare', repository.folder, bare.folder);
    const run = await bare.maven('hooks', 'install');
    expect(run.exitCode).toBe(1);
    expect(run.stderr).toContain('has no working tree');
  });
});

/** Names, modes and bytes of everything in a folder. */
function digest(folder: string): string {
  const hash = createHash('sha256');
  for (const name of readdirSync(folder).sort()) {
    const file = path.join(folder, name);
    const stat = lstatSync(file);
    hash.update(`${name} ${stat.mode} ${stat.mtimeMs}\n`);
    if (stat.isFile()) hash.update(readFileSync(file));
  }
  return hash.digest('hex');
}
