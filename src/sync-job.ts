import type { Context } from './context.js';
import { MavenError } from './errors.js';
import type { SyncReport } from './ledger/sync-trades/sync-report.js';
import type { SyncOptions } from './ledger/sync-trades/sync-trades.js';
import { runJob } from './run-job.js';
import type { Moha } from './sources/moha/bot-trade.js';

export interface SyncJobOptions extends SyncOptions {
  /** Refuse a role that could write to `bot_trades`. */
  readonly requireReadOnlyRole: boolean;
  /** Wait for another sync of this repository to end; otherwise fail at once. */
  readonly wait: boolean;
}

/**
 * Syncs trades from the upstream that the configuration names.
 *
 * @throws {@link MavenError} CONFIG_INVALID when none is named; JOB_RUNNING; UPSTREAM_*; what a commit throws.
 */
export async function runSyncTrades(context: Context, options: SyncJobOptions): Promise<SyncReport> {
  const { connection } = context.config.moha;
  if (connection === null) {
    throw new MavenError('CONFIG_INVALID', "MoHa's Postgres is not named", {
      hint: 'set MOHA_DATABASE_URL=postgres://user:password@host:5432/moha_data, or MOHA_DB_HOST and its companions',
    });
  }
  const { openMoha } = await import('./sources/moha/open-moha.js');
  const job = { name: 'sync trades', wait: options.wait, logFailures: true };
  const work = async (): Promise<SyncReport> => {
    const moha = await openMoha(
      { ...context.config.moha, connection },
      {
        requireReadOnlyRole: options.requireReadOnlyRole,
        warn: (message) => context.logger.warning(message),
      },
    );
    try {
      return await syncFrom(context, moha, options);
    } finally {
      await moha.close();
    }
  };
  return options.dryRun ? work() : runJob(context, job, work);
}

/** Syncs trades from an upstream that is open. */
export async function syncFrom(context: Context, moha: Moha, options: SyncOptions): Promise<SyncReport> {
  const { syncTrades } = await import('./ledger/sync-trades/sync-trades.js');
  const logger = context.logger.named('maven.sync');
  const dependencies = {
    ...(await context.job()),
    run: { job: 'sync trades', startedAt: context.clock() },
    config: context.config,
    notice: (message: string) => logger.warning(message),
    progress: context.progress,
    moha,
  };
  return syncTrades(dependencies, options);
}
