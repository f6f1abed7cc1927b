import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ledger, trade } from '../projection/fixtures.js';
import { maven, PROGRAM } from '../support/cli.js';
import { createServerDatabase } from '../support/databases.js';
import { createTestRepository, type TestRepository } from '../support/test-repository.js';

/** A reconcile that is killed at any moment leaves nothing that the next one does not put right. */
describe('reconcile, killed', () => {
  let repository: TestRepository;
  beforeEach(() => {
    repository = createTestRepository();
  });
  afterEach(() => repository.remove());

  const grow = (round: number) => {
    const day = `2026-01-${String(round + 1).padStart(2, '0')}`;
    const openedAt = `${day}T10:00:00.000000+00:00`;
    const trades = Array.from({ length: 400 }, (_, i) => trade(round * 1000 + i, { openedAt }));
    repository.commit({ [`.moha/maven/trades/2026/${day}.jsonl`]: ledger(...trades) });
  };
  const killAfter = async (env: Readonly<Record<string, string>>, milliseconds: number): Promise<void> => {
    const child = spawn(process.execPath, [PROGRAM, 'reconcile'], {
      cwd: repository.folder,
      env: { ...process.env, ...env },
      stdio: 'ignore',
    });
    const ended = once(child, 'exit');
    await sleep(milliseconds);
    child.kill('SIGKILL');
    await ended;
  };
  const converges = async (env: Readonly<Record<string, string>>): Promise<void> => {
    expect(await maven(['reconcile'], { cwd: repository.folder, env })).toMatchObject({ exitCode: 0 });
    const verified = await maven(['verify', '--json'], { cwd: repository.folder, env });
    expect(JSON.parse(verified.stdout)).toMatchObject({ verdict: 'in sync', errors: 0 });
  };

  it('on a server', async () => {
    const created = await createServerDatabase();
    const env = { MAVEN_DATABASE_URL: created.url };
    for (let round = 0; round < 8; round++) {
      grow(round);
      await killAfter(env, 60 + round * 45);
    }
    await converges(env);
    await created.drop();
  });

  it('on the embedded database', async () => {
    const env = { MAVEN_DATABASE_URL: 'embedded' };
    for (let round = 0; round < 4; round++) {
      grow(round);
      await killAfter(env, 300 + round * 1300);
    }
    await converges(env);
  });
});
