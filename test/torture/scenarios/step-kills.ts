import { join } from 'node:path';
import { commitSteps } from '../../../src/git/crash-plan.js';
import { startService } from '../../support/service.js';
import { acknowledgedBy, jobArguments, runJob } from '../cli-job.js';
import { collect, countKind, isChosen, type Scenario, type Tally, type TortureContext } from '../scenario.js';
import { differencesFrom, trade } from '../upstream.js';
import type { Job } from '../victim-process.js';
import { startWireProxy, through, type WireProxy } from '../wire-proxy.js';
import { makeWorld, type World } from '../world.js';
import { type Acknowledged, checkHistory, checkProjection, checkRepository } from '../world-checks.js';

/** The commit of every job that commits is killed at each of its named steps. */
const committing: readonly Job[] = ['commit', 'sync', 'snapshot'];
/** Past this many pieces no job of these speaks to its server any more. */
const MOST_PIECES = 200;
/** A service of its own is between the program and each server it speaks to. */
const wires = [
  { job: 'projection', variable: 'MAVEN_DATABASE_URL' },
  { job: 'sync', variable: 'MOHA_DATABASE_URL' },
  { job: 'snapshot', variable: 'HYPERLIQUID_API_URL' },
] as const;
const LOOK_EVERY = 12;

/**
 * The built program is killed -9 at every named step of its commit, and before and after every piece it sends to the
 * database, to the upstream and to the exchange; then the same command runs again.
 */
export const stepKills: Scenario = {
  name: 'the program killed -9 at every named step and at every message it sends',
  run: (context) =>
    collect(async (tally) => {
      const world = await makeWorld({ dir: join(context.dir, 'world'), serverUrl: await context.postgres() });
      try {
        const round = new Rounds(context, world, tally);
        // However small the share is, one step.
        await round.atStep(context.random.pick(committing), context.random.pick(commitSteps));
        for (const job of committing)
          for (const step of commitSteps) if (isChosen(context)) await round.atStep(job, step);
        for (const { job, variable } of wires) {
          const proxy = await startWireProxy(new URL(world.env[variable] ?? ''));
          await round.atPieces(job, variable, proxy).finally(() => proxy.close());
        }
        await round.look('the end');
      } finally {
        await world.remove();
      }
    }),
};

class Rounds {
  private readonly acknowledged: Acknowledged[] = [];
  private since: string | null = null;
  private number = 0;

  constructor(
    private readonly context: TortureContext,
    private readonly world: World,
    private readonly tally: Tally,
  ) {}

  async atStep(job: Job, step: string): Promise<void> {
    await this.prepare(job);
    const token = `token-${++this.number}`;
    const run = await runJob(this.world, job, token, { MAVEN_CRASH_AT: step });
    await this.judge(job, run.exitCode === null, `${job} killed at ${step}`);
  }

  /** Goes on until the job is done before the piece is sent. */
  async atPieces(job: Job, variable: string, proxy: WireProxy): Promise<void> {
    for (let piece = 1; piece <= MOST_PIECES; piece++) {
      for (const moment of ['before', 'after'] as const) {
        if (!isChosen(this.context)) continue;
        await this.prepare(job);
        const env = { ...this.world.env, [variable]: through(this.world.env[variable] ?? '', proxy) };
        const args = jobArguments(job, `token-${++this.number}`);
        let killed = false;
        let kill = (): void => undefined;
        proxy.watch(piece, moment, () => {
          killed = true;
          kill();
        });
        const service = startService(args, { cwd: this.world.folder, env });
        kill = () => process.kill(service.pid, 'SIGKILL');
        await service.ended;
        if (!killed) return;
        await this.judge(job, killed, `${job} killed ${moment} message ${piece} to ${variable}`);
      }
      if (performance.now() > this.context.deadline) return;
    }
  }

  /** Gives the job something to do. */
  private async prepare(job: Job): Promise<void> {
    if (job === 'sync') await trade(this.world.upstream, this.context.random, 20);
    if (job !== 'projection') return;
    const token = `token-${++this.number}`;
    const away = { MAVEN_DATABASE_URL: 'postgres://maven@127.0.0.1:1/none' };
    await this.must('commit', token, 'a commit without a database', away);
  }

  private async judge(job: Job, killed: boolean, where: string): Promise<void> {
    this.tally.tries++;
    if (killed) {
      this.tally.faults++;
      countKind(this.tally, job);
    }
    await this.must(job, `token-${++this.number}`, `${where}, then the same command`);
    if (job === 'sync') await this.compare(where);
    if (this.tally.tries % LOOK_EVERY === 0) await this.look(where);
  }

  private async must(
    job: Job,
    token: string,
    where: string,
    env: Record<string, string> = {},
  ): Promise<void> {
    const run = await runJob(this.world, job, token, env);
    if (run.exitCode !== 0) this.tally.broken.push(`${where}: ${run.stderr}${run.stdout}`.slice(0, 500));
    const acks = acknowledgedBy(run, job, token);
    this.acknowledged.push(...acks);
    this.tally.acknowledged += acks.length;
  }

  private async compare(where: string): Promise<void> {
    const faults = await differencesFrom(this.world.upstream, this.world.folder);
    for (const fault of faults.slice(0, 5)) this.tally.broken.push(`${where}: ${fault}`);
  }

  async look(where: string): Promise<void> {
    await checkProjection(this.world, where, this.tally);
    checkRepository(this.world, where, this.tally);
    const check = { acknowledged: this.acknowledged, since: this.since, where };
    this.since = checkHistory(this.world, check, this.tally);
  }
}
