import { checkTimeInName } from './artifact-name.js';
import { choice, DECIMAL, INTEGER, METADATA, SHORT, TIME } from './field-type.js';
import { type JsonDocument, readJsonDocument } from './json-document.js';
import type { JsonNode } from './json-node.js';
import { type JsonText, prettyNode } from './json-text.js';
import { jsonArray, jsonDigits, jsonObject, jsonOptional, jsonRequired, jsonValue } from './json-write.js';
import { type ObjectFields, objectFields } from './object-fields.js';
import type { Parsed } from './problem.js';
import { problemList } from './problem-list.js';
import { TRADE_SIDES, type TradeSide } from './trades.js';

export type SnapshotType = 'scheduled' | 'decision' | 'manual' | 'milestone';
export type PnlWindow = '24h' | '7d' | '30d' | 'all';

export interface SnapshotPosition {
  readonly asset: string;
  readonly side: TradeSide;
  readonly sizeAsset: string | null;
  readonly entryPrice: string | null;
  readonly positionValueUsd: string | null;
  readonly unrealizedPnlUsd: string | null;
  readonly leverage: string | null;
  readonly liquidationPrice: string | null;
  readonly marginUsedUsd: string | null;
}

/** P&L over one window: a value with the baseline it was counted from, or null with the reason. */
export interface SnapshotPnl {
  readonly valueUsd: string | null;
  /** Path of the baseline snapshot. */
  readonly baseline: string | null;
  /** The window as it really was. */
  readonly windowSeconds: number | null;
  readonly reason: string | null;
}

/** Equity and its parts as the exchange reported them; null = not known, never zero for something that failed. */
export interface SnapshotRecord {
  readonly source: string;
  readonly account: string;
  readonly snapshotType: SnapshotType;
  /** The exchange's clock. */
  readonly snapshotAt: string;
  readonly recordedAt: string;
  readonly quality: { readonly status: 'complete' | 'partial'; readonly failed: readonly string[] };
  readonly totalValueUsd: string | null;
  readonly availableBalanceUsd: string | null;
  readonly marginUsedUsd: string | null;
  readonly unrealizedPnlUsd: string | null;
  readonly positions: readonly SnapshotPosition[];
  /** Flows since the snapshot before; `since` null = there is none. */
  readonly externalFlows: {
    readonly netUsd: string | null;
    readonly count: number;
    readonly since: string | null;
  };
  readonly pnl: Readonly<Record<PnlWindow, SnapshotPnl>>;
  readonly metadata: JsonText | null;
}

export const PNL_WINDOWS = ['24h', '7d', '30d', 'all'] as const;
const SNAPSHOT_TYPE = choice(['scheduled', 'decision', 'manual', 'milestone']);
const QUALITY = choice(['complete', 'partial']);
const SIDE = choice(TRADE_SIDES);
const NO_PNL: SnapshotPnl = { valueUsd: null, baseline: null, windowSeconds: null, reason: null };

/**
 * Reads one snapshot.
 *
 * @param path - its name tells the second of the snapshot.
 * @returns one record, or none when a required part is missing; an amount that is unreadable is null, with an error.
 * @see parsers/FORMATS.md#snapshot
 */
export function parseSnapshot(text: string, path: string): Parsed<SnapshotRecord> {
  const problems = problemList(path);
  const document = readJsonDocument(text, problems);
  const record = document === null ? null : readSnapshot(document);
  if (record !== null) checkTimeInName('snapshot_at', record.snapshotAt, problems);
  return { records: record === null ? [] : [{ line: 1, record }], problems: problems.list() };
}

function readSnapshot({ object, context }: JsonDocument): SnapshotRecord | null {
  const fields = objectFields(object, context);
  if (!fields.version(1)) return null;
  const record: SnapshotRecord = {
    source: fields.required('source', SHORT, ''),
    account: fields.required('account', SHORT, ''),
    snapshotType: fields.required('snapshot_type', SNAPSHOT_TYPE, 'manual'),
    snapshotAt: fields.required('snapshot_at', TIME, ''),
    recordedAt: fields.required('recorded_at', TIME, ''),
    quality: fields.object('quality', readQuality, { status: 'partial', failed: [] }),
    totalValueUsd: fields.optional('total_value_usd', DECIMAL),
    availableBalanceUsd: fields.optional('available_balance_usd', DECIMAL),
    marginUsedUsd: fields.optional('margin_used_usd', DECIMAL),
    unrealizedPnlUsd: fields.optional('unrealized_pnl_usd', DECIMAL),
    positions: fields.objects('positions', readPosition),
    externalFlows: fields.object('external_flows', readExternalFlows, {
      netUsd: null,
      count: 0,
      since: null,
    }),
    pnl: fields.object('pnl', readWindows, { '24h': NO_PNL, '7d': NO_PNL, '30d': NO_PNL, all: NO_PNL }),
    metadata: fields.optional('metadata', METADATA),
  };
  return fields.complete() ? record : null;
}

function readQuality(fields: ObjectFields): SnapshotRecord['quality'] {
  return { status: fields.required('status', QUALITY, 'partial'), failed: fields.values('failed', SHORT) };
}

function readPosition(fields: ObjectFields): SnapshotPosition {
  return {
    asset: fields.required('asset', SHORT, ''),
    side: fields.required('side', SIDE, 'long'),
    sizeAsset: fields.optional('size_asset', DECIMAL),
    entryPrice: fields.optional('entry_price', DECIMAL),
    positionValueUsd: fields.optional('position_value_usd', DECIMAL),
    unrealizedPnlUsd: fields.optional('unrealized_pnl_usd', DECIMAL),
    leverage: fields.optional('leverage', DECIMAL),
    liquidationPrice: fields.optional('liquidation_price', DECIMAL),
    marginUsedUsd: fields.optional('margin_used_usd', DECIMAL),
  };
}

function readExternalFlows(fields: ObjectFields): SnapshotRecord['externalFlows'] {
  return {
    netUsd: fields.optional('net_usd', DECIMAL),
    count: fields.required('count', INTEGER, 0),
    since: fields.optional('since', TIME),
  };
}

function readWindows(fields: ObjectFields): SnapshotRecord['pnl'] {
  return {
    '24h': fields.object('24h', readPnl, NO_PNL),
    '7d': fields.object('7d', readPnl, NO_PNL),
    '30d': fields.object('30d', readPnl, NO_PNL),
    all: fields.object('all', readPnl, NO_PNL),
  };
}

function readPnl(fields: ObjectFields): SnapshotPnl {
  return {
    valueUsd: fields.optional('value_usd', DECIMAL),
    baseline: fields.optional('baseline', SHORT),
    windowSeconds: fields.optional('window_seconds', INTEGER),
    reason: fields.optional('reason', SHORT),
  };
}

/** Formats the file. @throws InvalidRecordError when a value is out of its form. */
export function formatSnapshot(record: SnapshotRecord): string {
  const object = jsonObject([
    ['v', jsonDigits(1)],
    jsonRequired('source', SHORT, record.source),
    jsonRequired('account', SHORT, record.account),
    jsonRequired('snapshot_type', SNAPSHOT_TYPE, record.snapshotType),
    jsonRequired('snapshot_at', TIME, record.snapshotAt),
    jsonRequired('recorded_at', TIME, record.recordedAt),
    [
      'quality',
      jsonObject([
        jsonRequired('status', QUALITY, record.quality.status),
        ['failed', jsonArray(record.quality.failed.map((part) => jsonValue('failed', SHORT, part)))],
      ]),
    ],
    jsonOptional('total_value_usd', DECIMAL, record.totalValueUsd),
    jsonOptional('available_balance_usd', DECIMAL, record.availableBalanceUsd),
    jsonOptional('margin_used_usd', DECIMAL, record.marginUsedUsd),
    jsonOptional('unrealized_pnl_usd', DECIMAL, record.unrealizedPnlUsd),
    ['positions', jsonArray(record.positions.map(formatPosition))],
    [
      'external_flows',
      jsonObject([
        jsonOptional('net_usd', DECIMAL, record.externalFlows.netUsd),
        jsonRequired('count', INTEGER, record.externalFlows.count),
        jsonOptional('since', TIME, record.externalFlows.since),
      ]),
    ],
    ['pnl', jsonObject(PNL_WINDOWS.map((window) => [window, formatPnl(record.pnl[window])]))],
    jsonOptional('metadata', METADATA, record.metadata),
  ]);
  return `${prettyNode(object, '')}\n`;
}

function formatPosition(position: SnapshotPosition): JsonNode {
  return jsonObject([
    jsonRequired('asset', SHORT, position.asset),
    jsonRequired('side', SIDE, position.side),
    jsonOptional('size_asset', DECIMAL, position.sizeAsset),
    jsonOptional('entry_price', DECIMAL, position.entryPrice),
    jsonOptional('position_value_usd', DECIMAL, position.positionValueUsd),
    jsonOptional('unrealized_pnl_usd', DECIMAL, position.unrealizedPnlUsd),
    jsonOptional('leverage', DECIMAL, position.leverage),
    jsonOptional('liquidation_price', DECIMAL, position.liquidationPrice),
    jsonOptional('margin_used_usd', DECIMAL, position.marginUsedUsd),
  ]);
}

function formatPnl(pnl: SnapshotPnl): JsonNode {
  return jsonObject([
    jsonOptional('value_usd', DECIMAL, pnl.valueUsd),
    jsonOptional('baseline', SHORT, pnl.baseline),
    jsonOptional('window_seconds', INTEGER, pnl.windowSeconds),
    jsonOptional('reason', SHORT, pnl.reason),
  ]);
}
