import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { CliRun } from '../../support/cli.js';
import { startOwnPostgres, type TestServer } from '../../support/postgres-server.js';
import { acknowledgedBy, answerOf, faultOfError, runJob } from '../cli-job.js';
import { onServer } from '../database.js';
import { collect, countKind, type Scenario, shareOf, type Tally, type TortureContext } from '../scenario.js';
import { trade } from '../upstream.js';
import type { Job } from '../victim-process.js';
import { makeWorld, type World } from '../world.js';
import { type Acknowledged, checkHistory, checkProjection, checkRepository } from '../world-checks.js';

/** Tries when everything is tried: sessions ended, and the whole server stopped. */
const TERMINATIONS = 300;
const CRASHES = 60;
const LOOK_EVERY = 10;
/** From the first sight of a session to its end, at most. */
const LONGEST_MS = 120;

const jobs: readonly Job[] = ['commit', 'sync', 'snapshot', 'projection'];

/**
 * Sessions are ended with `pg_terminate_backend`, and the server is stopped at once, at random moments of a command. A
 * commit stands and its command succeeds with a warning; the next reconcile converges.
 */
export const databaseGone: Scenario = {
  name: 'the database gone in the middle of a transaction',
  run: (context) =>
    collect(async (tally) => {
      const server = await startOwnPostgres();
      // Upstream and exchange stay: only the projection's server goes.
      const upstream = await context.postgres();
      const world = await makeWorld({ dir: join(context.dir, 'world'), serverUrl: upstream });
      try {
        const own = await withOwnProjection(world, server);
        const acknowledged: Acknowledged[] = [];
        const faults = [
          ...Array.from({ length: shareOf(context, TERMINATIONS) }, () => 'session ended' as const),
          ...Array.from({ length: shareOf(context, CRASHES) }, () => 'server stopped' as const),
        ];
        let since: string | null = null;
        for (const [number, fault] of faults.entries()) {
          if (performance.now() > context.deadline) break;
          const where = await tryOnce(context, own, server, fault, number, acknowledged, tally);
          if (number % LOOK_EVERY !== 0 && number !== faults.length - 1) continue;
          await checkProjection(own, where, tally);
          checkRepository(own, where, tally);
          since = checkHistory(own, { acknowledged, since, where }, tally);
        }
        tally.acknowledged += acknowledged.length;
      } finally {
        await world.remove();
        await server.stop();
      }
    }),
};

/** The same world with its projection on a server that is taken away. */
async function withOwnProjection(world: World, server: TestServer): Promise<World> {
  const url = new URL(server.url);
  url.pathname = '/projection';
  await onServer(server.url, (client) => client.query('create database projection'));
  const env = { ...world.env, MAVEN_DATABASE_URL: url.toString() };
  return { ...world, env, maven: (args, more = {}) => world.maven(args, { ...env, ...more }) };
}

async function tryOnce(
  { random }: TortureContext,
  world: World,
  server: TestServer,
  fault: 'session ended' | 'server stopped',
  number: number,
  acknowledged: Acknowledged[],
  tally: Tally,
): Promise<string> {
  const job = random.pick(jobs);
  const where = `try ${number + 1}, ${job}, ${fault}`;
  const afterMs = random.next() * LONGEST_MS;
  if (job === 'sync') await trade(world.upstream, random, 1 + random.below(800));
  const token = `token-${number}`;
  const running = runJob(world, job, token);
  const happened = await strike(server, fault, afterMs, running);
  const run = await running;
  if (happened && fault === 'server stopped') await server.outage?.restart();
  tally.tries++;
  if (happened) {
    tally.faults++;
    countKind(tally, `${fault} during ${job}`);
  }
  judge(run, job, where, tally);
  acknowledged.push(...acknowledgedBy(run, job, token));
  return where;
}

/** Waits for the command's session, then a moment, then takes it away. @returns whether there was one. */
async function strike(
  server: TestServer,
  fault: 'session ended' | 'server stopped',
  afterMs: number,
  running: Promise<CliRun>,
): Promise<boolean> {
  let over = false;
  void running.then(() => {
    over = true;
  });
  return onServer(server.url, async (client) => {
    while (!over && !(await hasSession(client))) await sleep(2);
    await sleep(afterMs);
    if (over) return false;
    if (fault === 'session ended') {
      const { rowCount } = await client.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'maven-git'`,
      );
      return (rowCount ?? 0) > 0;
    }
    await server.outage?.crash();
    return true;
  });
}

async function hasSession(client: pg.Client): Promise<boolean> {
  const { rowCount } = await client.query(
    `select 1 from pg_stat_activity where application_name = 'maven-git'`,
  );
  return (rowCount ?? 0) > 0;
}

/** What is committed stands and succeeds; what only projects may fail, clearly. */
function judge(run: CliRun, job: Job, where: string, tally: Tally): void {
  if (run.exitCode === 0) {
    const published = answerOf(run)?.published;
    const isTold = published?.status !== 'deferred' || /not projected/.test(run.stderr);
    if (!isTold) tally.broken.push(`${where}: not projected, and no warning: ${run.stderr.slice(0, 300)}`);
    return;
  }
  const fault = job === 'projection' ? faultOfError(run) : 'the commit stands, so the command must succeed';
  if (fault !== null) tally.broken.push(`${where}: ${fault}: ${run.stdout}${run.stderr}`.slice(0, 500));
}
