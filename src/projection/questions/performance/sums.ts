import { addDecimals, trimDecimal } from '../../../../parsers/decimal-arithmetic.js';
import type { GroupTally, NamedTally, PeriodTally } from '../../../../parsers/performance-tally.js';
import type { Schema } from '../../../db/schema.js';
import { type Kysely, type RawBuilder, sql } from '../../../db/sql.js';
import { hourOf, type PeriodBook, type RolledUp, rollUp, type Span, within } from './roll-up.js';

type Values = Readonly<Record<string, string | null | undefined>>;
/** Rows of one kind of sum; several of a period where there are keys. */
type Rows = readonly RolledUp[];

const ENDED = sql`t.status in ('closed', 'liquidated') and t.closed_at is not null`;
const COUNTED = sql`${ENDED} and t.realized_pnl_usd is not null`;

/** Sums of every group of trades. */
const GROUP_SUMS = {
  trades: sql`sum(n) filter (where outcome is not null)`,
  winning: sql`sum(n) filter (where outcome = 1)`,
  losing: sql`sum(n) filter (where outcome = -1)`,
  net: sql`sum(net)`,
  fees: sql`sum(fees) filter (where outcome is not null)`,
  unknown_fees: sql`sum(n - known_fees) filter (where outcome is not null)`,
};

/** Further sums of all trades together. */
const TOTAL_SUMS = {
  profits: sql`sum(n) filter (where gain = 1)`,
  losses: sql`sum(n) filter (where gain = -1)`,
  profits_usd: sql`sum(net) filter (where gain = 1)`,
  losses_usd: sql`sum(net) filter (where gain = -1)`,
  realized_profit: sql`sum(realized) filter (where outcome = 1)`,
  held: sql`sum(n) filter (where holds and outcome is not null)`,
  held_won: sql`sum(n) filter (where holds and outcome = 1)`,
  held_lost: sql`sum(n) filter (where holds and outcome = -1)`,
  held_seconds: sql`extract(epoch from sum(held) filter (where holds and outcome is not null))`,
  held_won_seconds: sql`extract(epoch from sum(held) filter (where holds and outcome = 1))`,
  held_lost_seconds: sql`extract(epoch from sum(held) filter (where holds and outcome = -1))`,
  unknown_pnl: sql`sum(n) filter (where outcome is null)`,
};

const TRADE_SUMS = [...Object.keys(GROUP_SUMS), ...Object.keys(TOTAL_SUMS)];
const DECIDED_SUMS = [
  'trades',
  'winning',
  'net',
  'confidence',
  'squared_error',
  'high',
  'high_wins',
  'low',
  'low_losses',
];
const DECISION_SUMS = ['made', 'confident', 'confidence'];

/** What a row of {@link tradeRows} adds up: the trades of one asset, bot, source or side, or all. */
const DIMENSION = { asset: '7', bot: '11', source: '13', side: '14', total: '15' } as const;

/**
 * Sums over trades, of each period and `dimension`.
 *
 * The table is read once: trades that agree in everything that is told apart are added up first, and all else is made of
 * those few.
 */
export function tradeRows(db: Kysely<Schema>, span: Span, book: PeriodBook): Promise<Rows> {
  const named = ([name, sum]: [string, RawBuilder<unknown>]) => sql`coalesce(${sum}, 0) as ${sql.ref(name)}`;
  const group = Object.entries(GROUP_SUMS).map(named);
  const total = Object.entries(TOTAL_SUMS).map(named);
  const none = total.map(() => sql`null`);
  // A bit for each column that the row does not tell apart, the first one highest.
  const dimension = sql`grouping(asset, source_bot_id, trade_source, side)`;
  const hourly = sql`alike as materialized (
      select ${hourOf('t.closed_at')} as h, t.asset, t.source_bot_id, t.trade_source, t.side,
        sign(t.realized_pnl_usd) as outcome, sign(t.net_pnl_usd) as gain, t.closed_at >= t.opened_at as holds,
        count(*) as n, count(t.fees_usd) as known_fees, sum(t.net_pnl_usd) as net, sum(t.fees_usd) as fees,
        sum(t.realized_pnl_usd) as realized, sum(t.closed_at - t.opened_at) as held
      from maven_trades t where ${ENDED} ${within('t.closed_at', span)} group by 1, 2, 3, 4, 5, 6, 7, 8
    ), hourly as materialized (
      select h, ${sql.lit(Number(DIMENSION.total))} as dimension, null as name, ${sql.join([...group, ...total])}
      from alike group by h
      union all
      select h, ${dimension}, case ${dimension} when ${sql.lit(Number(DIMENSION.asset))} then asset
          when ${sql.lit(Number(DIMENSION.bot))} then source_bot_id
          when ${sql.lit(Number(DIMENSION.source))} then trade_source else side end,
        ${sql.join([...group, ...none])}
      from alike where outcome is not null
      group by grouping sets ((h, asset), (h, source_bot_id), (h, trade_source), (h, side))
    )`;
  return rollUp(db, span, book, hourly, ['dimension', 'name'], TRADE_SUMS);
}

/** Sums of trades that carry out a decision, by bucket of its confidence; null = it states none. */
export function decidedRows(db: Kysely<Schema>, span: Span, book: PeriodBook): Promise<Rows> {
  const hourly = sql`hourly as materialized (
    select ${hourOf('t.closed_at')} as h, case when d.confidence >= 90 then 9 else floor(d.confidence / 10) end as bucket,
      count(*) as trades,
      count(*) filter (where t.realized_pnl_usd > 0) as winning,
      sum(t.net_pnl_usd) as net,
      coalesce(sum(d.confidence), 0) as confidence,
      coalesce(sum((d.confidence - case when t.realized_pnl_usd > 0 then 100 else 0 end)
        * (d.confidence - case when t.realized_pnl_usd > 0 then 100 else 0 end)), 0) as squared_error,
      count(*) filter (where d.confidence > 70) as high,
      count(*) filter (where d.confidence > 70 and t.realized_pnl_usd > 0) as high_wins,
      count(*) filter (where d.confidence < 40) as low,
      count(*) filter (where d.confidence < 40 and t.realized_pnl_usd < 0) as low_losses
    from maven_trades t join maven_decisions d on d.id = t.decision_id
    where ${COUNTED} ${within('t.closed_at', span)} group by 1, 2)`;
  return rollUp(db, span, book, hourly, ['bucket'], DECIDED_SUMS);
}

/** Decisions by the time at which they were made. */
export function decisionRows(db: Kysely<Schema>, span: Span, book: PeriodBook): Promise<Rows> {
  const hourly = sql`hourly as materialized (select ${hourOf('d.decided_at')} as h, count(*) as made,
      count(d.confidence) as confident, coalesce(sum(d.confidence), 0) as confidence
    from maven_decisions d where true ${within('d.decided_at', span)} group by 1)`;
  return rollUp(db, span, book, hourly, [], DECISION_SUMS);
}

/** What the sums over its trades say of a period. @param found - of {@link tradeRows}; none = no trade ended in it. */
export function tradeTallies(found: Rows): TradeTallies {
  const rows = found.map((row) => valuesOf(row, TRADE_SUMS));
  const total = rows.find(({ dimension }) => dimension === DIMENSION.total) ?? {};
  const held = (name: string) => ({
    count: countOf(total, name),
    seconds: sumText(total, `${name}_seconds`),
  });
  const groups = (dimension: string): readonly NamedTally[] =>
    rows
      .filter((row) => row.dimension === dimension)
      .map((row) => ({ name: row.name ?? null, ...groupTally(row) }));
  return {
    total: groupTally(total),
    assets: groups(DIMENSION.asset),
    bots: groups(DIMENSION.bot),
    sources: groups(DIMENSION.source),
    sides: groups(DIMENSION.side),
    profits: { count: countOf(total, 'profits'), usd: sumText(total, 'profits_usd') },
    losses: { count: countOf(total, 'losses'), usd: sumText(total, 'losses_usd') },
    realizedProfitUsd: sumText(total, 'realized_profit'),
    hold: { all: held('held'), winning: held('held_won'), losing: held('held_lost') },
    unknownPnl: countOf(total, 'unknown_pnl'),
  };
}

type TradeTallies = Pick<
  PeriodTally,
  'total' | 'assets' | 'bots' | 'sources' | 'sides' | 'profits' | 'losses' | 'realizedProfitUsd' | 'hold'
> & { readonly unknownPnl: number };

function groupTally(values: Values): GroupTally {
  const [trades, winning, losing] = [
    countOf(values, 'trades'),
    countOf(values, 'winning'),
    countOf(values, 'losing'),
  ];
  return {
    trades,
    winning,
    losing,
    breakeven: trades - winning - losing,
    netUsd: sumText(values, 'net'),
    feesUsd: sumText(values, 'fees'),
    unknownFees: countOf(values, 'unknown_fees'),
  };
}

/** @param found - of {@link decidedRows}, one a bucket. */
export function decidedTallies(found: Rows): Pick<PeriodTally, 'decided' | 'buckets'> {
  const rows = found.map((row) => valuesOf(row, DECIDED_SUMS));
  const total = (column: string): number => rows.reduce((sum, row) => sum + countOf(row, column), 0);
  const net = rows.reduce((sum, row) => addDecimals(sum, sumText(row, 'net')), '0');
  return {
    decided: {
      trades: total('trades'),
      netUsd: trimDecimal(net),
      high: total('high'),
      highWins: total('high_wins'),
      low: total('low'),
      lowLosses: total('low_losses'),
    },
    buckets: rows
      .filter(({ bucket }) => bucket != null)
      .map((row) => ({
        bucket: countOf(row, 'bucket'),
        trades: countOf(row, 'trades'),
        winning: countOf(row, 'winning'),
        netUsd: sumText(row, 'net'),
        confidenceSum: sumText(row, 'confidence'),
        squaredErrorSum: sumText(row, 'squared_error'),
      })),
  };
}

/** @param rows - of {@link decisionRows}, one or none. */
export function decisionTally([row]: Rows): PeriodTally['decisions'] {
  const values = row === undefined ? {} : valuesOf(row, DECISION_SUMS);
  return {
    made: countOf(values, 'made'),
    confident: countOf(values, 'confident'),
    confidenceSum: sumText(values, 'confidence'),
  };
}

function valuesOf({ keys, sums }: RolledUp, names: readonly string[]): Values {
  const values: Record<string, string | null | undefined> = {
    dimension: keys.dimension,
    name: keys.name,
    bucket: keys.bucket,
  };
  sums.split(' ').forEach((sum, i) => {
    values[names[i] ?? ''] = sum;
  });
  return values;
}

function sumText(values: Values, column: string): string {
  return trimDecimal(values[column] ?? '0');
}

/** A count that came as text. */
function countOf(values: Values, column: string): number {
  return Number(values[column] ?? 0);
}
