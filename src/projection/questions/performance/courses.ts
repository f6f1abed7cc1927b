import {
  addDecimals,
  compareDecimals,
  subtractDecimals,
  trimDecimal,
} from '../../../../parsers/decimal-arithmetic.js';
import type { DrawdownTally, StreakTally } from '../../../../parsers/performance-tally.js';
import type { Schema } from '../../../db/schema.js';
import { type Kysely, sql } from '../../../db/sql.js';
import { canonicalTime } from '../in-one-moment.js';
import { type Span, within } from './roll-up.js';

/** How an hour's trades went, one after the other; hours are put together in order. */
export interface HourCourse {
  /** `2026-01-14T15` */
  readonly h: string;
  /** A letter a trade: W, L or B. */
  readonly outcomes: string;
  readonly net: string;
  /** Highest and lowest sum since the hour began, and when it was there first. */
  readonly top: string;
  readonly top_at: string;
  readonly bottom: string;
  readonly bottom_at: string;
  /** Deepest fall within the hour, from a peak that is never below where the hour began. */
  readonly fall: string;
  readonly fall_at: string;
  readonly fall_peak: string;
  /** null = from where the hour began. */
  readonly fall_peak_at: string | null;
  readonly first_at: string;
  readonly last_at: string;
}

const TIMES = ['top_at', 'bottom_at', 'fall_at', 'fall_peak_at', 'first_at', 'last_at'] as const;
const AMOUNTS = ['net', 'top', 'bottom', 'fall', 'fall_peak'] as const;

/** Reads the course of every hour with trades, in order. */
export async function hourCourses(db: Kysely<Schema>, span: Span): Promise<readonly HourCourse[]> {
  const columns = [
    ...TIMES.map((name) => canonicalTime(name).as(name)),
    ...AMOUNTS.map((name) => sql<string>`${sql.ref(name)}::text`.as(name)),
  ];
  const { rows } = await sql<HourCourse>`
    with steps as (
      select date_trunc('hour', t.closed_at, 'UTC') as h, t.closed_at, sum(t.net_pnl_usd) as net,
        string_agg(case when t.realized_pnl_usd > 0 then 'W' when t.realized_pnl_usd < 0 then 'L' else 'B' end, ''
          order by t.source collate "C", t.external_trade_id collate "C") as outcomes
      from maven_trades t
      where t.status in ('closed', 'liquidated') and t.closed_at is not null and t.realized_pnl_usd is not null
        ${within('t.closed_at', span)}
      group by t.closed_at
    ), sums as (
      select *, sum(net) over hour as s from steps
      window hour as (partition by h order by closed_at rows unbounded preceding)
    ), peaks as (
      select *, greatest(0, max(s) over hour) as peak, max(s) over whole as top, min(s) over whole as bottom
      from sums
      window hour as (partition by h order by closed_at rows unbounded preceding), whole as (partition by h)
    ), falls as (
      select *, max(peak - s) over (partition by h) as fall from peaks
    ), hours as (
      select h, string_agg(outcomes, '' order by closed_at) as outcomes, sum(net) as net, top, bottom, fall,
        min(closed_at) filter (where s = top) as top_at,
        min(closed_at) filter (where s = bottom) as bottom_at,
        min(closed_at) filter (where peak - s = fall) as fall_at,
        -- A peak never sinks: the lowest one of that depth is the first.
        min(peak) filter (where peak - s = fall) as fall_peak,
        min(closed_at) as first_at, max(closed_at) as last_at
      from falls group by h, top, bottom, fall
    ), rises as (
      select o.h, min(f.closed_at) as fall_peak_at
      from hours o join sums f on f.h = o.h and f.s = o.fall_peak where o.fall_peak > 0 group by o.h
    ), dated as (
      select o.*, r.fall_peak_at from hours o left join rises r on r.h = o.h
    )
    select to_char(h at time zone 'UTC', 'YYYY-MM-DD"T"HH24') as h, outcomes, ${sql.join(columns)}
    from dated order by dated.h`.execute(db);
  return rows;
}

/** Runs of the outcomes of consecutive hours, read from their letters. */
export function streaksOf(hours: readonly HourCourse[]): StreakTally {
  const outcomes = hours.map((hour) => hour.outcomes).join('');
  if (outcomes === '') return { longestWin: 0, longestLoss: 0, current: null };
  const longest = (runs: readonly string[] | null): number =>
    (runs ?? []).reduce((length, run) => Math.max(length, run.length), 0);
  // From the back: an expression that looks for the end would try every run of a million trades.
  const last = outcomes.slice(-1);
  let first = outcomes.length - 1;
  while (first > 0 && outcomes[first - 1] === last) first -= 1;
  const run = outcomes.length - first;
  const current = last === 'W' ? run : last === 'L' ? -run : 0;
  return {
    longestWin: longest(outcomes.match(/W+/g)),
    longestLoss: longest(outcomes.match(/L+/g)),
    current,
  };
}

/** Puts the courses of consecutive hours together: each begins where the one before ended. */
export function drawdownOf(hours: readonly HourCourse[]): DrawdownTally {
  let sum = '0';
  let [peak, peakAt]: [string, string | null] = ['0', null];
  let deepest: Pick<DrawdownTally, 'usd' | 'peakUsd' | 'from' | 'to'> = {
    usd: '0',
    peakUsd: '0',
    from: null,
    to: null,
  };
  for (const hour of hours) {
    const ownPeak = addDecimals(sum, hour.fall_peak);
    const risen = compareDecimals(ownPeak, peak) > 0;
    const falls = [
      // From the peak of the hours before to the lowest point of this one, and the hour's own fall.
      {
        usd: subtractDecimals(peak, addDecimals(sum, hour.bottom)),
        to: hour.bottom_at,
        peakUsd: peak,
        from: peakAt,
      },
      {
        usd: hour.fall,
        to: hour.fall_at,
        peakUsd: risen ? ownPeak : peak,
        from: risen ? hour.fall_peak_at : peakAt,
      },
    ].sort((left, right) => compareDecimals(right.usd, left.usd) || (left.to < right.to ? -1 : 1));
    const fall = falls[0];
    if (fall !== undefined && compareDecimals(fall.usd, deepest.usd) > 0) deepest = fall;
    const top = addDecimals(sum, hour.top);
    if (compareDecimals(top, peak) > 0) [peak, peakAt] = [top, hour.top_at];
    sum = addDecimals(sum, hour.net);
  }
  const { usd, peakUsd, from, to } = deepest;
  return {
    usd: trimDecimal(usd),
    peakUsd: trimDecimal(peakUsd),
    from,
    to,
    first: hours[0]?.first_at ?? null,
    last: hours.at(-1)?.last_at ?? null,
  };
}
