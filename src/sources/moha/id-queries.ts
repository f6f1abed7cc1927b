import type { IdRange, UpstreamConnection } from './bot-trade.js';
import { idList, readId } from './id-ranges.js';
import { idText, idType, type TableShape } from './row-query.js';

/** Ids looked up by one statement. */
const LOOKUP_IDS = 10_000;

/** See {@link MohaSnapshot.gaps}. */
export async function findGaps(
  connection: UpstreamConnection,
  table: TableShape,
  aboveId: string,
  limit: number,
): Promise<readonly IdRange[]> {
  if (!Number.isSafeInteger(limit) || limit < 0) throw new Error(`not a number of gaps: ${limit}`);
  const above = readId(aboveId);
  const id = idType(table) === 'numeric' ? 'trim_scale(id)' : 'id::bigint';
  const rows = await connection.query(
    `select (before + 1)::text, (id - 1)::text from (
       select ${id} as id, coalesce(lag(${id}) over (order by id), ${above}) as before
       from bot_trades where id > ${above}) ids
     where id > before + 1 order by id desc limit ${limit}`,
  );
  return rows.toReversed().map(([first, last]) => ({ first: first ?? '', last: last ?? '' }));
}

/** See {@link MohaSnapshot.absent}. */
export async function findAbsent(
  connection: UpstreamConnection,
  table: TableShape,
  ids: readonly string[],
): Promise<readonly string[]> {
  const present = new Set<string>();
  for (let start = 0; start < ids.length; start += LOOKUP_IDS) {
    const list = idList(ids.slice(start, start + LOOKUP_IDS).map(readId), idType(table));
    if (list === null) continue;
    const rows = await connection.query(
      `select ${idText(table, 'id')} from bot_trades where id = any(${list})`,
    );
    for (const [id] of rows) if (id != null) present.add(id);
  }
  return ids.filter((id) => !present.has(String(readId(id))));
}
