import type { MetricsPeriod } from '../../../../parsers/metrics.js';
import { ALL_TIME, type Period, periodAt } from '../../../../parsers/period.js';
import type { Schema } from '../../../db/schema.js';
import { type Kysely, type RawBuilder, sql } from '../../../db/sql.js';

/** Which rows are counted: those of the kinds' periods, or of one span. */
export interface Span {
  readonly kinds: readonly MetricsPeriod[];
  /** Canonical, half-open; null = without bound. */
  readonly start: string | null;
  readonly end: string | null;
}

/** Periods, each of them always the same object, so that maps can be keyed by it. */
export interface PeriodBook {
  /** @param hour - `2026-01-14T15`. @returns the period that holds it; null = it begins or ends out of years 1 to 9999. */
  find(kind: MetricsPeriod, hour: string): Period | null;
  /** The book's own object for a period. */
  own(period: Period): Period;
}

/** One row a period and key. */
export interface RolledUp {
  readonly period: Period;
  readonly keys: Readonly<Record<string, string | null>>;
  /** The sums in their order, with a space between: a hundred thousand rows are kept until they are counted. */
  readonly sums: string;
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

/** Many rows name one hour: its periods are worked out once. */
export function openPeriodBook(): PeriodBook {
  const byHour = new Map<string, Period | null>();
  const byLabel = new Map<string, Period>([[ALL_TIME.label, ALL_TIME]]);
  const own = (period: Period): Period => {
    const known = byLabel.get(period.label);
    if (known === undefined) byLabel.set(period.label, period);
    return known ?? period;
  };
  return {
    find(kind, hour) {
      const key = `${kind} ${hour}`;
      const known = byHour.get(key);
      if (known !== undefined) return known;
      const found = periodAt(kind, `${hour}:00:00.000000+00:00`);
      const period = found === null ? null : own(found);
      byHour.set(key, period);
      return period;
    },
    own,
  };
}

/** The hour of a column with a time; it begins at every full hour of UTC. */
export function hourOf(column: string): RawBuilder<unknown> {
  return sql`date_bin('1 hour', ${sql.ref(column)}, timestamptz '0001-01-01T00:00:00Z')`;
}

/** The hour as {@link PeriodBook} reads it. */
export const HOUR_TEXT = sql<string>`to_char(h at time zone 'UTC', 'YYYY-MM-DD"T"HH24')`;

/**
 * Adds hours up to days, days to weeks and months, months to all time, in one statement: the table is read once,
 * whatever the number of periods.
 *
 * @param hourly - common table expressions, the last of them `hourly`: a column `h` (the hour's start), the keys and the
 *   sums, one row an hour and keys.
 * @param sums - none of them null, except that the last ones may be, together.
 */
export async function rollUp(
  db: Kysely<Schema>,
  { kinds }: Span,
  book: PeriodBook,
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
    sql`${HOUR_TEXT} as h`,
    ...keys.map((key) => sql`${sql.ref(key)}::text as ${sql.ref(key)}`),
    sql`concat_ws(' ', ${sql.join(sums.map((column) => sql.ref(column)))}) as sums`,
  ];
  const asked = [{ kind: 'hour', name: 'hourly' }, ...LEVELS].filter(({ kind }) =>
    kinds.some((one) => one === kind),
  );
  const parts = asked.map(
    ({ kind, name }) =>
      sql`select ${sql.lit(kind)}::text as kind, ${sql.join(columns)} from ${sql.ref(name)}`,
  );
  const { rows } = await sql<Row>`with ${hourly}, ${sql.join(levels)}
    ${sql.join(parts, sql` union all `)}`.execute(db);
  return rows.flatMap((row) => {
    const period = book.find(row.kind as MetricsPeriod, row.h ?? '');
    return period === null ? [] : [{ period, keys: row, sums: row.sums ?? '' }];
  });
}

/** Rows whose time lies in the span. */
export function within(column: string, { start, end }: Span): RawBuilder<unknown> {
  const after = start === null ? sql`` : sql`and ${sql.ref(column)} >= ${start}::timestamptz`;
  const before = end === null ? sql`` : sql`and ${sql.ref(column)} < ${end}::timestamptz`;
  return sql`${after} ${before}`;
}

function joined(parts: readonly RawBuilder<unknown>[]): RawBuilder<unknown> {
  return parts.length === 0 ? sql`` : sql.join(parts, sql` `);
}
