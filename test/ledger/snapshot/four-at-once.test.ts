import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type StandIn, startStandIn } from '../../../src/sources/hyperliquid/stand-in/start-stand-in.js';
import { type CliRun, faultsIn, maven } from '../../support/cli.js';
import { describeWithRedis, startRedis, type TestRedis } from '../../support/redis-server.js';
import { type Service, startService } from '../../support/service.js';
import { createTestRepository, type TestRepository } from '../../support/test-repository.js';
import { ACCOUNT, snapshotIn } from './snapshot-harness.js';

const PROCESSES = 4;
const REQUESTS_A_MINUTE = 100;
const WEIGHT_A_MINUTE = 1_200;
/** What the exchange counts a call as, at least. */
const WEIGHTS: Readonly<Record<string, number>> = {
  clearinghouseState: 2,
  spotClearinghouseState: 2,
  allMids: 2,
  userRole: 60,
};
const OTHER_WEIGHT = 20;
/** Half of what a minute allows; four processes with a limit each are past the whole of it a moment later. */
const UNDER_WAY = 50;

let redis: TestRedis;
let standIn: StandIn;
let repositories: readonly TestRepository[];

/** One repository a process: in one they would take turns. */
beforeEach(async () => {
  redis = await startRedis();
  standIn = await startStandIn({
    script: { address: ACCOUNT, moments: [{ at: '2026-01-01T00:00:00Z', perp: { accountValue: '1000.5' } }] },
    clock: () => new Date(),
  });
  repositories = Array.from({ length: PROCESSES }, () => createTestRepository());
  for (const { folder } of repositories) await maven(['init'], { cwd: folder, env: env() });
}, 60_000);

afterEach(async () => {
  await standIn.close();
  await redis.stop();
  for (const repository of repositories) repository.remove();
});

/** The database is away: what is asked here is the exchange. */
function env(): Readonly<Record<string, string>> {
  return {
    HYPERLIQUID_ADDRESS: ACCOUNT,
    HYPERLIQUID_API_URL: standIn.url,
    MAVEN_DATABASE_URL: 'postgres://maven:secret@127.0.0.1:1/none',
    REDIS_URL: redis.url,
  };
}

async function until(condition: () => boolean, withinMs: number): Promise<boolean> {
  const end = Date.now() + withinMs;
  while (!condition() && Date.now() < end) await sleep(20);
  return condition();
}

const weightOf = (requests: StandIn['requests']): number =>
  requests.reduce((sum, { type }) => sum + (WEIGHTS[type] ?? OTHER_WEIGHT), 0);

function snapshotsOf({ git }: TestRepository): readonly string[] {
  const paths = git('ls-tree', '-r', '--name-only', 'HEAD', '.moha/maven/snapshots/').split('\n');
  return paths.filter((path) => path !== '').map((path) => git('show', `HEAD:${path}`));
}

describeWithRedis('four processes that take snapshots at once', () => {
  it('stay under the limit together', async () => {
    const started = Date.now();
    const args = ['snapshot', '--type', 'manual', '--loop', '--interval', '1'];
    const services: readonly Service[] = repositories.map(({ folder }) =>
      startService(args, { cwd: folder, env: env() }),
    );
    expect(await until(() => standIn.requests.length >= UNDER_WAY, 40_000)).toBe(true);
    // Long enough for four limits of their own to be used up.
    await sleep(8_000);
    const asked = [...standIn.requests];
    await Promise.all(services.map((service) => service.end('SIGKILL')));
    expect(Date.now() - started).toBeLessThan(60_000);
    expect(asked.length).toBeLessThanOrEqual(REQUESTS_A_MINUTE);
    expect(weightOf(asked)).toBeLessThanOrEqual(WEIGHT_A_MINUTE);
  }, 90_000);

  it('tell the same although Redis is killed while they ask', async () => {
    // Each waits and tries again for a while, so that there is a while in which Redis can go.
    standIn.misbehave({ kind: 'server_error' }, { call: 'userVaultEquities', times: 2 * PROCESSES });
    const running: readonly Promise<CliRun>[] = repositories.map(({ folder }) =>
      maven(['snapshot', '--type', 'manual'], { cwd: folder, env: env() }),
    );
    const asking = (): boolean => standIn.requests.some(({ type }) => type === 'userVaultEquities');
    expect(await until(asking, 40_000)).toBe(true);
    await redis.kill();
    for (const { exitCode, stdout, stderr } of await Promise.all(running)) {
      expect([exitCode, faultsIn(stderr)]).toEqual([0, []]);
      expect(stdout.match(/Redis/g)?.length ?? 0).toBeLessThanOrEqual(1);
    }
    for (const repository of repositories) {
      const [text = '', ...others] = snapshotsOf(repository);
      expect(others).toEqual([]);
      const name = /"snapshot_at": "([^"]+)"/.exec(text)?.[1] ?? '';
      expect(snapshotIn(text, `snapshot_${name.slice(0, 19).replaceAll(/[-:]/g, '')}Z.json`)).toMatchObject({
        quality: { status: 'complete', failed: [] },
        totalValueUsd: '1000.5',
      });
    }
  }, 90_000);
});
