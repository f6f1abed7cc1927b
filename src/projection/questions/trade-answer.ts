import { subtractDecimals } from '../../../parsers/decimal-arithmetic.js';
import type { Schema } from '../../db/schema.js';
import type { ProjectedRow } from '../table-description.js';
import { comparableJson } from './comparable-json.js';

/** The columns of a trade that are answered with, in their order. */
export const TRADE_COLUMNS = [
  'source',
  'external_trade_id',
  'revision',
  'trade_source',
  'source_bot_id',
  'asset',
  'side',
  'position_action',
  'entry_price',
  'exit_price',
  'size_usd',
  'size_asset',
  'leverage',
  'realized_pnl_usd',
  'unrealized_pnl_usd',
  'fees_usd',
  'status',
  'close_reason',
  'opened_at',
  'closed_at',
  'updated_at',
  'decision_filename',
  'metadata',
  'git_path',
  'git_line',
] as const satisfies readonly (keyof Schema['maven_trades'])[];

export type TradeAnswerRow = Pick<ProjectedRow<'maven_trades'>, (typeof TRADE_COLUMNS)[number]>;

/** A trade as its last revision leaves it. Amounts are exact decimal text, times canonical; null = not known. */
export interface TradeAnswer {
  /** `moha/4711`: the key that `history` takes. */
  readonly id: string;
  readonly source: string;
  readonly external_trade_id: string;
  readonly revision: string;
  readonly recorded_at: string | null;
  readonly trade_source: string;
  readonly source_bot_id: string | null;
  readonly asset: string;
  readonly side: string;
  readonly position_action: string;
  readonly entry_price: string | null;
  readonly exit_price: string | null;
  readonly size_usd: string | null;
  readonly size_asset: string | null;
  readonly leverage: string | null;
  readonly realized_pnl_usd: string | null;
  readonly unrealized_pnl_usd: string | null;
  readonly fees_usd: string | null;
  /** realized - fees, fees that are not known taken as 0; null while nothing is realized. */
  readonly net_pnl_usd: string | null;
  readonly status: string;
  readonly close_reason: string | null;
  readonly opened_at: string;
  readonly closed_at: string | null;
  /** File name of the decision it carries out, whether or not there is such a file. */
  readonly decision: string | null;
  /** One line of JSON; keys and numbers in the form that Postgres gives them. */
  readonly metadata: string | null;
  readonly git_path: string;
  readonly git_line: number;
}

/** Sums over every trade that fits, not only those that are listed. Exact decimal text. */
export interface TradeTotals {
  readonly realized_pnl_usd: string;
  /** All fees, those of trades that are still open too. */
  readonly fees_usd: string;
  /** Sum of the trades' own net P&L: fees of trades with nothing realized are not in it. */
  readonly net_pnl_usd: string;
  /** Closed or liquidated trades whose realized P&L is not known: while there are any, the sums are not complete. */
  readonly unknown_pnl: number;
  /** Closed or liquidated trades whose fees are not known, counted as 0. */
  readonly unknown_fees: number;
}

/** What is found: the totals, and the newest trades as far as they were asked for. */
export interface FoundTrades {
  readonly total: number;
  readonly totals: TradeTotals;
  readonly trades: readonly TradeAnswer[];
}

/** @returns realized - fees as the table's generated column has it. */
export function netPnlUsd(row: Pick<TradeAnswerRow, 'realized_pnl_usd' | 'fees_usd'>): string | null {
  return row.realized_pnl_usd === null ? null : subtractDecimals(row.realized_pnl_usd, row.fees_usd ?? '0');
}

/** Makes the answer of a row whose times are canonical text. */
export function tradeAnswer(row: TradeAnswerRow): TradeAnswer {
  return {
    id: `${row.source}/${row.external_trade_id}`,
    source: row.source,
    external_trade_id: row.external_trade_id,
    revision: row.revision,
    recorded_at: row.updated_at,
    trade_source: row.trade_source,
    source_bot_id: row.source_bot_id,
    asset: row.asset,
    side: row.side,
    position_action: row.position_action,
    entry_price: row.entry_price,
    exit_price: row.exit_price,
    size_usd: row.size_usd,
    size_asset: row.size_asset,
    leverage: row.leverage,
    realized_pnl_usd: row.realized_pnl_usd,
    unrealized_pnl_usd: row.unrealized_pnl_usd,
    fees_usd: row.fees_usd,
    net_pnl_usd: netPnlUsd(row),
    status: row.status,
    close_reason: row.close_reason,
    opened_at: row.opened_at,
    closed_at: row.closed_at,
    decision: row.decision_filename,
    metadata: row.metadata === null ? null : comparableJson(row.metadata),
    git_path: row.git_path,
    git_line: Number(row.git_line),
  };
}
