import { nameOf } from './artifact-name.js';
import { choice, DECIMAL, INTEGER, METADATA, SHORT, TIME } from './field-type.js';
import { InvalidRecordError } from './invalid-record-error.js';
import { parseJsonLines } from './json-lines.js';
import type { JsonText } from './json-text.js';
import { formatLine, type LineFormat, lineWriter, optional, required } from './line-format.js';
import type { Located, Parsed } from './problem.js';
import { type ProblemList, problemList } from './problem-list.js';

export type TradeSide = 'long' | 'short';
export type PositionAction = 'open' | 'close';
export type TradeStatus = 'open' | 'closed' | 'liquidated' | 'cancelled';

/** One ledger line: the whole state of a trade as of one revision. Amounts are exact decimal text, null = not known. */
export interface TradeRevision {
  /** `moha`, or with an epoch `moha@2`. */
  readonly source: string;
  readonly externalTradeId: string;
  /** From 1, one more each revision. */
  readonly revision: number;
  readonly recordedAt: string;
  readonly tradeSource: string;
  readonly sourceBotId: string | null;
  readonly asset: string;
  readonly side: TradeSide;
  readonly positionAction: PositionAction;
  readonly entryPrice: string | null;
  readonly exitPrice: string | null;
  readonly sizeUsd: string | null;
  readonly sizeAsset: string | null;
  readonly leverage: string | null;
  readonly realizedPnlUsd: string | null;
  readonly unrealizedPnlUsd: string | null;
  readonly feesUsd: string | null;
  readonly status: TradeStatus;
  readonly closeReason: string | null;
  readonly openedAt: string;
  readonly closedAt: string | null;
  /** File name of the decision this trade carries out. */
  readonly decision: string | null;
  readonly metadata: JsonText | null;
}

export const TRADE_SIDES = ['long', 'short'] as const;
const POSITION_ACTIONS = ['open', 'close'] as const;
export const TRADE_STATUSES = ['open', 'closed', 'liquidated', 'cancelled'] as const;

/** @see parsers/FORMATS.md#trade-ledger */
export const TRADE_FORMAT: LineFormat<TradeRevision> = {
  version: 1,
  fields: [
    required('source', SHORT),
    required('external_trade_id', SHORT),
    required('revision', INTEGER),
    required('recorded_at', TIME),
    required('trade_source', SHORT),
    optional('source_bot_id', SHORT),
    required('asset', SHORT),
    required('side', choice(TRADE_SIDES)),
    required('position_action', choice(POSITION_ACTIONS)),
    optional('entry_price', DECIMAL),
    optional('exit_price', DECIMAL),
    optional('size_usd', DECIMAL),
    optional('size_asset', DECIMAL),
    optional('leverage', DECIMAL),
    optional('realized_pnl_usd', DECIMAL),
    optional('unrealized_pnl_usd', DECIMAL),
    optional('fees_usd', DECIMAL),
    required('status', choice(TRADE_STATUSES)),
    optional('close_reason', SHORT),
    required('opened_at', TIME),
    optional('closed_at', TIME),
    optional('decision', SHORT),
    optional('metadata', METADATA),
  ],
  build: (values) => ({
    source: values[0] as string,
    externalTradeId: values[1] as string,
    revision: values[2] as number,
    recordedAt: values[3] as string,
    tradeSource: values[4] as string,
    sourceBotId: values[5] as string | null,
    asset: values[6] as string,
    side: values[7] as TradeSide,
    positionAction: values[8] as PositionAction,
    entryPrice: values[9] as string | null,
    exitPrice: values[10] as string | null,
    sizeUsd: values[11] as string | null,
    sizeAsset: values[12] as string | null,
    leverage: values[13] as string | null,
    realizedPnlUsd: values[14] as string | null,
    unrealizedPnlUsd: values[15] as string | null,
    feesUsd: values[16] as string | null,
    status: values[17] as TradeStatus,
    closeReason: values[18] as string | null,
    openedAt: values[19] as string,
    closedAt: values[20] as string | null,
    decision: values[21] as string | null,
    metadata: values[22] as string | null,
  }),
  values: (trade) => [
    trade.source,
    trade.externalTradeId,
    trade.revision,
    trade.recordedAt,
    trade.tradeSource,
    trade.sourceBotId,
    trade.asset,
    trade.side,
    trade.positionAction,
    trade.entryPrice,
    trade.exitPrice,
    trade.sizeUsd,
    trade.sizeAsset,
    trade.leverage,
    trade.realizedPnlUsd,
    trade.unrealizedPnlUsd,
    trade.feesUsd,
    trade.status,
    trade.closeReason,
    trade.openedAt,
    trade.closedAt,
    trade.decision,
    trade.metadata,
  ],
  identity: (trade) => `${tradeKey(trade)}#${trade.revision}`,
};

/**
 * Reads a ledger file: every revision, in file order.
 *
 * @param path - its name tells the UTC day on which its trades were opened.
 * @returns at most one record a line; fold them with `foldLedger`.
 * @see parsers/FORMATS.md#trade-ledger
 */
export function parseTrades(text: string, path: string): Parsed<TradeRevision> {
  const problems = problemList(path);
  const day = dayOf(path);
  let onAnotherDay = false;
  const records = parseJsonLines(TRADE_FORMAT, text, problems, (trade) => {
    if (day !== null && !trade.openedAt.startsWith(day)) onAnotherDay = true;
  });
  const usable = records.filter(({ line, record }) => {
    if (record.revision > 0) return true;
    problems.error('INVALID_VALUE', line, "revision: '0' is not a whole number from 1");
    return false;
  });
  if (day !== null && onAnotherDay) checkDay(usable, day, problems);
  return { records: usable, problems: problems.list() };
}

/** Formats one ledger line, newline included. @throws InvalidRecordError when a value is out of its form. */
export function formatTrade(revision: TradeRevision): string {
  requireNumber(revision);
  return formatLine(TRADE_FORMAT, revision);
}

/** Makes a function that formats as {@link formatTrade} does, line after line, and the quicker for it. */
export function tradeWriter(): (revision: TradeRevision) => string {
  const write = lineWriter(TRADE_FORMAT);
  return (revision) => {
    requireNumber(revision);
    return write(revision);
  };
}

function requireNumber({ revision }: TradeRevision): void {
  if (revision < 1) throw new InvalidRecordError('revision', 'a whole number from 1');
}

/** Formats ledger lines in the order given. @throws InvalidRecordError when a value is out of its form. */
export function formatTrades(revisions: readonly TradeRevision[]): string {
  return revisions.map(formatTrade).join('');
}

/** @returns what a revision says, whenever it was recorded: two clones that recorded one fact agree in this. */
export function tradeFact(revision: TradeRevision): string {
  return formatLine(TRADE_FORMAT, { ...revision, recordedAt: ANY_TIME });
}

const ANY_TIME = '0001-01-01T00:00:00.000000+00:00';

/** @returns the identity of a trade, `source/externalTradeId`. */
export function tradeKey(trade: Pick<TradeRevision, 'source' | 'externalTradeId'>): string {
  return `${trade.source}/${trade.externalTradeId}`;
}

function dayOf(path: string): string | null {
  return /^(\d{4}-\d{2}-\d{2})\.jsonl$/.exec(nameOf(path))?.[1] ?? null;
}

/** A later revision may correct the time of opening and stays where it is: only a trade's first one must fit the day. */
function checkDay(records: readonly Located<TradeRevision>[], day: string, problems: ProblemList): void {
  const seen = new Set<string>();
  for (const { line, record } of records) {
    const key = tradeKey(record);
    if (seen.has(key)) continue;
    seen.add(key);
    if (record.openedAt.startsWith(day)) continue;
    const message = `opened_at is on ${record.openedAt.slice(0, 10)}, the file is named for ${day}`;
    problems.warning('NAME_MISMATCH', line, message);
  }
}
