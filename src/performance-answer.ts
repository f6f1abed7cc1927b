import { elapsedSeconds } from '../parsers/elapsed-seconds.js';
import type { ConfidenceBucket, GroupPerformance, MetricsRecord } from '../parsers/metrics.js';
import type { PerformanceFacts } from '../parsers/performance-tally.js';
import type { Period } from '../parsers/period.js';
import type { Context } from './context.js';
import { PERFORMANCE_NUMBERS, type PerformanceNumber } from './performance-numbers.js';
import type { AnswerSource } from './projection/questions/ask-projection.js';
import type {
  Evidence,
  EvidenceArtifacts,
  EvidenceBasis,
  EvidenceUnit,
} from './projection/questions/evidence.js';
import type { PeriodOptions } from './projection/questions/period-query.js';
import type { StatedMetrics } from './projection/questions/stated-metrics.js';
import { questionDependencies } from './question-dependencies.js';

export interface PerformanceOptions extends PeriodOptions {
  /** A time or a revision; HEAD and now when absent. See {@link askedMoment}. */
  readonly at?: string;
}

/** What the trades of a period earned. */
export interface PerformanceAnswer extends AnswerSource {
  /** Canonical time to which ages are counted. */
  readonly asked_at: string;
  readonly period: Period['period'];
  readonly label: string;
  /** What every number of the answer has in common. */
  readonly evidence: Omit<Evidence, 'value' | 'unit' | 'reason' | 'interval'>;
  /** In the order of parsers/METRICS.md, by the names there. */
  readonly numbers: Readonly<Record<PerformanceNumber, PerformanceValue>>;
  /** What equity, drawdown and ratios are taken from; null = there are no trades. */
  readonly equity_basis: string | null;
  /** In order of name, at most {@link MOST_GROUPS} each, those with most trades; the counts tell how many there are. */
  readonly assets: readonly GroupAnswer[];
  readonly bots: readonly GroupAnswer[];
  readonly sources: readonly GroupAnswer[];
  readonly sides: readonly GroupAnswer[];
  readonly groups_total: Readonly<Record<'assets' | 'bots' | 'sources' | 'sides', number>>;
  readonly confidence_buckets: readonly BucketAnswer[];
}

export type PerformanceValue = Pick<Evidence, 'value' | 'unit' | 'reason' | 'interval'>;

export interface GroupAnswer {
  /** Null = the trades that name none. */
  readonly name: string | null;
  readonly n: number;
  readonly pnl_usd: string | null;
  readonly win_rate_pct: string | null;
  readonly interval: Evidence['interval'];
}

export interface BucketAnswer extends Omit<GroupAnswer, 'name'> {
  readonly from_pct: string;
  readonly to_pct: string;
  readonly avg_confidence_pct: string | null;
}

const TABLES = [
  'maven_trades',
  'maven_decisions',
  'maven_portfolio_snapshots',
  'maven_performance_metrics',
] as const;

/** How many groups of a kind an answer tells of. */
export const MOST_GROUPS = 20;

/**
 * Tells what the trades of a period earned.
 *
 * It is counted from the trades each time; where the period's metrics file states the same, that file is the basis, and
 * where it states something else the answer says in what.
 *
 * @throws {@link MavenError} INPUT_INVALID, ARTIFACTS_NOT_FOUND, REVISION_NOT_FOUND.
 */
export async function answerPerformance(
  context: Context,
  options: PerformanceOptions,
): Promise<PerformanceAnswer> {
  const { askedMoment } = await import('./projection/questions/asked-moment.js');
  const { askSession } = await import('./projection/questions/ask-projection.js');
  const { readPeriod } = await import('./projection/questions/period-query.js');
  const { performanceFacts } = await import('./projection/questions/performance-facts.js');
  const { performanceOf, DEFINITIONS_VERSION } = await import('./ledger/metrics/performance.js');
  const { equityHistory } = await import('./ledger/metrics/equity.js');
  const moment = await askedMoment(context.repository, options.at, context.clock());
  const period = readPeriod(options, moment.askedAt);
  const { answer, ...from } = await askSession(questionDependencies(context), moment, TABLES, (session) =>
    performanceFacts(session, period),
  );
  const { facts, asOf, ledgers, stated } = answer;
  const record = recordOf(facts, period);
  const basis = await basisOf(stated, record);
  const trades = Number(record.totalTrades);
  const { unknownPnlTrades = '0', undatedTrades = '0', unknownFeeTrades = '0' } = record.detail ?? {};
  // Fees that nobody knows are taken as 0, so what is net of them is more than it should be.
  const whole = [unknownPnlTrades, undatedTrades, unknownFeeTrades].every((n) => Number(n) === 0);
  return {
    ...from,
    asked_at: moment.askedAt,
    period: period.period,
    label: period.label,
    evidence: {
      n: trades,
      window: { label: period.label, from: period.start, to: period.end },
      as_of: asOf,
      age_seconds: elapsedSeconds(asOf, moment.askedAt),
      quality: whole ? 'complete' : 'partial',
      basis,
      artifacts: artifactsOf(ledgers, stated, basis),
      definition: { name: 'performance', version: DEFINITIONS_VERSION },
    },
    numbers: numbersOf(record),
    equity_basis: record.detail?.equityBasis ?? null,
    ...groupsOf(record),
    confidence_buckets: (record.detail?.confidenceBuckets ?? []).map(bucketAnswer),
  };

  function recordOf({ tallies, days, equity }: PerformanceFacts, { label }: Period): MetricsRecord {
    const tally = tallies.find((one) => one.period.label === label);
    if (tally === undefined) throw new Error(`no tally of ${label}, which was asked for`);
    const computedAt = moment.askedAt;
    return performanceOf(tally, { equity: equityHistory(equity), days, computedAt });
  }
}

async function basisOf(stated: StatedMetrics | null, record: MetricsRecord): Promise<EvidenceBasis> {
  const { staleColumns } = await import('./projection/questions/stated-metrics.js');
  const counted = 'counted from the trades';
  if (stated === null)
    return {
      kind: 'trades',
      metrics_file: 'missing',
      note: `${counted}; no metrics file of ${record.label} is written`,
    };
  const mend = 'run maven-git metrics --all';
  if (stated.definitionsVersion !== record.definitionsVersion)
    return {
      kind: 'trades',
      metrics_file: 'stale',
      note: `${counted}; the metrics file follows definitions of version ${stated.definitionsVersion}: ${mend}`,
    };
  const stale = staleColumns(stated, record);
  if (stale.length === 0)
    return {
      kind: 'metrics',
      metrics_file: 'same',
      note: `stated by the metrics file, and the same when ${counted}`,
    };
  const more = stale.length > 3 ? ` and ${stale.length - 3} more` : '';
  return {
    kind: 'trades',
    metrics_file: 'stale',
    note: `${counted}; the metrics file is stale in ${stale.slice(0, 3).join(', ')}${more}: ${mend}`,
  };
}

function numbersOf(record: MetricsRecord): PerformanceAnswer['numbers'] {
  const reasons = new Map(record.reasons.map(({ field, reason }) => [field, reason]));
  const entries = Object.entries(PERFORMANCE_NUMBERS).map(([name, { unit, of }]) => {
    const value = of(record);
    const reason = value === null ? (reasons.get(name) ?? 'not known') : null;
    const interval = name === 'win_rate_pct' && record.detail !== null ? intervalOf(record.detail) : null;
    return [name, { value, unit: unit satisfies EvidenceUnit, reason, interval }] as const;
  });
  return Object.fromEntries(entries) as PerformanceAnswer['numbers'];
}

function intervalOf(rate: {
  readonly winRateLowPct: string | null;
  readonly winRateHighPct: string | null;
}): Evidence['interval'] {
  const { winRateLowPct: low, winRateHighPct: high } = rate;
  return low === null || high === null ? null : { method: 'wilson', level_pct: '95', low, high };
}

function groupsOf({
  assetPerformance: assets,
  detail,
}: MetricsRecord): Pick<PerformanceAnswer, 'assets' | 'bots' | 'sources' | 'sides' | 'groups_total'> {
  const [bots, sources, sides] = [detail?.bots ?? [], detail?.sources ?? [], detail?.sides ?? []];
  return {
    assets: largest(assets),
    bots: largest(bots),
    sources: largest(sources),
    sides: largest(sides),
    groups_total: {
      assets: assets.length,
      bots: bots.length,
      sources: sources.length,
      sides: sides.length,
    },
  };
}

function largest(groups: readonly GroupPerformance[]): readonly GroupAnswer[] {
  const least = [...groups].sort((left, right) => Number(right.trades) - Number(left.trades));
  const kept = new Set(least.slice(0, MOST_GROUPS));
  return groups
    .filter((group) => kept.has(group))
    .map(({ name, trades, pnlUsd, winRatePct, spread }) => ({
      name,
      n: Number(trades),
      pnl_usd: pnlUsd,
      win_rate_pct: winRatePct,
      interval: spread === null ? null : intervalOf(spread),
    }));
}

function bucketAnswer(bucket: ConfidenceBucket): BucketAnswer {
  return {
    from_pct: bucket.fromPct,
    to_pct: bucket.toPct,
    avg_confidence_pct: bucket.avgConfidencePct,
    n: Number(bucket.trades),
    pnl_usd: bucket.pnlUsd,
    win_rate_pct: bucket.winRatePct,
    interval: intervalOf(bucket),
  };
}

function artifactsOf(
  ledgers: EvidenceArtifacts,
  stated: StatedMetrics | null,
  basis: EvidenceBasis,
): EvidenceArtifacts {
  if (basis.kind !== 'metrics' || stated === null) return ledgers;
  return { paths: [stated.path, ...ledgers.paths].slice(0, 10), count: ledgers.count + 1 };
}
