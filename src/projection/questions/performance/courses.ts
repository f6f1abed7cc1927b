import {
  addDecimals,
  compareDecimals,
  fractionLength,
  scaleDecimal,
  subtractDecimals,
  trimDecimal,
  unscaleDecimal,
} from '../../../../parsers/decimal-arithmetic.js';
import type { DrawdownTally, PeriodTally, StreakTally } from '../../../../parsers/performance-tally.js';
import type { Schema } from '../../../db/schema.js';
import { type Kysely, sql } from '../../../db/sql.js';
import { HOUR_TEXT, hourOf, type Span, within } from './roll-up.js';

/** How an hour's trades went, one after the other; hours are put together in order. */
interface HourCourse {
  /** `2026-01-14T15` */
  readonly hour: string;
  /** A letter a trade: W, L or B. */
  readonly outcomes: string;
  readonly netUsd: string;
  /** Highest and lowest sum since the hour began, and when it was there first. */
  readonly topUsd: string;
  readonly topAt: string;
  readonly bottomUsd: string;
  readonly bottomAt: string;
  /** Deepest fall within the hour, from a peak that is never below where the hour began. */
  readonly fallUsd: string;
  readonly fallAt: string;
  readonly fallPeakUsd: string;
  /** null = from where the hour began. */
  readonly fallPeakAt: string | null;
  readonly firstAt: string;
  readonly lastAt: string;
}

/** The trades that ended in an hour. */
export interface HourTrades {
  readonly hour: string;
  /** Of each its outcome, net, a space and the second of the hour, in order of closing: `W12.5 31.536000,L-3 31.536000`. */
  readonly trades: string;
}

/** Reads every hour with trades, in order. */
export async function hourTrades(db: Kysely<Schema>, span: Span): Promise<readonly HourTrades[]> {
  // One row an hour, its trades as one text: a million rows would take longer to hand over than to sort.
  const { rows } = await sql<HourTrades>`
    select ${HOUR_TEXT} as hour,
      string_agg(outcome || net || ' ' || extract(epoch from closed_at - h), ','
        order by closed_at, source collate "C", external_trade_id collate "C") as trades
    from (
      select ${hourOf('t.closed_at')} as h, t.closed_at, t.net_pnl_usd as net, t.source, t.external_trade_id,
        case when t.realized_pnl_usd > 0 then 'W' when t.realized_pnl_usd < 0 then 'L' else 'B' end as outcome
      from maven_trades t
      where t.status in ('closed', 'liquidated') and t.closed_at is not null and t.realized_pnl_usd is not null
        ${within('t.closed_at', span)}
    ) ended group by h order by h`.execute(db);
  return rows;
}

/** Goes through the trades of an hour. */
export function courseOf({ hour, trades }: HourTrades): HourCourse {
  const steps = trades.split(',').map((trade) => {
    const space = trade.indexOf(' ');
    return { outcome: trade.slice(0, 1), net: trade.slice(1, space), second: trade.slice(space + 1) };
  });
  const scale = steps.reduce((places, { net }) => Math.max(places, fractionLength(net)), 0);
  const start = { usd: 0n, second: null as string | null };
  let [sum, peak, top, bottom] = [0n, start, start, start];
  let fall = { usd: 0n, second: steps[0]?.second ?? '', from: start };
  let outcomes = '';
  steps.forEach(({ outcome, net, second }, i) => {
    outcomes += outcome;
    sum += scaleDecimal(net, scale);
    // Trades of one microsecond are one step.
    if (steps[i + 1]?.second === second) return;
    if (top.second === null || sum > top.usd) top = { usd: sum, second };
    if (bottom.second === null || sum < bottom.usd) bottom = { usd: sum, second };
    if (sum > peak.usd) peak = { usd: sum, second };
    if (peak.usd - sum > fall.usd) fall = { usd: peak.usd - sum, second, from: peak };
  });
  const usd = (unscaled: bigint): string => unscaleDecimal(unscaled, scale);
  return {
    hour,
    outcomes,
    netUsd: usd(sum),
    topUsd: usd(top.usd),
    topAt: timeIn(hour, top.second ?? ''),
    bottomUsd: usd(bottom.usd),
    bottomAt: timeIn(hour, bottom.second ?? ''),
    fallUsd: usd(fall.usd),
    fallAt: timeIn(hour, fall.second),
    fallPeakUsd: usd(fall.from.usd),
    fallPeakAt: fall.from.second === null ? null : timeIn(hour, fall.from.second),
    firstAt: timeIn(hour, steps[0]?.second ?? ''),
    lastAt: timeIn(hour, steps.at(-1)?.second ?? ''),
  };
}

/** @param second - of the hour, with six fraction digits: `3599.999999`. */
function timeIn(hour: string, second: string): string {
  const [whole = '', fraction = ''] = second.split('.');
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${hour}:${two(Math.floor(Number(whole) / 60))}:${two(Number(whole) % 60)}.${fraction.padEnd(6, '0')}+00:00`;
}

/** What the courses of consecutive hours say of the time that they make up. */
export function courseTallies(hours: readonly HourCourse[]): Pick<PeriodTally, 'streaks' | 'drawdown'> {
  return { streaks: streaksOf(hours), drawdown: drawdownOf(hours) };
}

/** Runs of the outcomes of consecutive hours, read from their letters. */
function streaksOf(hours: readonly HourCourse[]): StreakTally {
  let [longestWin, longestLoss, length, last] = [0, 0, 0, 0];
  for (const { outcomes } of hours) {
    for (let at = 0; at < outcomes.length; at++) {
      const letter = outcomes.charCodeAt(at);
      length = letter === last ? length + 1 : 1;
      last = letter;
      if (letter === WON && length > longestWin) longestWin = length;
      if (letter === LOST && length > longestLoss) longestLoss = length;
    }
  }
  const current = last === WON ? length : last === LOST ? -length : 0;
  return { longestWin, longestLoss, current: last === 0 ? null : current };
}

const WON = 'W'.charCodeAt(0);
const LOST = 'L'.charCodeAt(0);

/** Puts the courses of consecutive hours together: each begins where the one before ended. */
function drawdownOf(hours: readonly HourCourse[]): DrawdownTally {
  let sum = '0';
  let [peak, peakAt]: [string, string | null] = ['0', null];
  let deepest: Pick<DrawdownTally, 'usd' | 'peakUsd' | 'from' | 'to'> = {
    usd: '0',
    peakUsd: '0',
    from: null,
    to: null,
  };
  for (const hour of hours) {
    const ownPeak = addDecimals(sum, hour.fallPeakUsd);
    const risen = compareDecimals(ownPeak, peak) > 0;
    const falls = [
      // From the peak of the hours before to the lowest point of this one, and the hour's own fall.
      {
        usd: subtractDecimals(peak, addDecimals(sum, hour.bottomUsd)),
        to: hour.bottomAt,
        peakUsd: peak,
        from: peakAt,
      },
      {
        usd: hour.fallUsd,
        to: hour.fallAt,
        peakUsd: risen ? ownPeak : peak,
        from: risen ? hour.fallPeakAt : peakAt,
      },
    ].sort((left, right) => compareDecimals(right.usd, left.usd) || (left.to < right.to ? -1 : 1));
    const fall = falls[0];
    if (fall !== undefined && compareDecimals(fall.usd, deepest.usd) > 0) deepest = fall;
    const top = addDecimals(sum, hour.topUsd);
    if (compareDecimals(top, peak) > 0) [peak, peakAt] = [top, hour.topAt];
    sum = addDecimals(sum, hour.netUsd);
  }
  const { usd, peakUsd, from, to } = deepest;
  return {
    usd: trimDecimal(usd),
    peakUsd: trimDecimal(peakUsd),
    from,
    to,
    first: hours[0]?.firstAt ?? null,
    last: hours.at(-1)?.lastAt ?? null,
  };
}
