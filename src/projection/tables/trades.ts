import type { FoldedTrade } from '../../../parsers/fold-ledger.js';
import { deriveId } from '../derive-id.js';
import type { ProjectedRow, TableDescription } from '../table-description.js';
import { decisionId } from './decisions.js';

export const trades: TableDescription<'maven_trades'> = {
  table: 'maven_trades',
  key: ['source', 'external_trade_id'],
  columns: {
    id: 'integer',
    decision_id: 'integer',
    decision_filename: 'text',
    source: 'text',
    external_trade_id: 'text',
    revision: 'integer',
    trade_source: 'text',
    source_bot_id: 'text',
    asset: 'text',
    side: 'text',
    position_action: 'text',
    entry_price: 'decimal',
    exit_price: 'decimal',
    size_usd: 'decimal',
    size_asset: 'decimal',
    leverage: 'decimal',
    realized_pnl_usd: 'decimal',
    unrealized_pnl_usd: 'decimal',
    fees_usd: 'decimal',
    status: 'text',
    close_reason: 'text',
    opened_at: 'time',
    closed_at: 'time',
    metadata: 'json',
    created_at: 'time',
    updated_at: 'time',
    git_path: 'text',
    git_line: 'integer',
  },
};

/** The row of a trade's last revision. A decision that does not exist is taken out later, see `resolveLinks`. */
export function tradeRow(trade: FoldedTrade, path: string): ProjectedRow<'maven_trades'> {
  const { record } = trade;
  return {
    id: deriveId('maven_trades', trade.key),
    decision_id: record.decision === null ? null : decisionId(record.decision),
    decision_filename: record.decision,
    source: record.source,
    external_trade_id: record.externalTradeId,
    revision: String(record.revision),
    trade_source: record.tradeSource,
    source_bot_id: record.sourceBotId,
    asset: record.asset,
    side: record.side,
    position_action: record.positionAction,
    entry_price: record.entryPrice,
    exit_price: record.exitPrice,
    size_usd: record.sizeUsd,
    size_asset: record.sizeAsset,
    leverage: record.leverage,
    realized_pnl_usd: record.realizedPnlUsd,
    unrealized_pnl_usd: record.unrealizedPnlUsd,
    fees_usd: record.feesUsd,
    status: record.status,
    close_reason: record.closeReason,
    opened_at: record.openedAt,
    closed_at: record.closedAt,
    metadata: record.metadata,
    created_at: trade.firstRecordedAt,
    updated_at: record.recordedAt,
    git_path: path,
    git_line: String(trade.line),
  };
}
