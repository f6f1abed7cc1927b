import type { Context } from './context.js';
import type { SnapshotReport } from './ledger/snapshot/snapshot-report.js';
import type { SnapshotOptions } from './ledger/take-snapshot.js';
import { runJob } from './run-job.js';

export interface SnapshotJobOptions extends SnapshotOptions {
  /** Wait for another snapshot of this repository to end; otherwise fail at once. */
  readonly wait: boolean;
}

/** What reaches outside, for tests; real ones where absent. */
export interface SnapshotPorts {
  readonly fetch?: typeof fetch;
  readonly sleep?: (ms: number) => Promise<void>;
  /** From 0 up to 1. */
  readonly random?: () => number;
  /** For a whole answer of the exchange. */
  readonly timeoutMs?: number;
}

/** Takes snapshots, one after the other, over one cache and one limit of requests. */
export interface SnapshotJob {
  /**
   * @throws {@link MavenError} UPSTREAM_*, CONFIG_INVALID (an agent wallet), JOB_RUNNING, what a commit throws.
   */
  take(options: SnapshotJobOptions): Promise<SnapshotReport>;
  /** Lets go of cache and limits. */
  close(): Promise<void>;
}

/** Longest age of an answer that the exchange's client keeps, the account's role apart. */
const CACHED_SECONDS = 60;

/**
 * Opens the exchange that the configuration names. Nothing is sent yet.
 *
 * For a loop it stays open: without Redis the limit of requests lives in this process, and must outlive a round.
 *
 * @throws {@link MavenError} CONFIG_INVALID when `HYPERLIQUID_ADDRESS` is missing or malformed.
 */
export async function openSnapshotJob(context: Context, ports: SnapshotPorts = {}): Promise<SnapshotJob> {
  const { config, clock } = context;
  const logger = context.logger.named('maven.snapshot');
  const warn = (message: string): void => logger.warning(message);
  const { openHyperliquid } = await import('./sources/hyperliquid/open-hyperliquid.js');
  const exchange = { ...config.hyperliquid, clock, ...ports };
  // A malformed address is told before anything is opened.
  openHyperliquid({ ...exchange, warn: () => undefined });
  const { openCache } = await import('./cache/open-cache.js');
  const cache = await openCache(config.redis, { warn });
  const limited = { ...exchange, limiter: cache.limiter };
  const cached = openHyperliquid({ ...limited, cache, warn });
  const fresh = openHyperliquid({
    ...limited,
    // What an address is does not change, and is dear to ask; all else is read anew.
    cache: {
      getOrFill: (key, ttlSeconds, fill) =>
        ttlSeconds > CACHED_SECONDS ? cache.getOrFill(key, ttlSeconds, fill) : fill(),
    },
    warn: () => undefined,
  });
  const take = async (options: SnapshotJobOptions): Promise<SnapshotReport> => {
    const { takeSnapshot } = await import('./ledger/take-snapshot.js');
    const { setTimeout: delay } = await import('node:timers/promises');
    const run = { job: 'snapshot', startedAt: clock() };
    const work = async (): Promise<SnapshotReport> =>
      takeSnapshot(
        {
          ...(await context.job()),
          run,
          notice: warn,
          fresh,
          cached,
          cachedMs: CACHED_SECONDS * 1000,
          sleep: ports.sleep ?? ((ms) => delay(ms)),
        },
        options,
      );
    const job = { name: 'snapshot', wait: options.wait, logFailures: true };
    const report = await (options.dryRun ? work() : runJob(context, job, work));
    for (const warning of report.warnings) warn(warning);
    return report;
  };
  return { take, close: () => cache.close() };
}
