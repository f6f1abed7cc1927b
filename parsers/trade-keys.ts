import { parseTrades, type TradeRevision } from './trades.js';

/** Identity of a trade. */
export type TradeIdentity = Pick<TradeRevision, 'source' | 'externalTradeId'>;

/** Beginning of a ledger line as this program writes it, with values that need no escapes. */
const CANONICAL = /^\{"v":1,"source":"([^"\\]+)","external_trade_id":"([^"\\]+)",/;

/** Stands once in every line, and in no text of one: there its quotes would be escaped. */
const ID_KEY = '"external_trade_id":"';

/**
 * Reads only the identities of a ledger file's lines, several times as fast as reading the lines.
 *
 * @param text - decoded, see `decodeArtifact`.
 * @returns one for each line that is a trade, in file order; a trade with two revisions stands twice.
 */
export function tradeIdentities(text: string, path: string): readonly TradeIdentity[] {
  return beginnings(text) ?? parseTrades(text, path).records.map(({ record }) => record);
}

/**
 * The same where every line begins as this program writes it and holds one trade: then no other trade can be in the file,
 * whatever else may be wrong with a line.
 *
 * @returns null = the lines have to be read.
 */
export function certainIdentities(text: string): readonly TradeIdentity[] | null {
  const identities = beginnings(text);
  return identities !== null && identities.length === occurrences(text, ID_KEY) ? identities : null;
}

/** @returns null = a line begins in another way. */
function beginnings(text: string): readonly TradeIdentity[] | null {
  const identities: TradeIdentity[] = [];
  for (let start = 0; start < text.length; ) {
    const newline = text.indexOf('\n', start);
    const end = newline === -1 ? text.length : newline;
    const match = CANONICAL.exec(text.slice(start, Math.min(end, start + 640)));
    if (match === null && text.slice(start, end).trim() !== '') return null;
    const [, source, externalTradeId] = match ?? [];
    if (source !== undefined && externalTradeId !== undefined) identities.push({ source, externalTradeId });
    start = end + 1;
  }
  return identities;
}

function occurrences(text: string, part: string): number {
  let count = 0;
  for (let at = text.indexOf(part); at !== -1; at = text.indexOf(part, at + part.length)) count += 1;
  return count;
}
