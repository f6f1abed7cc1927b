import { addDecimals, trimDecimal } from '../../../../parsers/decimal-arithmetic.js';
import type {
  BucketTally,
  DecidedTally,
  GroupTally,
  NamedTally,
  PeriodTally,
} from '../../../../parsers/performance-tally.js';
import type { Schema } from '../../../db/schema.js';
import { type Kysely, sql } from '../../../db/sql.js';
import { countOf, type RolledUp, rollUp, type Span, within } from './roll-up.js';

type Values = RolledUp['values'];
/** Rows of one kind of sum; several of a period where there are keys. */
type Rows = readonly RolledUp[];

const HOUR = sql`date_trunc('hour', t.closed_at, 'UTC') as h`;
const ENDED = sql`t.status in ('closed', 'liquidated') and t.closed_at is not null`;
const COUNTED = sql`${ENDED} and t.realized_pnl_usd is not null`;
const GROUP_SUMS = ['trades', 'winning', 'losing', 'net', 'fees', 'unknown_fees'] as const;

const groupSums = sql`count(t.realized_pnl_usd) as trades,
  count(*) filter (where t.realized_pnl_usd > 0) as winning,
  count(*) filter (where t.realized_pnl_usd < 0) as losing,
  coalesce(sum(t.net_pnl_usd), 0) as net,
  coalesce(sum(t.fees_usd) filter (where t.realized_pnl_usd is not null), 0) as fees,
  count(*) filter (where t.realized_pnl_usd is not null and t.fees_usd is null) as unknown_fees`;

/** Sums over all trades of each period. */
export function totalRows(db: Kysely<Schema>, span: Span): Promise<Rows> {
  const held = sql`t.closed_at >= t.opened_at`;
  const seconds = (outcome: ReturnType<typeof sql>) =>
    sql`coalesce(extract(epoch from sum(t.closed_at - t.opened_at) filter (where ${held} and ${outcome})), 0)`;
  const [known, won, lost] = [
    sql`t.realized_pnl_usd is not null`,
    sql`t.realized_pnl_usd > 0`,
    sql`t.realized_pnl_usd < 0`,
  ];
  const hourly = sql`select ${HOUR}, ${groupSums},
      count(*) filter (where t.net_pnl_usd > 0) as profits,
      count(*) filter (where t.net_pnl_usd < 0) as losses,
      coalesce(sum(t.net_pnl_usd) filter (where t.net_pnl_usd > 0), 0) as profits_usd,
      coalesce(sum(t.net_pnl_usd) filter (where t.net_pnl_usd < 0), 0) as losses_usd,
      coalesce(sum(t.realized_pnl_usd) filter (where ${won}), 0) as realized_profit,
      count(*) filter (where ${held} and ${known}) as held,
      count(*) filter (where ${held} and ${won}) as held_won,
      count(*) filter (where ${held} and ${lost}) as held_lost,
      ${seconds(known)} as held_seconds, ${seconds(won)} as held_won_seconds, ${seconds(lost)} as held_lost_seconds,
      count(*) filter (where t.realized_pnl_usd is null) as unknown_pnl
    from maven_trades t where ${ENDED} ${within('t.closed_at', span)} group by 1`;
  return rollUp(
    db,
    span,
    hourly,
    [],
    [
      ...GROUP_SUMS,
      'profits',
      'losses',
      'profits_usd',
      'losses_usd',
      'realized_profit',
      'held',
      'held_won',
      'held_lost',
      'held_seconds',
      'held_won_seconds',
      'held_lost_seconds',
      'unknown_pnl',
    ],
  );
}

/** Sums by asset, bot, source and side, `dimension` 0 to 3. */
export function groupRows(db: Kysely<Schema>, span: Span): Promise<Rows> {
  const hourly = sql`select ${HOUR},
      case when grouping(t.asset) = 0 then 0 when grouping(t.source_bot_id) = 0 then 1
        when grouping(t.trade_source) = 0 then 2 else 3 end as dimension,
      case when grouping(t.asset) = 0 then t.asset when grouping(t.source_bot_id) = 0 then t.source_bot_id
        when grouping(t.trade_source) = 0 then t.trade_source else t.side end as name,
      ${groupSums}
    from maven_trades t where ${COUNTED} ${within('t.closed_at', span)}
    group by grouping sets ((1, t.asset), (1, t.source_bot_id), (1, t.trade_source), (1, t.side))`;
  return rollUp(db, span, hourly, ['dimension', 'name'], GROUP_SUMS);
}

/** Sums of trades that carry out a decision, by bucket of its confidence; null = it states none. */
export function decidedRows(db: Kysely<Schema>, span: Span): Promise<Rows> {
  const hourly = sql`select ${HOUR}, case when d.confidence >= 90 then 9 else floor(d.confidence / 10) end as bucket,
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
    where ${COUNTED} ${within('t.closed_at', span)} group by 1, 2`;
  return rollUp(
    db,
    span,
    hourly,
    ['bucket'],
    ['trades', 'winning', 'net', 'confidence', 'squared_error', 'high', 'high_wins', 'low', 'low_losses'],
  );
}

/** Decisions by the time at which they were made. */
export function decisionRows(db: Kysely<Schema>, span: Span): Promise<Rows> {
  const hourly = sql`select date_trunc('hour', d.decided_at, 'UTC') as h, count(*) as made,
      count(d.confidence) as confident, coalesce(sum(d.confidence), 0) as confidence
    from maven_decisions d where true ${within('d.decided_at', span)} group by 1`;
  return rollUp(db, span, hourly, [], ['made', 'confident', 'confidence']);
}

export function groupTally(values: Values): GroupTally {
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

export function namedTallies(rows: Rows, dimension: string): readonly NamedTally[] {
  return rows
    .filter(({ values }) => values.dimension === dimension)
    .map(({ values }) => ({ name: values.name ?? null, ...groupTally(values) }));
}

/** Numbers of all trades of a period that are neither counts of outcomes nor fees. */
export function totalParts(
  values: Values,
): Pick<PeriodTally, 'profits' | 'losses' | 'realizedProfitUsd' | 'hold'> {
  const held = (name: string) => ({
    count: countOf(values, name),
    seconds: sumText(values, `${name}_seconds`),
  });
  return {
    profits: { count: countOf(values, 'profits'), usd: sumText(values, 'profits_usd') },
    losses: { count: countOf(values, 'losses'), usd: sumText(values, 'losses_usd') },
    realizedProfitUsd: sumText(values, 'realized_profit'),
    hold: { all: held('held'), winning: held('held_won'), losing: held('held_lost') },
  };
}

export function decidedTally(rows: Rows): DecidedTally {
  const total = (column: string): number =>
    rows.reduce((sum, { values }) => sum + countOf(values, column), 0);
  return {
    trades: total('trades'),
    netUsd: trimDecimal(rows.reduce((sum, { values }) => addDecimals(sum, sumText(values, 'net')), '0')),
    high: total('high'),
    highWins: total('high_wins'),
    low: total('low'),
    lowLosses: total('low_losses'),
  };
}

export function bucketTallies(rows: Rows): readonly BucketTally[] {
  return rows
    .filter(({ values }) => values.bucket !== null)
    .map(({ values }) => ({
      bucket: countOf(values, 'bucket'),
      trades: countOf(values, 'trades'),
      winning: countOf(values, 'winning'),
      netUsd: sumText(values, 'net'),
      confidenceSum: sumText(values, 'confidence'),
      squaredErrorSum: sumText(values, 'squared_error'),
    }));
}

export function sumText(values: Values, column: string): string {
  return trimDecimal(values[column] ?? '0');
}
