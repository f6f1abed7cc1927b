import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe } from 'vitest';
import { HOW_TO_GET_REDIS, redisBinary } from './redis-binary.js';

/** A real Redis of a test's own, which may be taken away from it. */
export interface TestRedis {
  readonly port: number;
  /** `redis://127.0.0.1:PORT/0`, with the password when there is one. */
  readonly url: string;
  /** Ends it at once, as a crash would. */
  kill(): Promise<void>;
  /** Starts it again on the same port, empty. */
  restart(): Promise<void>;
  /** Stops it where it stands: connections stay, nothing is answered. */
  freeze(): void;
  thaw(): void;
  /** Ends it for good and removes its folder. */
  stop(): Promise<void>;
}

export interface TestRedisOptions {
  readonly password?: string;
}

/**
 * A suite that needs a real Redis.
 *
 * Postgres comes with npm, Redis does not: on a machine of one's own that has none, these suites are skipped, and the
 * start of the run says so. In CI they never are.
 */
export function describeWithRedis(name: string, suite: () => void): void {
  const run = redisBinary() === null && process.env.CI === undefined ? describe.skip : describe;
  run(name, suite);
}

/**
 * Starts a redis-server on a free port of this machine.
 *
 * @throws Error saying how to get one.
 */
export async function startRedis(options: TestRedisOptions = {}): Promise<TestRedis> {
  const binary = redisBinary();
  if (binary === null) throw new Error(`no redis-server found: ${HOW_TO_GET_REDIS}`);
  const folder = mkdtempSync(path.join(os.tmpdir(), 'maven-test-redis-'));
  const port = await freePort();
  let server = await launch(binary, folder, port, options);
  const end = async (): Promise<void> => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const ended = new Promise((resolve) => server.once('exit', resolve));
    server.kill('SIGKILL');
    await ended;
  };
  return {
    port,
    url: `redis://${options.password === undefined ? '' : `:${options.password}@`}127.0.0.1:${port}/0`,
    kill: end,
    restart: async () => {
      await end();
      server = await launch(binary, folder, port, options);
    },
    freeze: () => void server.kill('SIGSTOP'),
    thaw: () => void server.kill('SIGCONT'),
    stop: async () => {
      await end();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function launch(
  binary: string,
  folder: string,
  port: number,
  { password }: TestRedisOptions,
): Promise<ChildProcess> {
  const settings = [
    '--bind',
    '127.0.0.1',
    '--port',
    String(port),
    '--dir',
    folder,
    '--save',
    '',
    '--appendonly',
    'no',
  ];
  const access = password === undefined ? [] : ['--requirepass', password];
  const server = spawn(binary, [...settings, ...access], { stdio: 'ignore' });
  const failed = new Promise<never>((_, reject) => {
    server.once('error', reject);
    server.once('exit', (code) => reject(new Error(`redis-server ended with ${code} while starting`)));
  });
  failed.catch(() => undefined);
  await Promise.race([untilListening(port), failed]);
  return server;
}

async function untilListening(port: number): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    if (await listens(port)) return;
    await sleep(25);
  }
  throw new Error(`redis-server does not listen on port ${port}`);
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
