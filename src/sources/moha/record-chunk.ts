import type { RowChunk } from './bot-trade.js';
import { botTradeFromRecord } from './bot-trade-from-record.js';

/** Postgres keeps no NUL in any text, so it can stand between texts. */
const SEPARATOR = '\0';

/** Keeps records as bytes outside the heap until they are read. */
export function recordChunk(records: readonly string[]): RowChunk {
  const bytes = Buffer.from(records.join(SEPARATOR));
  const { length } = records;
  return {
    length,
    *[Symbol.iterator]() {
      if (length === 0) return;
      for (const record of bytes.toString('utf8').split(SEPARATOR)) yield botTradeFromRecord(record);
    },
  };
}
