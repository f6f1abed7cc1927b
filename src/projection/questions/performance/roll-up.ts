import type { MetricsPeriod } from '../../../../parsers/metrics.js';
import { type Period, periodAt } from '../../../../parsers/period.js';
import type { Schema } from '../../../db/schema.js';
import { type Kysely, type RawBuilder, sql } from '../../../db/sql.js';

/** Which rows are counted: those of the kinds' periods, or of one span. */
export interface Span {
  readonly kinds: readonly MetricsPeriod[];
  /** Canonical, half-open; null = without bound. */
  readonly start: string | null;
  readonly end: string | null;
}

/** One row a period and key, every value as text. */
export interface RolledUp {
  readonly period: Period;
  readonly values: Readonly<Record<string, string | null>>;
}

type Row = Readonly<Record<string, string | null>>;

const LEVELS: readonly {
  readonly kind: MetricsPeriod;
  readonly name: string;
  readonly of: string;
  readonly unit: string | null;
}[] = [
  { kind: 'day', name: 'daily', of: 'hourly', unit: 'day' },
  { kind: 'week', name: 'weekly', of: 'daily', unit: 'week' },
  { kind: 'month', name: 'monthly', of: 'daily', unit: 'month' },
  { kind: 'all_time', name: 'ever', of: 'monthly', unit: null },
];

/**
 * Adds hours up to days, days to weeks and months, months to all time, in one statement: the table is read once,
 * whatever the number of periods.
 *
 * @param hourly - query with a column `h` (the hour's start), the keys and the sums, one row an hour and keys.
 */
export async function rollUp(
  db: Kysely<Schema>,
  { kinds }: Span,
  hourly: RawBuilder<unknown>,
  keys: readonly string[],
  sums: readonly string[],
): Promise<readonly RolledUp[]> {
  const keyList = keys.map((key) => sql`, ${sql.ref(key)}`);
  const levels = LEVELS.map(({ name, of, unit }) => {
    const group = [
      ...(unit === null ? [] : [sql`date_trunc(${sql.lit(unit)}, h, 'UTC')`]),
      ...keys.map((key) => sql.ref(key)),
    ];
    const totals = sums.map((column) => sql`, sum(${sql.ref(column)}) as ${sql.ref(column)}`);
    const grouping = group.length === 0 ? sql`` : sql`group by ${sql.join(group)}`;
    // Without a row there is nothing to add up, and no period.
    return sql`${sql.ref(name)} as (select min(h) as h ${joined(keyList)} ${joined(totals)}
      from ${sql.ref(of)} ${grouping} having count(*) > 0)`;
  });
  const columns = [
    sql`to_char(h at time zone 'UTC', 'YYYY-MM-DD"T"HH24') as h`,
    ...[...keys, ...sums].map((column) => sql`${sql.ref(column)}::text as ${sql.ref(column)}`),
  ];
  const asked = [{ kind: 'hour', name: 'hourly' }, ...LEVELS].filter(({ kind }) =>
    kinds.some((one) => one === kind),
  );
  const parts = asked.map(
    ({ kind, name }) =>
      sql`select ${sql.lit(kind)}::text as kind, ${sql.join(columns)} from ${sql.ref(name)}`,
  );
  const { rows } = await sql<Row>`with hourly as materialized (${hourly}), ${sql.join(levels)}
    ${sql.join(parts, sql` union all `)}`.execute(db);
  return rows.flatMap((row) => {
    const period = periodAt(row.kind as MetricsPeriod, hourText(row.h));
    return period === null ? [] : [{ period, values: row }];
  });
}

/** `2026-01-14T15` as a canonical time. */
export function hourText(hour: string | null | undefined): string {
  return `${hour ?? ''}:00:00.000000+00:00`;
}

/** Rows whose time lies in the span. */
export function within(column: string, { start, end }: Span): RawBuilder<unknown> {
  const after = start === null ? sql`` : sql`and ${sql.ref(column)} >= ${start}::timestamptz`;
  const before = end === null ? sql`` : sql`and ${sql.ref(column)} < ${end}::timestamptz`;
  return sql`${after} ${before}`;
}

/** A count that came as text. */
export function countOf(values: Row, column: string): number {
  return Number(values[column] ?? 0);
}

function joined(parts: readonly RawBuilder<unknown>[]): RawBuilder<unknown> {
  return parts.length === 0 ? sql`` : sql.join(parts, sql` `);
}
