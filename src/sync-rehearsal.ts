import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openContext } from './context.js';
import { openSandbox, type Sandbox } from './db/sandbox.js';
import { MavenError } from './errors.js';
import { makeExampleRepository } from './example-repository.js';
import type { SyncReport } from './ledger/sync-trades/sync-report.js';
import type { Moha } from './sources/moha/bot-trade.js';
import { syncFrom } from './sync-job.js';

export interface SyncRehearsalStep {
  readonly name: string;
  readonly report: SyncReport;
  readonly seconds: number;
}

export interface SyncRehearsalOptions {
  /** A `.moha` folder whose decisions the trades may carry out. */
  readonly memory: string;
  /** SQL that makes and fills `bot_trades`. */
  readonly script: string;
  readonly onStep: (step: SyncRehearsalStep) => void;
  /** Gets the repository with the synced ledger; it is gone afterwards. */
  readonly then: (folder: string) => Promise<void>;
}

/** Kinds of artifacts that the rehearsal begins without: the ledger is what it makes. */
const LEFT_OUT = ['trades', 'flows', 'snapshots', 'metrics', 'state'];

const CLOSE_FIVE = `update bot_trades set status = 'closed', exit_price = entry_price * 1.01, closed_at = opened_at + interval '2 hours',
  realized_pnl = case when side = 'buy' then 1 else -1 end * entry_price * 0.01 * size, fees = 0.5
  where id in (select id from bot_trades where status = 'open' order by id limit 5)`;

/**
 * Rehearses the trade sync from a demonstration upstream in memory, into a temporary repository: all trades, then some
 * that close, then nothing new. It is the same code that reads MoHa's Postgres; only the connection is another.
 *
 * @throws {@link MavenError} PROJECTION_UNPROVEN when a step does not end as it must.
 */
export async function rehearseSync(options: SyncRehearsalOptions): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'maven-sync-'));
  const upstream = await openSandbox();
  try {
    await cp(options.memory, path.join(folder, '.moha'), { recursive: true });
    for (const kind of LEFT_OUT)
      await rm(path.join(folder, '.moha/maven', kind), { recursive: true, force: true });
    await makeExampleRepository(folder, new Date());
    await upstream.run(await readFile(options.script, 'utf8'));
    const [[rows] = []] = await upstream.query('select count(*)::text from bot_trades');
    await step(folder, upstream, options, 'sync', ({ new: fresh }) => String(fresh) === rows);
    await upstream.run(CLOSE_FIVE);
    await step(folder, upstream, options, 'closes', ({ closed, new: fresh }) => closed === 5 && fresh === 0);
    await step(folder, upstream, options, 'again', ({ commits }) => commits === 0);
    await options.then(folder);
  } finally {
    await upstream.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function step(
  folder: string,
  upstream: Sandbox,
  { onStep }: SyncRehearsalOptions,
  name: string,
  expected: (report: SyncReport) => boolean,
): Promise<void> {
  const started = performance.now();
  const context = await openContext({ repo: folder, env: { MAVEN_GIT_AUTHOR: 'Maven <maven@localhost>' } });
  try {
    const report = await syncFrom(context, await mohaIn(upstream), {
      mode: 'new',
      dryRun: false,
      linkWindowMinutes: 60,
    });
    onStep({ name, report, seconds: (performance.now() - started) / 1000 });
    if (expected(report)) return;
    throw new MavenError(
      'PROJECTION_UNPROVEN',
      `the sync of the demonstration ended otherwise than it must`,
      {
        hint: 'this is a fault of maven-git: report it with this message',
        data: { step: name, report },
      },
    );
  } finally {
    await context.close();
  }
}

/** Each look is a transaction of its own, as on a server. */
async function mohaIn(upstream: Sandbox): Promise<Moha> {
  const { mohaOn } = await import('./sources/moha/open-moha.js');
  const moha = mohaOn(upstream, {
    description: 'the demonstration upstream',
    timeZone: 'UTC',
    requireReadOnlyRole: false,
    // The sandbox has one role, which filled it.
    warn: () => undefined,
  });
  return {
    ...moha,
    withSnapshot: async (work) => {
      await upstream.run('begin isolation level repeatable read read only');
      try {
        return await moha.withSnapshot(work);
      } finally {
        await upstream.run('rollback');
      }
    },
  };
}
