import type { MetricsPeriod, NotCounted } from '../../../../parsers/metrics.js';
import {
  type DayTally,
  type EquityReading,
  MOST_NAMED,
  type PerformanceFacts,
  type PerformanceScope,
  type PeriodTally,
} from '../../../../parsers/performance-tally.js';
import { type Period, periodAt } from '../../../../parsers/period.js';
import type { Session } from '../../../db/database.js';
import type { Schema } from '../../../db/schema.js';
import { type Kysely, sql } from '../../../db/sql.js';
import { canonicalTime, inOneMoment } from '../in-one-moment.js';
import { drawdownOf, type HourCourse, hourCourses, streaksOf } from './courses.js';
import { hourText, type RolledUp, type Span, within } from './roll-up.js';
import {
  bucketTallies,
  decidedRows,
  decidedTally,
  decisionRows,
  groupRows,
  groupTally,
  namedTallies,
  sumText,
  totalParts,
  totalRows,
} from './sums.js';

const ENDED = sql`t.status in ('closed', 'liquidated')`;

/**
 * Counts periods by SQL over the projection, a handful of statements whatever their number; the other way is a fold over
 * the ledger, which gives the same to the digit.
 *
 * @returns with the revision that the tables mirrored. Of a scope without periods: every period of its kinds in which a
 *   trade ended or a decision was made.
 */
export async function performanceInPostgres(
  session: Session,
  scope: PerformanceScope,
): Promise<{ readonly revision: string; readonly answer: PerformanceFacts }> {
  return inOneMoment(session, async (db) => {
    // With the default of 4 MB, a year of hours and their groups would be sorted on disk, several times over.
    await sql`set local work_mem = '128MB'`.execute(db);
    const spans: readonly Span[] =
      scope.periods === null
        ? [{ kinds: scope.kinds, start: null, end: null }]
        : scope.periods.map(({ period, start, end }) => ({ kinds: [period], start, end }));
    const undated = scope.kinds.includes('all_time') ? await undatedTrades(db) : NONE_UNDATED;
    const tallies: PeriodTally[] = [];
    const days = new Map<string, string>();
    for (const [i, span] of spans.entries()) {
      const asked = scope.periods?.[i] ?? null;
      const counted = await countSpan(db, span, asked, undated);
      tallies.push(...counted.tallies);
      // An hour is only a part of its day.
      if (asked?.period !== 'hour') for (const { day, netUsd } of counted.days) days.set(day, netUsd);
    }
    const sorted = [...days].sort(([left], [right]) => (left < right ? -1 : 1));
    return {
      tallies,
      days: sorted.map(([day, netUsd]) => ({ day, netUsd })),
      equity: await equityReadings(db),
    };
  });
}

interface Undated {
  readonly count: number;
  readonly named: readonly NotCounted[];
}

const NONE_UNDATED: Undated = { count: 0, named: [] };

async function countSpan(
  db: Kysely<Schema>,
  asked: Span,
  period: Period | null,
  undated: Undated,
): Promise<{ readonly tallies: readonly PeriodTally[]; readonly days: readonly DayTally[] }> {
  const { kinds } = asked;
  // Daily sums are needed for returns, whichever periods are asked for.
  const span = { ...asked, kinds: kinds.includes('day') ? kinds : [...kinds, 'day' as const] };
  const totals = await totalRows(db, span);
  const groups = byPeriod(await groupRows(db, asked));
  const decided = byPeriod(await decidedRows(db, asked));
  const decisions = byPeriod(await decisionRows(db, asked));
  const courses = byPeriodOfHour(await hourCourses(db, asked), kinds);
  const unknown = byPeriodOfHour(await unknownTrades(db, asked), kinds);
  const periods = new Map<string, Period>();
  if (period !== null) periods.set(keyOf(period), period);
  const wanted = totals.filter((row) => kinds.includes(row.period.period));
  for (const row of [...wanted, ...[...decisions.values()].flat()])
    periods.set(keyOf(row.period), row.period);
  if (undated.count > 0 && kinds.includes('all_time')) {
    const ever = periodAt('all_time', hourText('1970-01-01T00'));
    if (ever !== null) periods.set(keyOf(ever), ever);
  }
  const totalOf = byPeriod(wanted);
  const tallies = Array.from(periods, ([key, one]) =>
    tallyOf(one, {
      total: totalOf.get(key)?.[0]?.values ?? {},
      groups: groups.get(key) ?? [],
      decided: decided.get(key) ?? [],
      decisions: decisions.get(key)?.[0]?.values ?? {},
      courses: courses.get(key) ?? [],
      unknown: unknown.get(key) ?? [],
      undated: one.period === 'all_time' ? undated : NONE_UNDATED,
    }),
  );
  const days = totals
    .filter((row) => row.period.period === 'day' && row.values.trades !== '0')
    .map((row) => ({ day: row.period.label, netUsd: sumText(row.values, 'net') }));
  return { tallies, days };
}

interface PeriodRows {
  readonly total: RolledUp['values'];
  readonly groups: readonly RolledUp[];
  readonly decided: readonly RolledUp[];
  readonly decisions: RolledUp['values'];
  readonly courses: readonly HourCourse[];
  readonly unknown: readonly UnknownTrade[];
  readonly undated: Undated;
}

function tallyOf(period: Period, rows: PeriodRows): PeriodTally {
  const { total, groups, decided, decisions, courses, unknown, undated } = rows;
  const named = [
    ...unknown.map(({ source, external_trade_id }) => ({
      source,
      externalTradeId: external_trade_id,
      reason: 'no realized P&L',
    })),
    ...undated.named,
  ].sort(byIdentity);
  return {
    period,
    total: groupTally(total),
    assets: namedTallies(groups, '0'),
    bots: namedTallies(groups, '1'),
    sources: namedTallies(groups, '2'),
    sides: namedTallies(groups, '3'),
    ...totalParts(total),
    decided: decidedTally(decided),
    buckets: bucketTallies(decided),
    decisions: {
      made: Number(decisions.made ?? 0),
      confident: Number(decisions.confident ?? 0),
      confidenceSum: sumText(decisions, 'confidence'),
    },
    streaks: streaksOf(courses),
    drawdown: drawdownOf(courses),
    notCounted: {
      unknownPnl: Number(total.unknown_pnl ?? 0),
      undated: undated.count,
      named: named.slice(0, MOST_NAMED),
    },
  };
}

interface UnknownTrade {
  readonly h: string;
  readonly source: string;
  readonly external_trade_id: string;
}

/** The first of each hour are enough: the first of a longer period are among them. */
async function unknownTrades(db: Kysely<Schema>, span: Span): Promise<readonly UnknownTrade[]> {
  const { rows } = await sql<UnknownTrade>`
    select to_char(h at time zone 'UTC', 'YYYY-MM-DD"T"HH24') as h, source, external_trade_id
    from (
      select date_trunc('hour', t.closed_at, 'UTC') as h, t.source, t.external_trade_id,
        row_number() over (partition by date_trunc('hour', t.closed_at, 'UTC')
          order by t.source collate "C", t.external_trade_id collate "C") as n
      from maven_trades t
      where ${ENDED} and t.closed_at is not null and t.realized_pnl_usd is null ${within('t.closed_at', span)}
    ) named where n <= ${sql.lit(MOST_NAMED)} order by 1`.execute(db);
  return rows;
}

async function undatedTrades(db: Kysely<Schema>): Promise<Undated> {
  const { rows } = await sql<{ source: string; external_trade_id: string; n: string }>`
    select t.source, t.external_trade_id, (count(*) over ())::text as n from maven_trades t
    where ${ENDED} and t.closed_at is null
    order by t.source collate "C", t.external_trade_id collate "C" limit ${sql.lit(MOST_NAMED)}`.execute(db);
  return {
    count: Number(rows[0]?.n ?? 0),
    named: rows.map((row) => ({
      source: row.source,
      externalTradeId: row.external_trade_id,
      reason: 'no closing time',
    })),
  };
}

async function equityReadings(db: Kysely<Schema>): Promise<readonly EquityReading[]> {
  const { rows } = await sql<{ at: string; account: string; value: string | null; flow: string | null }>`
    select ${canonicalTime('snapshot_at')} as at, source || '/' || account as account,
      case when quality = 'complete' then total_value_usd end::text as value, external_flow_usd::text as flow
    from maven_portfolio_snapshots order by snapshot_at, git_path collate "C"`.execute(db);
  return rows.map(({ at, account, value, flow }) => ({ at, account, valueUsd: value, flowUsd: flow }));
}

function byPeriod(rows: readonly RolledUp[]): ReadonlyMap<string, readonly RolledUp[]> {
  const found = new Map<string, RolledUp[]>();
  for (const row of rows) append(found, keyOf(row.period), row);
  return found;
}

function byPeriodOfHour<T extends { readonly h: string }>(
  rows: readonly T[],
  kinds: readonly MetricsPeriod[],
): ReadonlyMap<string, readonly T[]> {
  const found = new Map<string, T[]>();
  for (const row of rows) {
    for (const kind of kinds) {
      const period = periodAt(kind, hourText(row.h));
      if (period !== null) append(found, keyOf(period), row);
    }
  }
  return found;
}

function append<T>(found: Map<string, T[]>, key: string, value: T): void {
  const values = found.get(key);
  if (values === undefined) found.set(key, [value]);
  else values.push(value);
}

function keyOf({ period, label }: Period): string {
  return `${period}/${label}`;
}

function byIdentity(left: NotCounted, right: NotCounted): number {
  const compare = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));
  return compare(left.source, right.source) || compare(left.externalTradeId, right.externalTradeId);
}
