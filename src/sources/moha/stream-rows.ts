import type { RowChunk, UpstreamConnection } from './bot-trade.js';
import { recordChunk } from './record-chunk.js';

/** Large enough that round trips do not count, small enough that two batches are a few megabytes. */
const BATCH_ROWS = 5000;

/**
 * Streams the rows of a statement through a cursor of the server; the next batch is under way while the caller works.
 *
 * A cursor, not COPY: other statements may run between batches, a caller may take as long as it likes, or stop early,
 * and it works on every connection. Measured, it is also quicker.
 *
 * @param statement - selects one record a row, see {@link rowsQuery}.
 * @param cursor - its name, of which there is one in the transaction.
 */
export async function* streamRows(
  connection: UpstreamConnection,
  statement: string,
  cursor: string,
): AsyncGenerator<RowChunk, void, undefined> {
  await connection.query(`declare ${cursor} no scroll cursor for ${statement}`);
  let next = fetchBatch(connection, cursor);
  try {
    for (;;) {
      const rows = await next;
      if (rows.length === 0) return;
      next = fetchBatch(connection, cursor);
      yield recordChunk(rows.map(([record]) => record ?? ''));
    }
  } finally {
    // A statement that failed has ended the transaction, and the cursor with it.
    await connection.query(`close ${cursor}`).catch(() => undefined);
  }
}

function fetchBatch(
  connection: UpstreamConnection,
  cursor: string,
): Promise<readonly (readonly (string | null)[])[]> {
  const batch = connection.query(`fetch ${BATCH_ROWS} from ${cursor}`);
  // It may fail while the caller is busy with the batch before; it is told when it asks for this one.
  batch.catch(() => undefined);
  return batch;
}
