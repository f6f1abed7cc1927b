import { MavenError } from '../../errors.js';
import type { BotTrade } from './bot-trade.js';
import { readRow } from './raw-rows.js';
import { timeOfTimestamp } from './timestamp-text.js';

const WHOLE_NUMBER = /^-?\d+$/;

/**
 * Reads one row that {@link rowsQuery} asked for: all known columns, in the order of `COLUMN_NAMES`.
 *
 * @param start - where it starts.
 * @throws {@link MavenError} UPSTREAM_INVALID when the id is null or no whole number: nothing could refer to the row.
 */
export function botTradeFromRow(bytes: Buffer, start: number): BotTrade {
  const fields = readRow(bytes, start);
  const id = fields[0] ?? null;
  if (id === null || !WHOLE_NUMBER.test(id)) throw idError(id);
  return {
    id,
    botId: fields[1] ?? null,
    botType: fields[2] ?? null,
    symbol: fields[3] ?? null,
    side: fields[4] ?? null,
    status: fields[5] ?? null,
    closeReason: fields[6] ?? null,
    decisionId: fields[7] ?? null,
    entryPrice: fields[8] ?? null,
    exitPrice: fields[9] ?? null,
    size: fields[10] ?? null,
    leverage: fields[11] ?? null,
    realizedPnl: fields[12] ?? null,
    unrealizedPnl: fields[13] ?? null,
    fees: fields[14] ?? null,
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
