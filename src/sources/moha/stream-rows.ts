import type { RowChunk } from './bot-trade.js';
import type { GuardedConnection } from './guarded-connection.js';
import { rowChunk } from './row-chunk.js';

/** Large enough that round trips do not count; more than a megabyte. */
const CHUNK_ROWS = 5000;
/** Room for a chunk of rows as they mostly are. */
const CHUNK_BYTES = 1_500_000;
/** Asked for before they are needed: while the caller waits for a disk, rows come in. */
const CHUNKS_AHEAD = 10;

/**
 * Streams the rows of a statement through a cursor of the server; the next chunks are under way while the caller works.
 *
 * A cursor, not COPY: other statements may run between chunks, a caller may take as long as it likes, or stop early,
 * and it works on every connection.
 *
 * @param statement - see {@link rowsQuery}.
 * @param cursor - its name, of which there is one in the transaction.
 */
export async function* streamRows(
  connection: GuardedConnection,
  statement: string,
  cursor: string,
): AsyncGenerator<RowChunk, void, undefined> {
  await connection.query(`declare ${cursor} no scroll cursor for ${statement}`);
  const ahead: Promise<RowChunk>[] = [];
  try {
    for (;;) {
      while (ahead.length < CHUNKS_AHEAD) ahead.push(fetchChunk(connection, cursor));
      const chunk = await ahead.shift();
      if (chunk === undefined || chunk.length === 0) return;
      yield chunk;
    }
  } finally {
    // A statement that failed has ended the transaction, and the cursor with it.
    await connection.query(`close ${cursor}`).catch(() => undefined);
  }
}

function fetchChunk(connection: GuardedConnection, cursor: string): Promise<RowChunk> {
  const chunk = connection.queryRaw(`fetch ${CHUNK_ROWS} from ${cursor}`, CHUNK_BYTES).then(rowChunk);
  // It may fail while the caller is busy with a chunk before it; the caller is told when it asks for this one.
  chunk.catch(() => undefined);
  return chunk;
}
