import type { FoldedTrade } from '../../../parsers/fold-ledger.js';
import { deriveId } from '../derive-id.js';
import type { ProjectedRow, TableDescription } from '../table-description.js';
import { decisionId } from './decisions.js';

export const trades: TableDescription<'maven_trades'> = {
  table: 'maven_trades',
  key: ['source', 'external_trade_id'],
  columns: {
    id: 'value',
    decision_id: 'value',
    decision_filename: 'value',
    source: 'value',
    external_trade_id: 'value',
    revision: 'value',
    trade_source: 'value',
    source_bot_id: 'value',
    asset: 'value',
    side: 'value',
    position_action: 'value',
    entry_price: 'text',
    exit_price: 'text',
    size_usd: 'text',
    size_asset: 'text',
    leverage: 'text',
    realized_pnl_usd: 'text',
    unrealized_pnl_usd: 'text',
    fees_usd: 'text',
    status: 'value',
    close_reason: 'value',
    opened_at: 'value',
    closed_at: 'value',
    metadata: 'text',
    created_at: 'value',
    updated_at: 'value',
    git_path: 'value',
    git_line: 'value',
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
