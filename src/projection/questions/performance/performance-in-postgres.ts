import { setImmediate } from 'node:timers/promises';
import { compareText } from '../../../../parsers/compare-text.js';
import type { MetricsPeriod, NotCounted } from '../../../../parsers/metrics.js';
import {
  type DayTally,
  type EquityReading,
  MOST_NAMED,
  type PerformanceFacts,
  type PerformanceScope,
  type PeriodTally,
} from '../../../../parsers/performance-tally.js';
import { ALL_TIME, type Period } from '../../../../parsers/period.js';
import type { Session } from '../../../db/database.js';
import type { Schema } from '../../../db/schema.js';
import { type Kysely, sql } from '../../../db/sql.js';
import { canonicalTime, inOneMoment } from '../in-one-moment.js';
import { courseOf, courseTallies, hourTrades } from './courses.js';
import {
  HOUR_TEXT,
  hourOf,
  openPeriodBook,
  type PeriodBook,
  type RolledUp,
  type Span,
  within,
} from './roll-up.js';
import { decidedRows, decidedTallies, decisionRows, decisionTally, tradeRows, tradeTallies } from './sums.js';

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
    // Compiling the statements takes longer than running them as they are.
    await sql`set local jit = off`.execute(db);
    const book = openPeriodBook();
    const spans: readonly Span[] =
      scope.periods === null
        ? [{ kinds: scope.kinds, start: null, end: null }]
        : scope.periods.map(({ period, start, end }) => ({ kinds: [period], start, end }));
    const undated = scope.kinds.includes('all_time') ? await undatedTrades(db) : NONE_UNDATED;
    const tallies: PeriodTally[] = [];
    const days = new Map<string, string>();
    for (const [i, span] of spans.entries()) {
      const asked = scope.periods?.[i] ?? null;
      const counted = await countSpan(db, book, span, asked, undated);
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
  book: PeriodBook,
  asked: Span,
  period: Period | null,
  undated: Undated,
): Promise<{ readonly tallies: readonly PeriodTally[]; readonly days: readonly DayTally[] }> {
  const { kinds } = asked;
  // Daily sums are needed for returns, whichever periods are asked for.
  const span = { ...asked, kinds: kinds.includes('day') ? kinds : [...kinds, 'day' as const] };
  const hours = await hourTrades(db, asked);
  const counting = await started(tradeRows(db, span, book));
  const courses = byPeriodOfHour(hours.map(courseOf), kinds, book, courseTallies);
  const trades = await counting.result;
  const deciding = await started(decidedRows(db, asked, book));
  const sums = byPeriod(trades, tradeTallies);
  const decided = byPeriod(await deciding.result, decidedTallies);
  const decisions = byPeriod(await decisionRows(db, asked, book), decisionTally);
  const unknown = byPeriodOfHour(await unknownTrades(db, asked), kinds, book, (rows) => rows);
  const ever = undated.count > 0 && kinds.includes('all_time') ? [ALL_TIME] : [];
  const found = [...sums.keys(), ...decisions.keys()].filter((one) => kinds.includes(one.period));
  const periods = new Set([...(period === null ? [] : [book.own(period)]), ...found, ...ever]);
  const tallies = Array.from(periods, (one): PeriodTally => {
    const { unknownPnl, ...counted } = sums.get(one) ?? tradeTallies([]);
    const own = one.period === 'all_time' ? undated : NONE_UNDATED;
    return {
      period: one,
      ...counted,
      ...(decided.get(one) ?? decidedTallies([])),
      decisions: decisions.get(one) ?? decisionTally([]),
      ...(courses.get(one) ?? courseTallies([])),
      notCounted: { unknownPnl, undated: own.count, named: namesOf(unknown.get(one) ?? [], own) },
    };
  });
  const days = Array.from(sums).flatMap(([{ period, label }, { total }]) =>
    period === 'day' && total.trades > 0 ? [{ day: label, netUsd: total.netUsd }] : [],
  );
  return { tallies, days };
}

/** Sends a statement: the server works on it while rows that are here already are put together. */
async function started<T>(result: Promise<T>): Promise<{ readonly result: Promise<T> }> {
  await setImmediate();
  return { result };
}

function namesOf(unknown: readonly UnknownTrade[], undated: Undated): readonly NotCounted[] {
  const named = unknown.map(({ source, external_trade_id }) => ({
    source,
    externalTradeId: external_trade_id,
    reason: 'no realized P&L',
  }));
  return [...named, ...undated.named].sort(byIdentity).slice(0, MOST_NAMED);
}

interface UnknownTrade {
  readonly hour: string;
  readonly source: string;
  readonly external_trade_id: string;
}

/** The first of each hour are enough: the first of a longer period are among them. */
async function unknownTrades(db: Kysely<Schema>, span: Span): Promise<readonly UnknownTrade[]> {
  const { rows } = await sql<UnknownTrade>`
    select ${HOUR_TEXT} as hour, source, external_trade_id
    from (
      select ${hourOf('t.closed_at')} as h, t.source, t.external_trade_id,
        row_number() over (partition by ${hourOf('t.closed_at')}
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

type ReadingRow = Pick<EquityReading, 'at' | 'account' | 'since'> & {
  readonly value: string | null;
  readonly flow: string | null;
};

async function equityReadings(db: Kysely<Schema>): Promise<readonly EquityReading[]> {
  const { rows } = await sql<ReadingRow>`
    select ${canonicalTime('snapshot_at')} as at, source || '/' || account as account,
      case when quality = 'complete' then total_value_usd end::text as value, external_flow_usd::text as flow,
      ${canonicalTime('external_flows_since')} as since
    from maven_portfolio_snapshots order by snapshot_at, git_path collate "C"`.execute(db);
  return rows.map(({ value, flow, ...row }) => ({ ...row, valueUsd: value, flowUsd: flow }));
}

type ByPeriod<T> = ReadonlyMap<Period, T>;

function byPeriod<T>(rows: readonly RolledUp[], tally: (rows: readonly RolledUp[]) => T): ByPeriod<T> {
  const found = new Map<Period, RolledUp[]>();
  for (const row of rows) append(found, row.period, row);
  return new Map(Array.from(found, ([period, own]) => [period, tally(own)]));
}

function byPeriodOfHour<H extends { readonly hour: string }, T>(
  rows: readonly H[],
  kinds: readonly MetricsPeriod[],
  book: PeriodBook,
  tally: (rows: readonly H[]) => T,
): ByPeriod<T> {
  const found = new Map<Period, H[]>();
  for (const row of rows) {
    for (const kind of kinds) {
      const period = book.find(kind, row.hour);
      if (period !== null) append(found, period, row);
    }
  }
  return new Map(Array.from(found, ([period, own]) => [period, tally(own)]));
}

function append<K, T>(found: Map<K, T[]>, key: K, value: T): void {
  const values = found.get(key);
  if (values === undefined) found.set(key, [value]);
  else values.push(value);
}

function byIdentity(left: NotCounted, right: NotCounted): number {
  return compareText(left.source, right.source) || compareText(left.externalTradeId, right.externalTradeId);
}
