import { compareDecimals } from '../../../parsers/decimal-arithmetic.js';
import type { TradeRevision } from '../../../parsers/trades.js';

/** What a later revision of a trade may change. */
export type TradeField = Exclude<
  keyof TradeRevision,
  'source' | 'externalTradeId' | 'revision' | 'recordedAt' | 'metadata'
>;

export interface TradeFieldDescription {
  readonly field: TradeField;
  /** As the ledger spells it. */
  readonly name: string;
  /** Amounts are compared as numbers: `1.50` is `1.5`, whatever scale upstream's column has got since. */
  readonly kind: 'amount' | 'time' | 'text';
  readonly required: boolean;
  /** Where a number below zero has no meaning. */
  readonly bound?: 'not negative';
  /** Follows from other fields: only a person changes it by itself. */
  readonly derived?: boolean;
}

/** Every field that may change, in the order of the ledger line. */
export const TRADE_FIELDS: readonly TradeFieldDescription[] = [
  { field: 'tradeSource', name: 'trade_source', kind: 'text', required: true },
  { field: 'sourceBotId', name: 'source_bot_id', kind: 'text', required: false },
  { field: 'asset', name: 'asset', kind: 'text', required: true },
  { field: 'side', name: 'side', kind: 'text', required: true },
  { field: 'positionAction', name: 'position_action', kind: 'text', required: true, derived: true },
  { field: 'entryPrice', name: 'entry_price', kind: 'amount', required: false, bound: 'not negative' },
  { field: 'exitPrice', name: 'exit_price', kind: 'amount', required: false, bound: 'not negative' },
  {
    field: 'sizeUsd',
    name: 'size_usd',
    kind: 'amount',
    required: false,
    bound: 'not negative',
    derived: true,
  },
  { field: 'sizeAsset', name: 'size_asset', kind: 'amount', required: false, bound: 'not negative' },
  { field: 'leverage', name: 'leverage', kind: 'amount', required: false, bound: 'not negative' },
  { field: 'realizedPnlUsd', name: 'realized_pnl_usd', kind: 'amount', required: false },
  { field: 'unrealizedPnlUsd', name: 'unrealized_pnl_usd', kind: 'amount', required: false },
  { field: 'feesUsd', name: 'fees_usd', kind: 'amount', required: false },
  { field: 'status', name: 'status', kind: 'text', required: true },
  { field: 'closeReason', name: 'close_reason', kind: 'text', required: false },
  { field: 'openedAt', name: 'opened_at', kind: 'time', required: true },
  { field: 'closedAt', name: 'closed_at', kind: 'time', required: false },
  { field: 'decision', name: 'decision', kind: 'text', required: false },
];

/** Tells whether two values of a field mean the same. */
export function sameValue(
  kind: TradeFieldDescription['kind'],
  left: string | null,
  right: string | null,
): boolean {
  if (left === right) return true;
  if (kind !== 'amount' || left === null || right === null) return false;
  return compareDecimals(left, right) === 0;
}
