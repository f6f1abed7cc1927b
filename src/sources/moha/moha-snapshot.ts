import type { MohaSnapshot, UpstreamConnection } from './bot-trade.js';
import type { GuardedConnection } from './guarded-connection.js';
import { findAbsent, findGaps } from './id-queries.js';
import { readColumns } from './read-columns.js';
import { rowsQuery, type TableShape } from './row-query.js';
import { streamRows } from './stream-rows.js';
import { readMark } from './upstream-mark.js';
import { type FoundTable, findTable } from './upstream-table.js';
import { checkWriteAccess, type WriteAccessOptions } from './write-access.js';

/** Below this many rows by upstream's statistics, counting is as quick as guessing. */
const COUNTED_ROWS = 10_000;
/** The first server version that looks long lists up by hash. */
const HASHES_LISTS = 140_000;

export interface SnapshotOptions extends WriteAccessOptions {
  /** Zone of times without one; checked. */
  readonly timeZone: string;
}

/**
 * Looks at upstream in the transaction of a connection: checks role and columns, then marks the moment.
 *
 * @param connection - guarded, in a read-only transaction of one snapshot.
 */
export async function openSnapshot(
  connection: GuardedConnection,
  options: SnapshotOptions,
): Promise<MohaSnapshot> {
  const found = await findTable(connection, options.description);
  checkWriteAccess(found, options);
  const { columns, warnings } = await readColumns(connection, found.oid, options);
  const { timeZone } = options;
  const { oid, kind } = found;
  const hashesLists = found.serverVersion >= HASHES_LISTS;
  const castToText = !connection.givesRawRows;
  const table: TableShape = { oid, kind, columns, timeZone, hashesLists, castToText };
  const mark = await readMark(connection, table);
  let cursors = 0;
  return {
    mark,
    warnings: [...found.warnings, ...warnings],
    rows: (selection) => {
      cursors += 1;
      return streamRows(connection, rowsQuery(table, selection, mark.nextXid), `maven_rows_${cursors}`);
    },
    estimate: () => estimateRows(connection, found),
    gaps: (aboveId, limit) => findGaps(connection, table, aboveId, limit),
    absent: (ids) => findAbsent(connection, table, ids),
  };
}

async function estimateRows(connection: UpstreamConnection, { rowsGuess }: FoundTable): Promise<number> {
  if (rowsGuess !== null && rowsGuess >= COUNTED_ROWS) return rowsGuess;
  const [[count] = []] = await connection.query('select count(*)::text from bot_trades');
  return Number(count);
}
