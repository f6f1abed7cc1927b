import { execFile } from 'node:child_process';
import os from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import type { Machine, Peer } from './results.js';

const run = promisify(execFile);
const LOOK_MS = 1500;
/** Part of the cores that others may use before the figures are marked. */
const BUSY_PCT = 10;

/** How much of all cores is used while this process only waits, in percent. */
export async function lookAtLoad(): Promise<number> {
  const before = coreTimes();
  await sleep(LOOK_MS);
  const after = coreTimes();
  const all = after.all - before.all;
  return all === 0 ? 0 : Math.round((1 - (after.idle - before.idle) / all) * 100);
}

function coreTimes(): { readonly idle: number; readonly all: number } {
  let [idle, all] = [0, 0];
  for (const { times } of os.cpus()) {
    idle += times.idle;
    all += times.user + times.nice + times.sys + times.idle + times.irq;
  }
  return { idle, all };
}

/** @param looks - what {@link lookAtLoad} saw before and after. */
export function describeMachine(load: Machine['load'], looks: readonly number[]): Machine {
  const busyPct = Math.max(0, ...looks);
  return {
    cpu: os.cpus()[0]?.model.trim() ?? 'not known',
    cores: os.cpus().length,
    memoryMiB: Math.round(os.totalmem() / 1024 ** 2),
    system: `${os.type()} ${os.release()} ${os.arch()}`,
    load,
    busyPct,
    busy: busyPct > BUSY_PCT,
  };
}

export function loadAverages(): Machine['load'] {
  const [one = 0, five = 0, fifteen = 0] = os.loadavg();
  return [one, five, fifteen];
}

/** Versions of everything that was measured against, or that both sides use; null = not installed. */
export async function lookUpPeers(serverUrl: string): Promise<readonly Peer[]> {
  return [
    { name: 'node', version: process.version },
    { name: 'Postgres', version: await serverVersion(serverUrl) },
    { name: 'git', version: await versionOf('git') },
    { name: 'psql', version: await versionOf('psql') },
    { name: 'ledger', version: await versionOf('ledger') },
  ];
}

async function versionOf(command: string): Promise<string | null> {
  const answer = await run(command, ['--version']).catch(() => null);
  return answer === null ? null : (/\d+\.\d[^\s,]*/.exec(answer.stdout)?.[0] ?? 'of unknown version');
}

async function serverVersion(url: string): Promise<string | null> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ server_version: string }>('show server_version');
    return rows[0]?.server_version.split(' ')[0] ?? null;
  } finally {
    await client.end();
  }
}

/** The commit that was measured, and whether tracked files differed from it. */
export async function measuredCommit(
  root: string,
): Promise<{ readonly commit: string | null; readonly changed: boolean }> {
  const git = async (...args: readonly string[]): Promise<string> =>
    (await run('git', [...args], { cwd: root })).stdout.trim();
  try {
    const commit = await git('rev-parse', 'HEAD');
    return { commit, changed: (await git('status', '--porcelain', '--untracked-files=no')) !== '' };
  } catch {
    return { commit: null, changed: false };
  }
}
