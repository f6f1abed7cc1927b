import { MavenError } from '../../errors.js';
import type { BotTrade } from './bot-trade.js';
import { readRecord } from './record-text.js';
import { timeOfTimestamp } from './timestamp-text.js';

const WHOLE_NUMBER = /^-?\d+$/;

/**
 * Reads one row that {@link rowsQuery} asked for.
 *
 * @param text - a record of all known columns, in the order of `COLUMN_NAMES`.
 * @throws {@link MavenError} UPSTREAM_INVALID when the id is null or no whole number: nothing could refer to the row.
 */
export function botTradeFromRecord(text: string): BotTrade {
  const fields = readRecord(text);
  const id = fields[0] ?? null;
  if (id === null || !WHOLE_NUMBER.test(id)) throw idError(id);
  return {
    id,
    botId: fields[1] ?? null,
    botType: fields[2] ?? null,
    decisionId: fields[3] ?? null,
    symbol: fields[4] ?? null,
    side: fields[5] ?? null,
    entryPrice: fields[6] ?? null,
    exitPrice: fields[7] ?? null,
    size: fields[8] ?? null,
    leverage: fields[9] ?? null,
    realizedPnl: fields[10] ?? null,
    unrealizedPnl: fields[11] ?? null,
    fees: fields[12] ?? null,
    status: fields[13] ?? null,
    closeReason: fields[14] ?? null,
    openedAt: timeOf(fields[15]),
    closedAt: timeOf(fields[16]),
  };
}

function timeOf(text: string | null | undefined): string | null {
  return text == null ? null : timeOfTimestamp(text);
}

function idError(id: string | null): MavenError {
  return new MavenError('UPSTREAM_INVALID', `bot_trades has a row whose id is ${id ?? 'null'}`, {
    hint: 'every row needs an id that is a whole number; mend the row upstream, then run this again',
    data: { column: 'id', received: id },
  });
}
