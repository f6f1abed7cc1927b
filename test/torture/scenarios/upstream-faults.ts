import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CliRun } from '../../support/cli.js';
import { startTcpProxy, type TcpProxy } from '../../support/tcp-proxy.js';
import { acknowledgedBy, answerOf, faultOfError, runJob } from '../cli-job.js';
import { collect, countKind, isChosen, type Scenario, type Tally, type TortureContext } from '../scenario.js';
import { BOT_TRADES, differencesFrom, trade } from '../upstream.js';
import { through } from '../wire-proxy.js';
import { makeWorld, type World } from '../world.js';
import { type Acknowledged, checkHistory, checkProjection, checkRepository } from '../world-checks.js';

const ROUNDS = 12;
/** A command that waits for an upstream that does not answer gives up within. */
const PATIENCE_MS = 60_000;
/** Rows that take a while to read, so that an upstream can go away meanwhile. */
const MANY = 4000;
/** Less than upstream is waited for. */
const SLOW_MS = 2500;

/** Changes of the schema that must be refused by name, and how to take them back. */
const SCHEMA_CHANGES: readonly (readonly [change: string, back: string, named: RegExp])[] = [
  [
    'alter table bot_trades rename column entry_price to price',
    'alter table bot_trades rename column price to entry_price',
    /entry_price/,
  ],
  [
    'alter table bot_trades alter column size type jsonb using to_jsonb(size)',
    'alter table bot_trades alter column size type numeric using (size #>> array[]::text[])::numeric',
    /size/,
  ],
  [
    'alter table bot_trades alter column opened_at type bytea using null',
    'drop table bot_trades; alter table kept rename to bot_trades',
    /opened_at/,
  ],
  ['alter table bot_trades rename to trades', 'alter table trades rename to bot_trades', /bot_trades/],
];

/**
 * Upstream is away, goes away in the middle, is slow, is locked, has another schema, or begins its ids anew: each time a
 * clear error with nothing written, or a ledger that says what upstream says, nothing twice.
 */
export const upstreamFaults: Scenario = {
  name: 'upstream down, cut off, slow, locked, with another schema, ids begun anew',
  run: (context) =>
    collect(async (tally) => {
      const serverUrl = await context.postgres();
      const world = await makeWorld({ dir: join(context.dir, 'world'), serverUrl });
      const target = new URL(world.upstream.url);
      const proxy = await startTcpProxy({ host: target.hostname, port: Number(target.port) });
      try {
        const trials = new Trials(context, world, proxy, tally);
        await trials.sync('a first sync');
        await context.random.pick(TRIALS)(trials);
        for (let round = 0; round < ROUNDS; round++) {
          if (performance.now() > context.deadline) break;
          for (const trial of TRIALS) if (isChosen(context)) await trial(trials);
          await trials.look(`round ${round + 1}`);
        }
      } finally {
        await proxy.shut();
        await world.remove();
      }
    }),
};

class Trials {
  private readonly acknowledged: Acknowledged[] = [];
  private since: string | null = null;
  private readonly proxied: { readonly MOHA_DATABASE_URL: string };
  /** Where the last sync that must succeed left HEAD. */
  private head = '';
  private looked = 0;
  /** Whether upstream began anew, so that the ledger holds trades that are there no more. */
  private isAnew = false;

  constructor(
    private readonly context: TortureContext,
    private readonly world: World,
    private readonly proxy: TcpProxy,
    private readonly tally: Tally,
  ) {
    this.proxied = { MOHA_DATABASE_URL: through(world.upstream.url, proxy) };
  }

  async down(): Promise<void> {
    await this.trade(10);
    await this.proxy.shut();
    await this.refused('upstream down', await this.run(this.proxied), /^UPSTREAM_/);
    await this.proxy.open();
    await this.sync('after upstream was down');
  }

  async cutOff(): Promise<void> {
    await this.trade(MANY);
    const running = this.run(this.proxied);
    await sleep(250 + this.context.random.below(500));
    await this.proxy.shut();
    await this.doneOrRefused('upstream cut off', await running);
    await this.proxy.open();
    await this.sync('after upstream was cut off');
  }

  async terminated(): Promise<void> {
    await this.trade(MANY);
    const running = this.run();
    const until = performance.now() + 2000;
    let ended = 0;
    while (ended === 0 && performance.now() < until) {
      await sleep(this.context.random.below(30));
      const { rowCount } = await this.world.upstream.run(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where application_name like 'maven-git%' and datname = current_database()`,
      );
      ended = rowCount ?? 0;
    }
    await this.doneOrRefused('upstream session ended', await running);
    await this.sync('after the upstream session was ended');
  }

  /** It answers after seconds; slow is no fault. */
  async slow(): Promise<void> {
    await this.trade(50);
    const other = await this.world.upstream.connect();
    await other.query('begin; lock table bot_trades in access exclusive mode');
    const waiting = this.run();
    await sleep(SLOW_MS);
    await other.query('rollback');
    const run = await waiting;
    this.note('upstream slow');
    this.acknowledge(run);
    if (run.exitCode !== 0) this.tally.broken.push(`slow upstream: ${run.stdout}`.slice(0, 400));
    await this.sync('after a slow upstream');
  }

  async locked(): Promise<void> {
    await this.trade(5);
    const other = await this.world.upstream.connect();
    await other.query('begin; lock table bot_trades in access exclusive mode');
    const begun = performance.now();
    await this.refused('upstream locked', await this.run(), /^UPSTREAM_/);
    if (performance.now() - begun > PATIENCE_MS)
      this.tally.broken.push('a locked upstream took over a minute');
    await other.query('rollback');
    await this.sync('after upstream was locked');
  }

  async otherSchema(change: string, back: string, named: RegExp): Promise<void> {
    await this.trade(5);
    await this.world.upstream.run('drop table if exists kept');
    if (back.includes('kept')) await this.keepTable();
    await this.world.upstream.run(change);
    const run = await this.run();
    await this.refused(`another schema: ${change}`, run, /^UPSTREAM_/);
    const message = answerOf(run)?.error?.message ?? '';
    if (!named.test(message)) this.tally.broken.push(`${change}: the error does not name it: ${message}`);
    for (const statement of back.split(';')) await this.world.upstream.run(statement);
    // A table that was put in place of another is another one to the horizon; a full run settles it.
    await this.sync(`after ${change}`, {}, ['--mode', 'full']);
  }

  async idsAnew(): Promise<void> {
    await this.world.upstream.run('truncate bot_trades restart identity');
    this.isAnew = true;
    // Trades after all that was recorded before, as a restarted upstream makes them.
    await this.world.upstream.run(
      `insert into bot_trades (bot_id, symbol, side, entry_price, size, opened_at, status)
       select 'worker-1', 'ETH', 'buy', 5000 + n, 1.5, now() + make_interval(secs => n), 'open'
       from generate_series(1, 30) n`,
    );
    this.note('ids begun anew');
    await this.sync('after ids begun anew');
    await this.sync('after ids begun anew, again', {}, ['--mode', 'full']);
  }

  async look(where: string): Promise<void> {
    if (this.looked === this.tally.tries) return;
    this.looked = this.tally.tries;
    await checkProjection(this.world, where, this.tally);
    checkRepository(this.world, where, this.tally);
    const check = { acknowledged: this.acknowledged, since: this.since, where };
    this.since = checkHistory(this.world, check, this.tally);
  }

  /** A sync that must succeed, after which the ledger is what upstream is. */
  async sync(where: string, env: Record<string, string> = {}, more: readonly string[] = []): Promise<void> {
    const run = await this.world.maven(['sync', 'trades', '--json', ...more], env);
    if (run.exitCode !== 0) this.tally.broken.push(`${where}: ${run.stderr}${run.stdout}`.slice(0, 500));
    this.acknowledge(run);
    this.head = this.world.git('rev-parse', 'HEAD');
    const faults = await this.differences();
    for (const fault of faults.slice(0, 5)) this.tally.broken.push(`${where}: ${fault}`);
  }

  private async differences(): Promise<readonly string[]> {
    const faults = await differencesFrom(this.world.upstream, this.world.folder);
    return this.isAnew ? faults.filter((fault) => !fault.startsWith('the ledger has ')) : faults;
  }

  private async trade(opened: number): Promise<void> {
    await trade(this.world.upstream, this.context.random, opened);
  }

  private run(env: Record<string, string> = {}): Promise<CliRun> {
    return runJob(this.world, 'sync', '', env);
  }

  /** An error that says what it is, and not a line in the ledger. */
  private async refused(where: string, run: CliRun, code: RegExp): Promise<void> {
    this.note(where.split(':')[0] ?? where);
    const fault = run.exitCode === 1 ? faultOfError(run) : `exits ${run.exitCode}`;
    if (fault !== null) this.tally.broken.push(`${where}: ${fault}`);
    if (!code.test(answerOf(run)?.error?.code ?? ''))
      this.tally.broken.push(`${where}: ${run.stdout.slice(0, 300)}`);
    const range = [this.head, 'HEAD'];
    const touched = this.world
      .git('diff', '--name-only', ...range)
      .split('\n')
      .filter(Boolean);
    // The failure itself may stand in the session log.
    if (touched.some((path) => path !== '.moha/maven/session_log.md'))
      this.tally.broken.push(`${where}: it wrote ${touched.join()}`);
  }

  private async doneOrRefused(where: string, run: CliRun): Promise<void> {
    this.note(where);
    this.acknowledge(run);
    if (run.exitCode === 0) return;
    const fault = faultOfError(run);
    if (fault !== null) this.tally.broken.push(`${where}: ${fault}`);
  }

  private async keepTable(): Promise<void> {
    await this.world.upstream.run(BOT_TRADES.replace('bot_trades', 'kept'));
    await this.world.upstream.run('insert into kept select * from bot_trades');
    await this.world.upstream.run(
      `select setval(pg_get_serial_sequence('kept', 'id'), (select max(id) from kept))`,
    );
  }

  private acknowledge(run: CliRun): void {
    const acks = acknowledgedBy(run, 'sync', '');
    this.acknowledged.push(...acks);
    this.tally.acknowledged += acks.length;
  }

  private note(kind: string): void {
    this.tally.tries++;
    this.tally.faults++;
    countKind(this.tally, kind);
  }
}

const TRIALS: readonly ((trials: Trials) => Promise<void>)[] = [
  (trials) => trials.down(),
  (trials) => trials.cutOff(),
  (trials) => trials.terminated(),
  (trials) => trials.slow(),
  (trials) => trials.locked(),
  ...SCHEMA_CHANGES.map(
    ([change, back, named]) =>
      (trials: Trials) =>
        trials.otherSchema(change, back, named),
  ),
  (trials) => trials.idsAnew(),
];
