import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { redisBinary } from '../../support/redis-binary.js';
import { startRedis, type TestRedis } from '../../support/redis-server.js';
import { acknowledgedBy, runJob } from '../cli-job.js';
import { collect, countKind, type Scenario, shareOf, type Tally, type TortureContext } from '../scenario.js';
import { trade } from '../upstream.js';
import type { Job } from '../victim-process.js';
import { makeWorld, type World } from '../world.js';
import { type Acknowledged, checkHistory, checkProjection, checkRepository } from '../world-checks.js';

const TRIES = 120;
/** A command takes about so long; what happens to Redis happens within. */
const LONGEST_MS = 900;
/** What snapshots ask Redis for is answered without it in this time, however it is gone. */
const PATIENCE_MS = 60_000;

const faults = ['down', 'killed', 'restarted', 'frozen'] as const;
const jobs: readonly Job[] = ['snapshot', 'snapshot', 'snapshot', 'sync', 'commit', 'projection'];

/** Redis is down, killed, restarted empty, or frozen in the middle of a command: everything works. */
export const redisGone: Scenario = {
  name: 'Redis down, killed, restarting or frozen in the middle of a command',
  run: (context) =>
    collect(async (tally) => {
      if (redisBinary() === null) {
        tally.notRun.push('no redis-server on this machine');
        return;
      }
      const redis = await startRedis();
      const world = await makeWorld({ dir: join(context.dir, 'world'), serverUrl: await context.postgres() });
      try {
        const acknowledged: Acknowledged[] = [];
        for (let number = 0; number < shareOf(context, TRIES) + 3; number++) {
          if (performance.now() > context.deadline) break;
          await tryOnce(context, world, redis, number, acknowledged, tally);
        }
        await checkProjection(world, 'the end', tally);
        checkRepository(world, 'the end', tally);
        checkHistory(world, { acknowledged, since: null, where: 'the end' }, tally);
        tally.acknowledged += acknowledged.length;
      } finally {
        await world.remove();
        await redis.stop();
      }
    }),
};

async function tryOnce(
  { random }: TortureContext,
  world: World,
  redis: TestRedis,
  number: number,
  acknowledged: Acknowledged[],
  tally: Tally,
): Promise<void> {
  const [fault, job] = [faults[number % faults.length] ?? 'down', random.pick(jobs)];
  const where = `try ${number + 1}, ${job}, Redis ${fault}`;
  const afterMs = random.next() * LONGEST_MS;
  if (job === 'sync') await trade(world.upstream, random, 5);
  if (fault === 'down') await redis.kill();
  const token = `token-${number}`;
  const begunMs = performance.now();
  const running = runJob(world, job, token, { REDIS_URL: redis.url });
  if (fault !== 'down') await sleep(afterMs);
  if (fault === 'killed') await redis.kill();
  if (fault === 'restarted') await redis.restart();
  if (fault === 'frozen') redis.freeze();
  const run = await running;
  tally.tries++;
  tally.faults++;
  countKind(tally, fault);
  if (run.exitCode !== 0) tally.broken.push(`${where}: ${run.stderr}${run.stdout}`.slice(0, 500));
  if (performance.now() - begunMs > PATIENCE_MS) tally.broken.push(`${where}: it took more than a minute`);
  acknowledged.push(...acknowledgedBy(run, job, token));
  if (fault === 'frozen') redis.thaw();
  if (fault === 'down' || fault === 'killed') await redis.restart();
}
