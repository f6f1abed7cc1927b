import { readFile } from 'node:fs/promises';
import { roundDecimal } from '../parsers/decimal-arithmetic.js';
import { openContext } from './context.js';
import { openSandbox, type Sandbox } from './db/sandbox.js';
import type { SyncReport } from './ledger/sync-trades/sync-report.js';
import { type OnRehearsalStep, rehearsalFailed } from './rehearsal.js';
import type { Moha } from './sources/moha/bot-trade.js';
import { syncFrom } from './sync-job.js';

const CLOSE_FIVE = `update bot_trades set status = 'closed', exit_price = entry_price * 1.01, closed_at = opened_at + interval '2 hours',
  realized_pnl = case when side = 'buy' then 1 else -1 end * entry_price * 0.01 * size, fees = 0.5
  where id in (select id from bot_trades where status = 'open' order by id limit 5)`;

/**
 * Syncs trades from a demonstration upstream in memory: all of them, then some that close, then nothing new. It is the
 * same code that reads MoHa's Postgres; only the connection is another.
 *
 * @param script - path of the SQL that makes and fills `bot_trades`.
 * @throws {@link MavenError} PROJECTION_UNPROVEN when a step does not end as it must.
 */
export async function rehearseSync(folder: string, script: string, onStep: OnRehearsalStep): Promise<void> {
  const upstream = await openSandbox();
  try {
    await upstream.run(await readFile(script, 'utf8'));
    const [[rows] = []] = await upstream.query('select count(*)::text from bot_trades');
    const step = (name: string, expected: (report: SyncReport) => boolean): Promise<void> =>
      syncStep(folder, upstream, name, onStep, expected);
    await step('sync', ({ new: fresh }) => String(fresh) === rows);
    await upstream.run(CLOSE_FIVE);
    await step('closes', ({ closed, new: fresh }) => closed === 5 && fresh === 0);
    await step('again', ({ commits }) => commits === 0);
  } finally {
    await upstream.close();
  }
}

async function syncStep(
  folder: string,
  upstream: Sandbox,
  name: string,
  onStep: OnRehearsalStep,
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
    onStep({ name, detail: describe(report), seconds: (performance.now() - started) / 1000 });
    if (!expected(report)) throw rehearsalFailed(name, report);
  } finally {
    await context.close();
  }
}

function describe(report: SyncReport): string {
  if (report.commits === 0) return 'nothing new upstream: no commit';
  const counts = [
    [report.new, 'new'],
    [report.closed, 'closed'],
    [report.revised, 'revised'],
    [report.linked, 'linked to a decision'],
  ] as const;
  const said = counts
    .filter(([count]) => count > 0)
    .map(([count, what]) => `${count.toLocaleString('en-US')} ${what}`);
  const net = roundDecimal(report.pnl.netUsd, 2);
  return `${report.read.toLocaleString('en-US')} rows of bot_trades: ${said.join(', ')}; net P&L ${net} USD`;
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
