import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { commitSteps } from '../../src/git/crash-plan.js';
import type { SyncMode } from '../../src/ledger/sync-trades/choose-rows.js';
import { PROGRAM } from '../support/cli.js';

/** Where a sync is killed: at a step or a call of its commit, or after some milliseconds. */
export type Kill = { readonly at: string } | { readonly afterMs: number };

export const kills: fc.Arbitrary<Kill> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...commitSteps).map((at) => ({ at })) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.integer({ min: 1, max: 40 }), fc.constantFrom('before', 'half', 'after'))
      .map(([call, moment]) => ({ at: `${call}:${moment}` })),
  },
  { weight: 1, arbitrary: fc.integer({ min: 100, max: 900 }).map((afterMs) => ({ afterMs })) },
);

/** Runs `sync trades` of the built program until it is killed, or to its end where the kill comes too late. */
export async function killedSync(
  kill: Kill,
  mode: SyncMode,
  options: { readonly folder: string; readonly env: Readonly<Record<string, string>> },
): Promise<void> {
  const crash: Record<string, string> = 'at' in kill ? { MAVEN_CRASH_AT: kill.at } : {};
  const child = spawn(process.execPath, [PROGRAM, 'sync', 'trades', '--mode', mode, '--quiet'], {
    cwd: options.folder,
    env: { ...process.env, MAVEN_GIT_AUTHOR: 'Test <test@example.com>', ...options.env, ...crash },
    stdio: 'ignore',
  });
  const ended = once(child, 'exit');
  if ('afterMs' in kill) {
    await Promise.race([ended, sleep(kill.afterMs)]);
    child.kill('SIGKILL');
  }
  await ended;
}
