import { ARTIFACTS_ROOT, artifactKind } from '../../../parsers/artifact.js';
import { stemOf } from '../../../parsers/artifact-name.js';
import {
  formatMetrics,
  type MetricsPeriod,
  type MetricsRecord,
  parseMetrics,
} from '../../../parsers/metrics.js';
import { metricsPath } from '../../../parsers/paths.js';
import type { PerformanceFacts, PeriodTally } from '../../../parsers/performance-tally.js';
import { periodOfLabel } from '../../../parsers/period.js';
import { decodeArtifact } from '../../../parsers/text.js';
import type { CommitBase } from '../../git/commit.js';
import type { ReportProgress } from '../../progress.js';
import { formatProven } from '../input.js';
import { equityHistory } from './equity.js';
import { DEFINITIONS_VERSION, performanceOf } from './performance.js';
import { NO_CONTENT, tallyPeriod } from './tally-period.js';

/** A file that is to be written, and why. */
export interface PlannedMetrics {
  readonly path: string;
  readonly period: MetricsPeriod;
  readonly label: string;
  /** `definitions`: the file was computed by other definitions. `unreadable`: it cannot be read as metrics. */
  readonly because: 'missing' | 'changed' | 'definitions' | 'unreadable';
  readonly record: MetricsRecord;
  readonly text: string;
}

export interface MetricsPlan {
  readonly files: readonly PlannedMetrics[];
  readonly unchanged: number;
  readonly warnings: readonly string[];
}

export interface PlanRules {
  readonly kinds: readonly MetricsPeriod[];
  /** Also consider every file that stands: trades may have left its period. */
  readonly everyFile: boolean;
  /** Write a period in which nothing ended, too. */
  readonly empty: boolean;
  readonly computedAt: string;
  readonly progress: ReportProgress;
}

/** Decides which metrics files to write: those whose numbers are not what the facts give. */
export async function planMetrics(
  base: CommitBase,
  facts: PerformanceFacts,
  rules: PlanRules,
): Promise<MetricsPlan> {
  const warnings: string[] = [];
  const standing = new Set<string>();
  const tallies = new Map(facts.tallies.map((tally) => [pathOf(tally), tally]));
  for (const kind of rules.kinds) {
    for (const path of await base.list(`${ARTIFACTS_ROOT}/metrics/${kind}`)) {
      if (artifactKind(path) !== 'metrics') continue;
      standing.add(path);
      if (!rules.everyFile || tallies.has(path)) continue;
      const period = periodOfLabel(kind, stemOf(path));
      if (period === null) warnings.push(`${path} is named for no ${kind} that there is; left alone`);
      else tallies.set(path, tallyPeriod(period, NO_CONTENT));
    }
  }
  const surroundings = {
    equity: equityHistory(facts.equity),
    days: facts.days,
    computedAt: rules.computedAt,
  };
  const files: PlannedMetrics[] = [];
  let [unchanged, done] = [0, 0];
  for (const [path, tally] of [...tallies].sort(([left], [right]) => (left < right ? -1 : 1))) {
    done += 1;
    rules.progress({ phase: 'computing metrics', done, total: tallies.size });
    if (!standing.has(path) && !rules.empty && !hasEnded(tally)) continue;
    const record = performanceOf(tally, surroundings);
    const because = standing.has(path) ? await differs(base, path, record) : 'missing';
    if (because === null) {
      unchanged += 1;
      continue;
    }
    const { period, label } = record;
    const text = formatProven('metrics file', record, path, formatMetrics, parseMetrics);
    files.push({ path, period, label, because, record, text });
  }
  return { files, unchanged, warnings };
}

function pathOf({ period }: PeriodTally): string {
  return metricsPath(period.period, period.label);
}

function hasEnded({ total, notCounted }: PeriodTally): boolean {
  return total.trades + notCounted.unknownPnl + notCounted.undated > 0;
}

/** The time of computing is no number: a file that differs by it alone stays. @returns null = it stays. */
async function differs(
  base: CommitBase,
  path: string,
  record: MetricsRecord,
): Promise<PlannedMetrics['because'] | null> {
  const bytes = await base.read(path);
  if (bytes === null) return 'missing';
  const { text } = decodeArtifact(bytes, path);
  const before = parseMetrics(text, path).records[0]?.record;
  if (before === undefined) return 'unreadable';
  if (before.definitionsVersion !== DEFINITIONS_VERSION) return 'definitions';
  const { detail } = record;
  const sameTimes = {
    ...record,
    computedAt: before.computedAt,
    detail: detail === null ? null : { ...detail, asOf: before.detail?.asOf ?? detail.asOf },
  };
  return formatMetrics(sameTimes) === text ? null : 'changed';
}
