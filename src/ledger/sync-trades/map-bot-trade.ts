import {
  fractionLength,
  multiplyDecimals,
  roundDecimal,
  trimDecimal,
} from '../../../parsers/decimal-arithmetic.js';
import type { JsonText } from '../../../parsers/json-text.js';
import { isCanonicalTime } from '../../../parsers/time.js';
import type { TradeRevision, TradeSide, TradeStatus } from '../../../parsers/trades.js';
import type { BotTrade } from '../../sources/moha/bot-trade.js';
import { readAmount } from './amount.js';
import { assetOfSymbol } from './asset-name.js';
import { remembered } from './remembered.js';
import { describeNotes, formatTradeMetadata } from './trade-metadata.js';

/** Upstream's own words, where the fields do not hold them. */
export interface TradeNotes {
  readonly symbol: string | null;
  readonly botType: string | null;
  readonly upstreamDecisionId: string | null;
}

/** What upstream says of a trade, in the ledger's terms. Its source, link and revision are the ledger's to say. */
export interface MappedTrade
  extends Omit<TradeRevision, 'source' | 'revision' | 'recordedAt' | 'decision' | 'metadata'> {
  readonly notes: TradeNotes;
  /** Metadata of a trade of which there is nothing but these notes to say. */
  readonly plainMetadata: JsonText | null;
}

/** A row that cannot become a trade now. It is reported, counted, and tried again next time. */
export interface SkippedRow {
  readonly id: string;
  /** `size: NaN is not a number that can be kept` */
  readonly reason: string;
}

export type TradeSourceRules = readonly { readonly pattern: string; readonly tradeSource: string }[];

const KNOWN_SOURCES: ReadonlySet<string> = new Set(['motherbot', 'worker_bot', 'simple_ta', 'manual']);
const DEFAULT_SOURCE = 'worker_bot';
const MOST_FRACTION_DIGITS = 18;
const MOST_TEXT = 255;

const SIDES: Readonly<Record<string, TradeSide>> = {
  buy: 'long',
  long: 'long',
  sell: 'short',
  short: 'short',
};
const STATUSES: Readonly<Record<string, TradeStatus>> = {
  open: 'open',
  closed: 'closed',
  liquidated: 'liquidated',
  cancelled: 'cancelled',
  canceled: 'cancelled',
};

/** Makes a trade of an upstream row, or says why there is none. */
export type TradeMapper = (row: BotTrade) => MappedTrade | SkippedRow;

/**
 * Makes a function that makes a trade of an upstream row: buy is long, sell is short; `size_usd` is size x entry price, exact.
 *
 * @param rules - which bot stands for which source; where none matches, a known bot type does, then `worker_bot`.
 * @returns a trade whose every field fits the ledger, or why there is none.
 */
export function tradeMapper(rules: TradeSourceRules): TradeMapper {
  const words: Words = {
    rules,
    assetOf: remembered(assetOfSymbol),
    remark: remembered(remark),
    side: remembered((text) => oneOf('side', text, SIDES)),
    status: remembered((text) => oneOf('status', text, STATUSES)),
    botId: remembered((text) => shortText('bot_id', text)),
    metadataOf: remembered((symbol) => remembered((botType) => plainMetadata(symbol, botType, null))),
  };
  return (row) => {
    try {
      return mapOrThrow(row, words);
    } catch (error) {
      if (error instanceof Unusable) return { id: row.id, reason: error.message };
      throw error;
    }
  };
}

export function isSkipped(mapped: MappedTrade | SkippedRow): mapped is SkippedRow {
  return 'reason' in mapped;
}

/** The value of a position when it was opened; null when its size or price is not known. Beyond 18 places: rounded. */
export function sizeUsdOf(sizeAsset: string | null, entryPrice: string | null): string | null {
  if (sizeAsset === null || entryPrice === null) return null;
  const product = trimDecimal(multiplyDecimals(sizeAsset, entryPrice));
  return fractionLength(product) <= MOST_FRACTION_DIGITS
    ? product
    : trimDecimal(roundDecimal(product, MOST_FRACTION_DIGITS));
}

/** Only a closed or liquidated position has been closed. */
export function positionActionOf(status: TradeStatus): TradeRevision['positionAction'] {
  return status === 'closed' || status === 'liquidated' ? 'close' : 'open';
}

/** Leaves the mapping of one row; never leaves this module. */
class Unusable extends Error {}

/** What is made of the texts that stand in many rows, remembered for as long as a mapper lives. */
interface Words {
  readonly rules: TradeSourceRules;
  readonly assetOf: (symbol: string) => string | null;
  readonly remark: (text: string) => string | null;
  readonly side: (text: string) => TradeSide;
  readonly status: (text: string) => TradeStatus;
  readonly botId: (text: string) => string | null;
  readonly metadataOf: (symbol: string) => (botType: string) => JsonText | null;
}

function mapOrThrow(row: BotTrade, words: Words): MappedTrade {
  const symbol = required('symbol', row.symbol);
  const asset = words.assetOf(symbol);
  if (asset === null) throw new Unusable(`symbol: ${quoted(symbol)} names no asset`);
  const entryPrice = amount('entry_price', row.entryPrice, 'not negative');
  const sizeAsset = amount('size', required('size', row.size), 'not negative');
  const sizeUsd = sizeUsdOf(sizeAsset, entryPrice);
  if (sizeUsd !== null && readAmount(sizeUsd) === null)
    throw new Unusable('size x entry_price: too many digits');
  const status = words.status(required('status', row.status));
  const symbolNote = symbol === asset ? null : words.remark(symbol);
  const botType = row.botType === null ? null : words.remark(row.botType);
  const upstreamDecisionId = row.decisionId === null ? null : remark(row.decisionId);
  return {
    externalTradeId: row.id,
    tradeSource: tradeSourceOf(row, words.rules),
    sourceBotId: row.botId === null ? null : words.botId(row.botId),
    asset,
    side: words.side(required('side', row.side)),
    positionAction: positionActionOf(status),
    entryPrice,
    exitPrice: amount('exit_price', row.exitPrice, 'not negative'),
    sizeUsd,
    sizeAsset,
    leverage: amount('leverage', row.leverage, 'not negative'),
    realizedPnlUsd: amount('realized_pnl', row.realizedPnl),
    unrealizedPnlUsd: amount('unrealized_pnl', row.unrealizedPnl),
    feesUsd: amount('fees', row.fees),
    status,
    closeReason: row.closeReason === null ? null : words.remark(row.closeReason),
    openedAt: time('opened_at', required('opened_at', row.openedAt)),
    closedAt: row.closedAt === null ? null : time('closed_at', row.closedAt),
    notes: { symbol: symbolNote, botType, upstreamDecisionId },
    plainMetadata:
      upstreamDecisionId === null
        ? words.metadataOf(symbolNote ?? '')(botType ?? '')
        : plainMetadata(symbolNote ?? '', botType ?? '', upstreamDecisionId),
  };
}

/** @param botType - like the symbol, '' where there is none to note. */
function plainMetadata(symbol: string, botType: string, upstreamDecisionId: string | null): JsonText | null {
  const notes = { symbol: symbol || null, botType: botType || null, upstreamDecisionId };
  return formatTradeMetadata({ notes: describeNotes(notes), link: null, corrections: {} });
}

function tradeSourceOf(row: BotTrade, rules: TradeSourceRules): string {
  const rule = rules.find(({ pattern }) => matches(pattern, row.botId) || matches(pattern, row.botType));
  if (rule !== undefined) return rule.tradeSource;
  const type = row.botType?.trim().toLowerCase() ?? '';
  return KNOWN_SOURCES.has(type) ? type : DEFAULT_SOURCE;
}

/** `*` stands for any text; all else for itself. */
function matches(pattern: string, text: string | null): boolean {
  if (text === null) return false;
  const [first = '', ...rest] = pattern.split('*');
  if (rest.length === 0) return text === pattern;
  if (!text.startsWith(first)) return false;
  const last = rest.pop() ?? '';
  let from = first.length;
  for (const part of rest) {
    const at = text.indexOf(part, from);
    if (at === -1) return false;
    from = at + part.length;
  }
  return text.length - last.length >= from && text.endsWith(last);
}

function required(column: string, text: string | null): string {
  if (text === null || text.trim() === '') throw new Unusable(`${column}: there is none`);
  return text;
}

function oneOf<T>(column: string, text: string, choices: Readonly<Record<string, T>>): T {
  const key = text.trim().toLowerCase();
  const choice = Object.hasOwn(choices, key) ? choices[key] : undefined;
  if (choice !== undefined) return choice;
  throw new Unusable(`${column}: ${quoted(text)} is none of ${Object.keys(choices).join(', ')}`);
}

function amount(column: string, text: string | null, bound?: 'not negative'): string | null {
  if (text === null) return null;
  const value = readAmount(text);
  if (value === null)
    throw new Unusable(`${column}: ${quoted(text)} is not a number that can be kept exactly`);
  if (bound !== undefined && value.startsWith('-'))
    throw new Unusable(`${column}: ${quoted(text)} is negative`);
  return value;
}

function time(column: string, text: string): string {
  if (!isCanonicalTime(text)) throw new Unusable(`${column}: ${quoted(text)} is not a point in time`);
  return text;
}

function shortText(column: string, text: string): string | null {
  if (text === '') return null;
  if (text.length <= MOST_TEXT && !/[\u0000-\u001f\u007f-\u009f]/.test(text) && text.isWellFormed())
    return text;
  throw new Unusable(`${column}: ${quoted(text)} is no short text`);
}

/** What only people read is made to fit: a trade must not be lost for a line end in its close reason. */
function remark(text: string): string | null {
  const line = text
    .toWellFormed()
    .replace(/[\u0000-\u001f\u007f-\u009f\s]+/g, ' ')
    .trim();
  if (line === '') return null;
  return line.length <= MOST_TEXT ? line : `${line.slice(0, MOST_TEXT - 1).toWellFormed()}…`;
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}
