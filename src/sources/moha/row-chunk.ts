import type { RowChunk } from './bot-trade.js';
import { botTradeFromRow } from './bot-trade-from-row.js';
import { nextRow, type RawRows } from './raw-rows.js';

/** Rows of bytes, read each time they are asked for. */
export function rowChunk({ bytes, length }: RawRows): RowChunk {
  return {
    bytes,
    length,
    *[Symbol.iterator]() {
      for (let at = 0; at < bytes.length; at = nextRow(bytes, at)) yield botTradeFromRow(bytes, at);
    },
  };
}
