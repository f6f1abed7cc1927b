import { isCanonicalDecimal } from '../../../parsers/decimal.js';
import { trimDecimal } from '../../../parsers/decimal-arithmetic.js';
import type { MetricsRecord } from '../../../parsers/metrics.js';
import { metricsPath } from '../../../parsers/paths.js';
import type { Period } from '../../../parsers/period.js';
import type { Schema } from '../../db/schema.js';
import type { Kysely } from '../../db/sql.js';
import { metricsRow } from '../tables/metrics.js';
import { comparableJson } from './comparable-json.js';
import { canonicalTime } from './in-one-moment.js';

/** A metrics file as the projection has it; every column in its one spelling. */
export interface StatedMetrics {
  readonly path: string;
  readonly definitionsVersion: string;
  readonly columns: Readonly<Record<string, string | null>>;
}

/** The clock decides these; they are no numbers. */
const OF_THE_CLOCK: ReadonlySet<string> = new Set(['as_of', 'created_at', 'updated_at']);
const TIMES: ReadonlySet<string> = new Set([
  'period_start',
  'period_end',
  'equity_from',
  'equity_to',
  'max_drawdown_from',
  'max_drawdown_to',
]);

/** Reads the metrics file of a period. @returns null = there is none. */
export async function statedMetrics(db: Kysely<Schema>, period: Period): Promise<StatedMetrics | null> {
  const row = await db
    .selectFrom('maven_performance_metrics')
    .selectAll()
    .select([...TIMES].map((column) => canonicalTime(column).as(column)))
    .where('period', '=', period.period)
    .where('period_label', '=', period.label)
    .executeTakeFirst();
  if (row === undefined) return null;
  return { path: row.git_path, definitionsVersion: row.definitions_version, columns: spelled({ ...row }) };
}

/**
 * Tells in which numbers a file differs from what was counted.
 *
 * @returns names of columns, none when it states the same.
 */
export function staleColumns(stated: StatedMetrics, counted: MetricsRecord): readonly string[] {
  const row = metricsRow({ line: 1, record: counted }, metricsPath(counted.period, counted.label));
  return Object.entries(spelled({ ...row }))
    .filter(([column, value]) => !OF_THE_CLOCK.has(column) && stated.columns[column] !== value)
    .map(([column]) => column)
    .sort();
}

function spelled(row: Readonly<Record<string, unknown>>): Readonly<Record<string, string | null>> {
  return Object.fromEntries(
    Object.entries(row).map(([column, value]) => [
      column,
      typeof value === 'string' ? spelling(value) : null,
    ]),
  );
}

function spelling(value: string): string {
  if (value.startsWith('{') || value.startsWith('[')) return comparableJson(value);
  return isCanonicalDecimal(value) ? trimDecimal(value) : value;
}
