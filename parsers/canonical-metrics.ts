import { nameOf, stemOf } from './artifact-name.js';
import { CONFIDENCE } from './confidence.js';
import { COUNT } from './count-field.js';
import { choice, DECIMAL, SHORT, TIME } from './field-type.js';
import { formatFrontMatter, readCanonicalFrontMatter } from './front-matter.js';
import { InvalidRecordError } from './invalid-record-error.js';
import type { JsonNode } from './json-node.js';
import {
  type JsonField,
  jsonArray,
  jsonDigits,
  jsonObject,
  jsonOptional,
  jsonRequired,
} from './json-write.js';
import { formatMetricsBody } from './metrics-body.js';
import { formatDetail, formatDetailLists, type MetricsDetail, readDetail } from './metrics-detail.js';
import { formatGroup, type GroupPerformance, readGroup } from './metrics-groups.js';
import type { ObjectFields } from './object-fields.js';
import type { Parsed } from './problem.js';
import { type ProblemList, problemList, quote } from './problem-list.js';

export type MetricsPeriod = 'hour' | 'day' | 'week' | 'month' | 'all_time';

/** Performance over one period; every number is decimal text, null = undefined (see `reasons`). */
export interface MetricsRecord {
  readonly period: MetricsPeriod;
  /** As in the file name: `2026-01-14T15`, `2026-01-14`, `2026-W03`, `2026-01`, `all_time`. */
  readonly label: string;
  /** null = open, only in `all_time`. */
  readonly periodStart: string | null;
  readonly periodEnd: string | null;
  readonly computedAt: string;
  readonly definitionsVersion: string;
  readonly totalTrades: string;
  readonly winningTrades: string;
  readonly losingTrades: string;
  readonly breakevenTrades: string;
  readonly totalPnlUsd: string | null;
  readonly grossProfitUsd: string | null;
  readonly grossLossUsd: string | null;
  readonly totalFeesUsd: string | null;
  readonly avgWinUsd: string | null;
  readonly avgLossUsd: string | null;
  readonly profitFactor: string | null;
  readonly decisionsMade: string;
  readonly avgDecisionConfidencePct: string | null;
  readonly highConfidenceWins: string;
  readonly lowConfidenceLosses: string;
  readonly maxDrawdownUsd: string | null;
  readonly maxDrawdownPct: string | null;
  readonly sharpeRatio: string | null;
  readonly sortinoRatio: string | null;
  readonly expectancyUsd: string | null;
  readonly assetPerformance: readonly GroupPerformance[];
  /** What version 2 of the file adds; null = a file of version 1, and it is written as one. */
  readonly detail: MetricsDetail | null;
  /** Why a null is null. */
  readonly reasons: readonly { readonly field: string; readonly reason: string }[];
}

const PERIOD = choice(['hour', 'day', 'week', 'month', 'all_time']);

/**
 * Formats a metrics file: the front matter carries every number, the body repeats them as tables for people.
 *
 * @throws InvalidRecordError when a value is out of its form.
 * @see parsers/FORMATS.md#metrics
 */
export function formatMetrics(record: MetricsRecord): string {
  if (record.period !== 'all_time' && (record.periodStart === null || record.periodEnd === null)) {
    throw new InvalidRecordError('period_start', 'both ends of the period, except for all_time');
  }
  const { detail } = record;
  const version = detail === null ? 1 : 2;
  const fields: JsonField[] = [
    ['v', jsonDigits(version)],
    jsonRequired('period', PERIOD, record.period),
    jsonRequired('label', SHORT, record.label),
    jsonOptional('period_start', TIME, record.periodStart),
    jsonOptional('period_end', TIME, record.periodEnd),
    jsonRequired('computed_at', TIME, record.computedAt),
    jsonRequired('definitions_version', SHORT, record.definitionsVersion),
    jsonRequired('total_trades', COUNT, record.totalTrades),
    jsonRequired('winning_trades', COUNT, record.winningTrades),
    jsonRequired('losing_trades', COUNT, record.losingTrades),
    jsonRequired('breakeven_trades', COUNT, record.breakevenTrades),
    jsonOptional('total_pnl_usd', DECIMAL, record.totalPnlUsd),
    jsonOptional('gross_profit_usd', DECIMAL, record.grossProfitUsd),
    jsonOptional('gross_loss_usd', DECIMAL, record.grossLossUsd),
    jsonOptional('total_fees_usd', DECIMAL, record.totalFeesUsd),
    jsonOptional('avg_win_usd', DECIMAL, record.avgWinUsd),
    jsonOptional('avg_loss_usd', DECIMAL, record.avgLossUsd),
    jsonOptional('profit_factor', DECIMAL, record.profitFactor),
    jsonRequired('decisions_made', COUNT, record.decisionsMade),
    jsonOptional('avg_decision_confidence_pct', CONFIDENCE, record.avgDecisionConfidencePct),
    jsonRequired('high_confidence_wins', COUNT, record.highConfidenceWins),
    jsonRequired('low_confidence_losses', COUNT, record.lowConfidenceLosses),
    jsonOptional('max_drawdown_usd', DECIMAL, record.maxDrawdownUsd),
    jsonOptional('max_drawdown_pct', DECIMAL, record.maxDrawdownPct),
    jsonOptional('sharpe_ratio', DECIMAL, record.sharpeRatio),
    jsonOptional('sortino_ratio', DECIMAL, record.sortinoRatio),
    jsonOptional('expectancy_usd', DECIMAL, record.expectancyUsd),
    ...(detail === null ? [] : formatDetail(detail)),
    [
      'asset_performance',
      jsonArray(record.assetPerformance.map((group) => formatGroup('asset', group, version))),
    ],
    ...(detail === null ? [] : formatDetailLists(detail)),
    ['reasons', jsonArray(record.reasons.map(formatReason))],
  ];
  return formatFrontMatter(fields, formatMetricsBody(record));
}

function formatReason({ field, reason }: MetricsRecord['reasons'][number]): JsonNode {
  return jsonObject([jsonRequired('field', SHORT, field), jsonRequired('reason', SHORT, reason)]);
}

/** Reads exactly the files that {@link formatMetrics} writes. @returns null = use `parseMetrics`. */
export function parseCanonicalMetrics(text: string, path: string): Parsed<MetricsRecord> | null {
  const found = readCanonicalFrontMatter(text, readMetricsFields, formatMetrics);
  if (found === null) return null;
  const problems = problemList(path);
  checkMetricsName(found.record, problems);
  return { records: [{ line: 1, record: found.record }], problems: problems.list() };
}

/** Reads the record of front matter; the body only repeats it. */
export function readMetricsFields(fields: ObjectFields): MetricsRecord {
  const version = readVersion(fields);
  const period = fields.required('period', PERIOD, 'all_time');
  const readEnd = (key: string): string | null =>
    period === 'all_time' ? fields.optional(key, TIME) : fields.required(key, TIME, '');
  return {
    period,
    label: fields.required('label', SHORT, ''),
    periodStart: readEnd('period_start'),
    periodEnd: readEnd('period_end'),
    computedAt: fields.required('computed_at', TIME, ''),
    definitionsVersion: fields.required('definitions_version', SHORT, ''),
    totalTrades: fields.required('total_trades', COUNT, ''),
    winningTrades: fields.required('winning_trades', COUNT, ''),
    losingTrades: fields.required('losing_trades', COUNT, ''),
    breakevenTrades: fields.required('breakeven_trades', COUNT, ''),
    totalPnlUsd: fields.optional('total_pnl_usd', DECIMAL),
    grossProfitUsd: fields.optional('gross_profit_usd', DECIMAL),
    grossLossUsd: fields.optional('gross_loss_usd', DECIMAL),
    totalFeesUsd: fields.optional('total_fees_usd', DECIMAL),
    avgWinUsd: fields.optional('avg_win_usd', DECIMAL),
    avgLossUsd: fields.optional('avg_loss_usd', DECIMAL),
    profitFactor: fields.optional('profit_factor', DECIMAL),
    decisionsMade: fields.required('decisions_made', COUNT, ''),
    avgDecisionConfidencePct: fields.optional('avg_decision_confidence_pct', CONFIDENCE),
    highConfidenceWins: fields.required('high_confidence_wins', COUNT, ''),
    lowConfidenceLosses: fields.required('low_confidence_losses', COUNT, ''),
    maxDrawdownUsd: fields.optional('max_drawdown_usd', DECIMAL),
    maxDrawdownPct: fields.optional('max_drawdown_pct', DECIMAL),
    sharpeRatio: fields.optional('sharpe_ratio', DECIMAL),
    sortinoRatio: fields.optional('sortino_ratio', DECIMAL),
    expectancyUsd: fields.optional('expectancy_usd', DECIMAL),
    detail: version === 1 ? null : readDetail(fields),
    assetPerformance: fields.objects('asset_performance', readGroup('asset', version)),
    reasons: fields.objects('reasons', readReason),
  };
}

/** Version 1 knew neither intervals nor groups; nothing in it means something else. */
function readVersion(fields: ObjectFields): 1 | 2 {
  const node = fields.node('v');
  const found = node?.kind === 'number' ? node.digits : node?.kind === 'string' ? node.value : '1';
  const version = found === '1' ? 1 : 2;
  fields.version(version);
  return version;
}

function readReason(fields: ObjectFields): MetricsRecord['reasons'][number] {
  return { field: fields.required('field', SHORT, ''), reason: fields.required('reason', SHORT, '') };
}

/** Reports a record that is not of the period its file is named for. */
export function checkMetricsName(record: MetricsRecord, problems: ProblemList): void {
  const label = stemOf(problems.path);
  const folder = nameOf(problems.path.slice(0, problems.path.lastIndexOf('/')));
  if (record.label === label && record.period === folder) return;
  const found = `${record.period}/${record.label}`;
  problems.warning(
    'NAME_MISMATCH',
    1,
    `${quote(found)} is not the file's name, ${quote(`${folder}/${label}`)}`,
  );
}
