import { COUNT } from './count-field.js';
import { DECIMAL, SHORT } from './field-type.js';
import { InvalidRecordError } from './invalid-record-error.js';
import type { JsonNode } from './json-node.js';
import { jsonObject, jsonOptional, jsonRequired } from './json-write.js';
import type { ObjectFields } from './object-fields.js';

/** How the trades of a group ended; a group is an asset, a bot, a source of trades or a side. */
export interface GroupPerformance {
  /** null = the trades that name none, such as a trade without a bot. */
  readonly name: string | null;
  readonly trades: string;
  readonly pnlUsd: string | null;
  readonly winRatePct: string | null;
  /** What files of version 1 do not hold: null in them, and only in them. */
  readonly spread: GroupSpread | null;
}

export interface GroupSpread {
  readonly winning: string;
  readonly losing: string;
  readonly breakeven: string;
  /** null = of no trade of the group. */
  readonly feesUsd: string | null;
  /** Wilson's interval of the win rate, 95 %. */
  readonly winRateLowPct: string | null;
  readonly winRateHighPct: string | null;
}

/** Trades of decisions whose confidence lies in [fromPct, toPct), or up to 100 in the last one. */
export interface ConfidenceBucket {
  readonly fromPct: string;
  readonly toPct: string;
  readonly trades: string;
  readonly winning: string;
  readonly avgConfidencePct: string | null;
  readonly pnlUsd: string | null;
  readonly winRatePct: string | null;
  readonly winRateLowPct: string | null;
  readonly winRateHighPct: string | null;
}

/** A trade that ended, and that no number counts. */
export interface NotCounted {
  readonly source: string;
  readonly externalTradeId: string;
  readonly reason: string;
}

/** @param key - what the group's name is called: `asset`, `bot`, `source`, `side`. */
export function formatGroup(key: string, group: GroupPerformance, version: 1 | 2): JsonNode {
  const { spread } = group;
  if ((spread === null) !== (version === 1))
    throw new InvalidRecordError(key, 'counts of outcomes from version 2 on, and none before');
  const fields = [
    version === 1 ? jsonRequired(key, SHORT, group.name ?? '') : jsonOptional(key, SHORT, group.name),
    jsonRequired('trades', COUNT, group.trades),
    jsonOptional('pnl_usd', DECIMAL, group.pnlUsd),
    jsonOptional('win_rate_pct', DECIMAL, group.winRatePct),
  ];
  if (spread === null) return jsonObject(fields);
  return jsonObject([
    ...fields,
    jsonOptional('win_rate_low_pct', DECIMAL, spread.winRateLowPct),
    jsonOptional('win_rate_high_pct', DECIMAL, spread.winRateHighPct),
    jsonRequired('winning', COUNT, spread.winning),
    jsonRequired('losing', COUNT, spread.losing),
    jsonRequired('breakeven', COUNT, spread.breakeven),
    jsonOptional('fees_usd', DECIMAL, spread.feesUsd),
  ]);
}

export function readGroup(key: string, version: 1 | 2): (fields: ObjectFields) => GroupPerformance {
  return (fields) => ({
    name: version === 1 ? fields.required(key, SHORT, '') : fields.optional(key, SHORT),
    trades: fields.required('trades', COUNT, ''),
    pnlUsd: fields.optional('pnl_usd', DECIMAL),
    winRatePct: fields.optional('win_rate_pct', DECIMAL),
    spread: version === 1 ? null : readSpread(fields),
  });
}

function readSpread(fields: ObjectFields): GroupSpread {
  return {
    winRateLowPct: fields.optional('win_rate_low_pct', DECIMAL),
    winRateHighPct: fields.optional('win_rate_high_pct', DECIMAL),
    winning: fields.required('winning', COUNT, ''),
    losing: fields.required('losing', COUNT, ''),
    breakeven: fields.required('breakeven', COUNT, ''),
    feesUsd: fields.optional('fees_usd', DECIMAL),
  };
}

export function formatBucket(bucket: ConfidenceBucket): JsonNode {
  return jsonObject([
    jsonRequired('from_pct', DECIMAL, bucket.fromPct),
    jsonRequired('to_pct', DECIMAL, bucket.toPct),
    jsonRequired('trades', COUNT, bucket.trades),
    jsonRequired('winning', COUNT, bucket.winning),
    jsonOptional('avg_confidence_pct', DECIMAL, bucket.avgConfidencePct),
    jsonOptional('pnl_usd', DECIMAL, bucket.pnlUsd),
    jsonOptional('win_rate_pct', DECIMAL, bucket.winRatePct),
    jsonOptional('win_rate_low_pct', DECIMAL, bucket.winRateLowPct),
    jsonOptional('win_rate_high_pct', DECIMAL, bucket.winRateHighPct),
  ]);
}

export function readBucket(fields: ObjectFields): ConfidenceBucket {
  return {
    fromPct: fields.required('from_pct', DECIMAL, ''),
    toPct: fields.required('to_pct', DECIMAL, ''),
    trades: fields.required('trades', COUNT, ''),
    winning: fields.required('winning', COUNT, ''),
    avgConfidencePct: fields.optional('avg_confidence_pct', DECIMAL),
    pnlUsd: fields.optional('pnl_usd', DECIMAL),
    winRatePct: fields.optional('win_rate_pct', DECIMAL),
    winRateLowPct: fields.optional('win_rate_low_pct', DECIMAL),
    winRateHighPct: fields.optional('win_rate_high_pct', DECIMAL),
  };
}

export function formatNotCounted({ source, externalTradeId, reason }: NotCounted): JsonNode {
  return jsonObject([
    jsonRequired('source', SHORT, source),
    jsonRequired('external_trade_id', SHORT, externalTradeId),
    jsonRequired('reason', SHORT, reason),
  ]);
}

export function readNotCounted(fields: ObjectFields): NotCounted {
  return {
    source: fields.required('source', SHORT, ''),
    externalTradeId: fields.required('external_trade_id', SHORT, ''),
    reason: fields.required('reason', SHORT, ''),
  };
}
