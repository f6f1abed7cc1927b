import type { Located } from '../../../parsers/problem.js';
import type { PnlWindow, SnapshotPosition, SnapshotRecord } from '../../../parsers/snapshot.js';
import { deriveId } from '../derive-id.js';
import type { ProjectedRow, TableDescription } from '../table-description.js';
import { fileName } from './file-name.js';

export const snapshots: TableDescription<'maven_portfolio_snapshots'> = {
  table: 'maven_portfolio_snapshots',
  key: ['git_filename'],
  columns: {
    id: 'value',
    git_filename: 'value',
    source: 'value',
    account: 'value',
    snapshot_type: 'value',
    snapshot_at: 'value',
    quality: 'value',
    quality_failed: 'text',
    total_value_usd: 'text',
    available_balance_usd: 'text',
    margin_used_usd: 'text',
    unrealized_pnl_usd: 'text',
    open_positions: 'text',
    position_count: 'value',
    external_flow_usd: 'text',
    external_flows_since: 'value',
    pnl_24h: 'text',
    pnl_7d: 'text',
    pnl_30d: 'text',
    pnl_all_time: 'text',
    pnl_evidence: 'text',
    metadata: 'text',
    created_at: 'value',
    updated_at: 'value',
    git_path: 'value',
    git_line: 'value',
  },
};

export function snapshotRow(
  { line, record }: Located<SnapshotRecord>,
  path: string,
): ProjectedRow<'maven_portfolio_snapshots'> {
  const name = fileName(path);
  return {
    id: deriveId('maven_portfolio_snapshots', name),
    git_filename: name,
    source: record.source,
    account: record.account,
    snapshot_type: record.snapshotType,
    snapshot_at: record.snapshotAt,
    quality: record.quality.status,
    quality_failed: JSON.stringify(record.quality.failed),
    total_value_usd: record.totalValueUsd,
    available_balance_usd: record.availableBalanceUsd,
    margin_used_usd: record.marginUsedUsd,
    unrealized_pnl_usd: record.unrealizedPnlUsd,
    open_positions: JSON.stringify(record.positions.map(positionJson)),
    position_count: String(record.positions.length),
    external_flow_usd: record.externalFlows.netUsd,
    external_flows_since: record.externalFlows.since,
    pnl_24h: record.pnl['24h'].valueUsd,
    pnl_7d: record.pnl['7d'].valueUsd,
    pnl_30d: record.pnl['30d'].valueUsd,
    pnl_all_time: record.pnl.all.valueUsd,
    pnl_evidence: JSON.stringify(evidenceJson(record.pnl)),
    metadata: record.metadata,
    created_at: record.recordedAt,
    updated_at: record.recordedAt,
    git_path: path,
    git_line: String(line),
  };
}

/** Amounts stay decimal strings inside JSON too. */
function positionJson(position: SnapshotPosition): Readonly<Record<string, string | null>> {
  return {
    asset: position.asset,
    side: position.side,
    size_asset: position.sizeAsset,
    entry_price: position.entryPrice,
    position_value_usd: position.positionValueUsd,
    unrealized_pnl_usd: position.unrealizedPnlUsd,
    leverage: position.leverage,
    liquidation_price: position.liquidationPrice,
    margin_used_usd: position.marginUsedUsd,
  };
}

/** What each P&L was counted from: the baseline's path and the window really covered, or why there is no number. */
function evidenceJson(pnl: SnapshotRecord['pnl']): Readonly<Record<string, unknown>> {
  const windows: readonly PnlWindow[] = ['24h', '7d', '30d', 'all'];
  return Object.fromEntries(
    windows.map((window) => {
      const { baseline, windowSeconds, reason } = pnl[window];
      return [window, { baseline, window_seconds: windowSeconds, reason }];
    }),
  );
}
