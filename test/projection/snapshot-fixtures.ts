import { type FlowRecord, formatFlows } from '../../parsers/flows.js';
import { flowsPath, snapshotPath } from '../../parsers/paths.js';
import {
  formatSnapshot,
  type SnapshotPnl,
  type SnapshotPosition,
  type SnapshotRecord,
} from '../../parsers/snapshot.js';

export const ACCOUNT = '0x00000000000000000000000000000000c0ffee01';
export const OTHER_ACCOUNT = '0x00000000000000000000000000000000c0ffee02';

const NO_PNL: SnapshotPnl = {
  valueUsd: null,
  baseline: null,
  windowSeconds: null,
  reason: 'no snapshot near the start of the window',
};

/** A complete snapshot of an account without positions. @param at - canonical time. */
export function snapshot(at: string, change: Partial<SnapshotRecord> = {}): SnapshotRecord {
  return {
    source: 'hyperliquid',
    account: ACCOUNT,
    snapshotType: 'scheduled',
    snapshotAt: at,
    recordedAt: at,
    quality: { status: 'complete', failed: [] },
    totalValueUsd: '1000.00',
    availableBalanceUsd: '1000.00',
    marginUsedUsd: '0',
    unrealizedPnlUsd: '0',
    positions: [],
    externalFlows: { netUsd: '0', count: 0, since: null },
    pnl: { '24h': NO_PNL, '7d': NO_PNL, '30d': NO_PNL, all: NO_PNL },
    metadata: null,
    ...change,
  };
}

/** P&L counted from the snapshot of a time. */
export function pnlSince(at: string, valueUsd: string, windowSeconds: number): SnapshotPnl {
  return { valueUsd, baseline: snapshotPath(at), windowSeconds, reason: null };
}

export function position(asset: string, change: Partial<SnapshotPosition> = {}): SnapshotPosition {
  return {
    asset,
    side: 'long',
    sizeAsset: '1.5',
    entryPrice: '100.25',
    positionValueUsd: '150.375',
    unrealizedPnlUsd: '-0.005',
    leverage: '5',
    liquidationPrice: '81.3',
    marginUsedUsd: '30.075',
    ...change,
  };
}

/** So many hours after the beginning of 2026-01-14. */
export function hour(hours: number): string {
  const start = Date.UTC(2026, 0, 14);
  return new Date(start + hours * 3_600_000).toISOString().replace(/\.\d+Z$/, '.000000+00:00');
}

/** Files as a repository holds them. */
export function snapshotFiles(...records: readonly SnapshotRecord[]): Record<string, string> {
  return Object.fromEntries(
    records.map((record) => [snapshotPath(record.snapshotAt), formatSnapshot(record)]),
  );
}

/** A deposit, recorded at once. */
export function flowAt(at: string, id: string, change: Partial<FlowRecord> = {}): FlowRecord {
  return {
    source: 'hyperliquid',
    externalFlowId: id,
    occurredAt: at,
    recordedAt: at,
    flowType: 'deposit',
    classification: 'external',
    amountUsd: '50',
    asset: 'USDC',
    amountAsset: '50',
    metadata: `{"account":"${ACCOUNT}"}`,
    ...change,
  };
}

/** Flows as a repository holds them. */
export function flowFiles(...flows: readonly FlowRecord[]): Record<string, string> {
  const files: Record<string, string> = {};
  for (const flow of flows) {
    const path = flowsPath(flow.occurredAt);
    files[path] = (files[path] ?? '') + formatFlows([flow]);
  }
  return files;
}
