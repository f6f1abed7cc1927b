import { mkdtempSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect } from 'vitest';
import { openServerDatabase } from '../../src/db/server-database.js';
import { fingerprint } from '../../src/projection/dump.js';
import { createUpstream, type TestUpstream } from '../ledger/upstream.js';
import { type CliRun, maven } from './cli.js';
import { createServerDatabase } from './databases.js';
import { type GitHttpServer, startGitHttpServer } from './git-http-server.js';
import { removeFolder } from './remove-folder.js';
import { openWorkingRepository, type WorkingRepository } from './working-repository.js';

export const PASSWORD = 's3cret-word';

/** A clone with a database of its own, as on a machine of its own. */
export interface Machine extends WorkingRepository {
  readonly database: Awaited<ReturnType<typeof createServerDatabase>>;
}

/** Several machines that exchange one memory through a bare repository behind git's own HTTP program. */
export interface Machines {
  readonly folder: string;
  readonly server: GitHttpServer;
  readonly upstream: TestUpstream;
  /** Of the bare repository, as the person `maven` reaches it. */
  url(password?: string): string;
  /** Makes the memory and pushes it. */
  firstMachine(): Promise<Machine>;
  /** Clones it, with native git. */
  cloned(name: string): Promise<Machine>;
  /** Runs the program, which must succeed. */
  does(from: WorkingRepository, ...args: readonly string[]): Promise<CliRun>;
  decide(from: WorkingRepository, asset: string, at: string): Promise<CliRun>;
  remark(from: WorkingRepository, text: string): Promise<CliRun>;
  /** Of all ledger files, in the working tree. */
  linesOf(from: WorkingRepository): Promise<readonly string[]>;
  /** Both stand at one commit, with the same rows, nothing uncommitted, and sound artifacts. */
  agree(one: Machine, other: Machine): Promise<void>;
}

/**
 * Makes a remote and an upstream for each test, and takes them away.
 *
 * @param program - environment of our program alone; the machines' native git has its own.
 */
export function useMachines(program: Readonly<Record<string, string>> = {}): Machines {
  let folder = '';
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
    const run = (...args: readonly string[]): Promise<CliRun> =>
      maven(args, { cwd: repository.folder, env: { ...env, ...program } });
    const made = { ...repository, maven: run, database };
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
  return {
    get folder() {
      return folder;
    },
    get server() {
      return server;
    },
    get upstream() {
      return upstream;
    },
    url,
    firstMachine,
    cloned,
    does,
    decide,
    remark,
    linesOf,
    agree,
  };
}
