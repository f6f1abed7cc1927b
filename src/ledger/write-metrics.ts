import type { MetricsPeriod } from '../../parsers/metrics.js';
import type { PerformanceFacts, PerformanceScope } from '../../parsers/performance-tally.js';
import { METRICS_PERIODS, type Period, periodAt, periodOfLabel } from '../../parsers/period.js';
import { isCanonicalTime, readTime } from '../../parsers/time.js';
import type { ArtifactCommit, CommitBase } from '../git/commit.js';
import { headCommit, withHeadTree } from '../git/read-head.js';
import type { ReportProgress } from '../progress.js';
import { inputInvalid, nowText } from './input.js';
import { commitJob, type JobDependencies, type JobResult, requireArtifacts } from './job.js';
import { foldPerformance } from './metrics/fold-performance.js';
import { type MetricsPlan, type PlannedMetrics, planMetrics } from './metrics/plan-metrics.js';
import { readLedgerContent } from './metrics/read-ledger.js';

export interface MetricsOptions {
  /** null = of every kind. */
  readonly period: MetricsPeriod | null;
  /** Every period that has trades and is missing or stale; otherwise the one that holds `date`. */
  readonly all: boolean;
  /** A time, a day or the label of a period; undefined = now. */
  readonly date?: string | undefined;
  /** Plan everything, write nothing. */
  readonly dryRun: boolean;
}

export interface MetricsDependencies extends JobDependencies {
  /** What SQL counted at a commit; null = the ledger is folded. Either way gives the same numbers. */
  readonly counted: { readonly revision: string; readonly facts: PerformanceFacts } | null;
  readonly progress: ReportProgress;
}

export interface MetricsReport {
  /** Which way the numbers were found: `postgres` (SQL) or `git` (the fold). */
  readonly source: 'postgres' | 'git';
  readonly written: readonly Omit<PlannedMetrics, 'text'>[];
  /** Files whose numbers are still right. */
  readonly unchanged: number;
  readonly warnings: readonly string[];
  readonly dryRun: boolean;
  readonly commit: ArtifactCommit | null;
}

/** Tells which periods are asked for. @throws {@link MavenError} INPUT_INVALID when the date is none. */
export function metricsScope(options: MetricsOptions, clock: () => Date): PerformanceScope {
  const kinds = options.period === null ? METRICS_PERIODS : [options.period];
  if (options.all) return { kinds, periods: null };
  const time = options.date === undefined ? nowText(clock) : readDate(options.date);
  return {
    kinds,
    periods: kinds.map((kind) => periodAt(kind, time)).filter((period): period is Period => period !== null),
  };
}

/**
 * Writes metrics files, in one commit: those that are missing, and those whose numbers the ledger no longer gives.
 *
 * What SQL counted is used when it was counted at the commit that becomes the parent; otherwise the ledger of that
 * commit is folded, which takes longer.
 *
 * @returns with no commit when every number stands already.
 * @throws {@link MavenError} INPUT_INVALID, ARTIFACTS_NOT_FOUND, and what a commit throws.
 */
export async function writeMetrics(
  dependencies: MetricsDependencies,
  options: MetricsOptions,
): Promise<MetricsReport> {
  const { repository, counted, progress, clock } = dependencies;
  const scope = metricsScope(options, clock);
  const plans: { readonly plan: MetricsPlan; readonly source: MetricsReport['source'] }[] = [];
  const build = async (base: CommitBase): Promise<JobResult | null> => {
    await requireArtifacts(base);
    const current = counted !== null && counted.revision === headCommit(repository);
    const facts = current ? counted.facts : foldPerformance(await readLedgerContent(base, progress), scope);
    const plan = await planMetrics(base, facts, {
      kinds: scope.kinds,
      everyFile: options.all,
      empty: !options.all && options.period !== null,
      computedAt: nowText(clock),
      progress,
    });
    plans.push({ plan, source: current ? 'postgres' : 'git' });
    if (plan.files.length === 0) return null;
    const files = new Map<string, string | Buffer>(plan.files.map(({ path, text }) => [path, text]));
    return { files, subject: subjectOf(plan), records: plan.files.length };
  };
  const commit = options.dryRun
    ? await withHeadTree(repository, build).then(() => null)
    : await commitJob(dependencies, 'metrics', build);
  // The commit may have been built anew on another parent: the last plan is the one that counts.
  const last = plans.at(-1);
  return {
    source: last?.source ?? 'git',
    written: (last?.plan.files ?? []).map(({ text: _, ...planned }) => planned),
    unchanged: last?.plan.unchanged ?? 0,
    warnings: last?.plan.warnings ?? [],
    dryRun: options.dryRun,
    commit,
  };
}

function subjectOf({ files }: MetricsPlan): string {
  const said = METRICS_PERIODS.map((kind) => ({
    kind,
    count: files.filter(({ period }) => period === kind).length,
  }));
  return `metrics: ${said
    .filter(({ count }) => count > 0)
    .map(({ kind, count }) => `${count} ${kind}`)
    .join(', ')}`;
}

function readDate(text: string): string {
  for (const kind of ['hour', 'day', 'week', 'month'] as const) {
    const start = periodOfLabel(kind, text.trim())?.start;
    if (start != null) return start;
  }
  const reading = readTime(text.trim());
  if (reading !== null && !reading.zoneMissing && isCanonicalTime(reading.time)) return reading.time;
  throw inputInvalid(
    `date: expected a day (2026-01-14), the label of a period (2026-W03, 2026-01, 2026-01-14T15) or a time with a zone, got ${JSON.stringify(text.slice(0, 64))}`,
  );
}
