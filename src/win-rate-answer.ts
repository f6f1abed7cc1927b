import { elapsedSeconds } from '../parsers/elapsed-seconds.js';
import type { Period } from '../parsers/period.js';
import type { Context } from './context.js';
import type { AnswerSource } from './projection/questions/ask-projection.js';
import type { Evidence, EvidenceArtifacts, EvidenceBasis } from './projection/questions/evidence.js';
import type { PeriodOptions } from './projection/questions/period-query.js';
import type { OutcomeCounts, WinRateCounts } from './projection/questions/win-rate-counts.js';
import { questionDependencies } from './question-dependencies.js';

export interface WinRateOptions extends PeriodOptions {
  /** Case does not matter; all when absent. */
  readonly asset?: string;
  /** A time or a revision; HEAD and now when absent. See {@link askedMoment}. */
  readonly at?: string;
}

/** How many ended trades won, in percent. */
export interface WinRateAnswer extends AnswerSource {
  /** Canonical time to which ages are counted. */
  readonly asked_at: string;
  /** As asked; null = all assets. */
  readonly asset: string | null;
  readonly period: Period['period'];
  readonly label: string;
  readonly win_rate: Evidence;
  readonly outcomes: Outcomes;
  /** Ended trades that no number counts: their P&L, or their closing time, is not known. */
  readonly not_counted: { readonly unknown_pnl: number; readonly undated: number };
  /** By asset, most trades first, at most {@link MOST_ASSETS}. */
  readonly assets: readonly AssetWinRate[];
  readonly assets_total: number;
}

export interface Outcomes {
  readonly winning: number;
  readonly losing: number;
  readonly breakeven: number;
  /** Sum of realized - fees, exact decimal text; fees that are not known are taken as 0. */
  readonly net_pnl_usd: string;
}

export interface AssetWinRate extends Outcomes {
  readonly asset: string;
  /** How many ended trades it is counted from. */
  readonly n: number;
  /** Null without trades of known P&L; percent, as is the interval. */
  readonly win_rate_pct: string | null;
  readonly interval: Evidence['interval'];
}

const TABLES = ['maven_trades', 'maven_performance_metrics'] as const;

/** How many assets an answer tells of. */
export const MOST_ASSETS = 20;

/**
 * Tells the win rate of a period, of one asset or of all.
 *
 * It is counted from the trades each time; where a metrics file states the same, that file is the basis, and where it
 * states something else the answer says so.
 *
 * @throws {@link MavenError} INPUT_INVALID, ARTIFACTS_NOT_FOUND, REVISION_NOT_FOUND.
 */
export async function answerWinRate(context: Context, options: WinRateOptions): Promise<WinRateAnswer> {
  const { askedMoment } = await import('./projection/questions/asked-moment.js');
  const { askQuestion } = await import('./projection/questions/ask-projection.js');
  const { readPeriod } = await import('./projection/questions/period-query.js');
  const { readQuestionText } = await import('./projection/questions/question-text.js');
  const { asciiLowerCase } = await import('./projection/questions/trade-filter.js');
  const { winRateCounts } = await import('./projection/questions/win-rate-counts.js');
  const { DEFINITIONS_VERSION } = await import('./ledger/metrics/performance.js');
  const asset = readQuestionText('asset', options.asset, 'see maven-git win-rate --help');
  const moment = await askedMoment(context.repository, options.at, context.clock());
  const period = readPeriod(options, moment.askedAt);
  const { answer: counts, ...from } = await askQuestion(questionDependencies(context), moment, TABLES, (db) =>
    winRateCounts(db, period, asciiLowerCase(asset)),
  );
  const rateOf = await winRates();
  const { total, undated } = counts;
  const basis = basisOf(counts, period, DEFINITIONS_VERSION);
  return {
    ...from,
    asked_at: moment.askedAt,
    asset,
    period: period.period,
    label: period.label,
    win_rate: {
      ...rateOf(total),
      unit: 'percent',
      n: total.trades,
      window: { label: period.label, from: period.start, to: period.end },
      reason: total.trades > 0 ? null : reasonOf(counts, asset, period),
      as_of: counts.asOf,
      age_seconds: elapsedSeconds(counts.asOf, moment.askedAt),
      quality: total.unknownPnl + undated === 0 ? 'complete' : 'partial',
      basis,
      artifacts: artifactsOf(counts, basis),
      definition: { name: 'win_rate_pct', version: DEFINITIONS_VERSION },
    },
    outcomes: outcomesOf(total),
    not_counted: { unknown_pnl: total.unknownPnl, undated },
    assets: counts.assets.slice(0, MOST_ASSETS).map((one) => {
      const { value, interval } = rateOf(one);
      return { asset: one.asset, n: one.trades, win_rate_pct: value, interval, ...outcomesOf(one) };
    }),
    assets_total: counts.assets.length,
  };
}

async function winRates(): Promise<(counts: OutcomeCounts) => Pick<Evidence, 'value' | 'interval'>> {
  const { percentOf, wilsonInterval } = await import('./ledger/metrics/ratios.js');
  return ({ trades, winning }) => {
    if (trades === 0) return { value: null, interval: null };
    const { lowPct, highPct } = wilsonInterval(winning, trades);
    return {
      value: percentOf(winning, trades),
      interval: { method: 'wilson', level_pct: '95', low: lowPct, high: highPct },
    };
  };
}

function outcomesOf({ winning, losing, breakeven, netUsd }: OutcomeCounts): Outcomes {
  return { winning, losing, breakeven, net_pnl_usd: netUsd };
}

function reasonOf({ total, undated }: WinRateCounts, asset: string | null, period: Period): string {
  const which = asset === null ? 'trade' : `trade of ${asset}`;
  if (total.unknownPnl + undated > 0)
    return `of no ended ${which} both the P&L and the closing time are known`;
  return period.end === null ? `no ${which} has ended` : `no ${which} ended in ${period.label}`;
}

/** A file that states other numbers is stale: it is told, never used. */
function basisOf({ total, stated }: WinRateCounts, period: Period, version: string): EvidenceBasis {
  const command = `maven-git metrics --all`;
  if (stated === null)
    return {
      kind: 'trades',
      metrics_file: 'missing',
      note: `counted from the trades; no metrics file of ${period.label} is written`,
    };
  if (stated.definitionsVersion !== version)
    return {
      kind: 'trades',
      metrics_file: 'stale',
      note: `counted from the trades; the metrics file follows definitions of version ${stated.definitionsVersion}: run ${command}`,
    };
  const same =
    stated.trades === total.trades &&
    stated.winning === total.winning &&
    stated.losing === total.losing &&
    (stated.unknownPnl === null || stated.unknownPnl === total.unknownPnl);
  if (same)
    return {
      kind: 'metrics',
      metrics_file: 'same',
      note: 'stated by the metrics file, and the same when counted from the trades',
    };
  return {
    kind: 'trades',
    metrics_file: 'stale',
    note: `counted from the trades; the metrics file is stale, it states ${stated.winning} of ${stated.trades} won: run ${command}`,
  };
}

function artifactsOf({ ledgers, stated }: WinRateCounts, basis: EvidenceBasis): EvidenceArtifacts {
  if (basis.kind !== 'metrics' || stated === null) return ledgers;
  return { paths: [stated.path, ...ledgers.paths].slice(0, 10), count: ledgers.count + 1 };
}
