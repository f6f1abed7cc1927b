import type { Located } from '../../../parsers/problem.js';
import type { PnlWindow, SnapshotPosition, SnapshotRecord } from '../../../parsers/snapshot.js';
import { deriveId } from '../derive-id.js';
import type { ProjectedRow, TableDescription } from '../table-description.js';
import { fileName } from './file-name.js';

export const snapshots: TableDescription<'maven_portfolio_snapshots'> = {
  table: 'maven_portfolio_snapshots',
  key: ['git_filename'],
  columns: {
    id: 'integer',
    git_filename: 'text',
    source: 'text',
    account: 'text',
    snapshot_type: 'text',
    snapshot_at: 'time',
    quality: 'text',
    quality_failed: 'json',
    total_value_usd: 'decimal',
    available_balance_usd: 'decimal',
    margin_used_usd: 'decimal',
    unrealized_pnl_usd: 'decimal',
    open_positions: 'json',
    position_count: 'integer',
    external_flow_usd: 'decimal',
    external_flows_since: 'time',
    pnl_24h: 'decimal',
    pnl_7d: 'decimal',
    pnl_30d: 'decimal',
    pnl_all_time: 'decimal',
    pnl_evidence: 'json',
    metadata: 'json',
    created_at: 'time',
    updated_at: 'time',
    git_path: 'text',
    git_line: 'integer',
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
