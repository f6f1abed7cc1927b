import type { PerformanceFacts } from '../parsers/performance-tally.js';
import type { Context } from './context.js';
import type { MetricsOptions, MetricsReport } from './ledger/write-metrics.js';
import { runJob } from './run-job.js';

export interface MetricsJobOptions extends MetricsOptions {
  /** Wait for another run of this repository to end; otherwise fail at once. */
  readonly wait: boolean;
}

/**
 * Computes metrics from the projection brought to HEAD, or from the ledger itself where that cannot be done, and commits
 * the files that changed.
 *
 * @throws {@link MavenError} INPUT_INVALID, ARTIFACTS_NOT_FOUND, JOB_RUNNING, what a commit throws.
 */
export async function runMetrics(context: Context, options: MetricsJobOptions): Promise<MetricsReport> {
  const { repository, progress, clock } = context;
  const logger = context.logger.named('maven.metrics');
  const warn = (message: string): void => logger.warning(message);
  const { metricsScope, writeMetrics } = await import('./ledger/write-metrics.js');
  const scope = metricsScope(options, clock);
  const run = { job: 'metrics', startedAt: clock() };
  const work = async (): Promise<MetricsReport> => {
    const { askProjection } = await import('./projection/questions/ask-projection.js');
    const { performanceInPostgres } = await import(
      './projection/questions/performance/performance-in-postgres.js'
    );
    // Counted before the commit's lock is taken: nobody waits for a database under it.
    const { revision, answer, notice } = await askProjection<PerformanceFacts | null>(
      { repository, progress, database: () => context.database() },
      (database) => database.withSession((session) => performanceInPostgres(session, scope)),
      async () => null,
    );
    if (notice !== null) warn(notice);
    const counted = answer === null ? null : { revision, facts: answer };
    return writeMetrics({ ...(await context.job()), run, notice: warn, progress, counted }, options);
  };
  const job = { name: 'metrics', wait: options.wait, logFailures: true };
  const report = await (options.dryRun ? work() : runJob(context, job, work));
  for (const warning of report.warnings) warn(warning);
  return report;
}
