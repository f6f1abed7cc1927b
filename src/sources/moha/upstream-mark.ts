import type { UpstreamConnection, UpstreamMark } from './bot-trade.js';
import { idText, type TableShape, utcTimestamp } from './row-query.js';
import { timeOfTimestamp } from './timestamp-text.js';

/** Reads what the snapshot of this transaction shows as a whole. */
export async function readMark(connection: UpstreamConnection, table: TableShape): Promise<UpstreamMark> {
  const [cluster = []] = await connection.query(await clusterSql(connection));
  const [[horizon, nextXid, now, database, lastId] = []] = await connection.query(
    `select pg_snapshot_xmin(s.snapshot)::text, pg_snapshot_xmax(s.snapshot)::text,
       (${utcTimestamp('transaction_timestamp()')})::text,
       (select d.oid::text from pg_database d where d.datname = current_database()),
       (select ${idText(table, 'max(id)')} from bot_trades)
     from (select pg_current_snapshot() as snapshot) s`,
  );
  const live = await connection.query(LIVE_SQL);
  return {
    identity: {
      system: cluster[0] ?? null,
      timeline: cluster[1] ?? null,
      database: database ?? '',
      table: table.oid,
    },
    kind: table.kind,
    horizon: horizon ?? '',
    nextXid: nextXid ?? '',
    live: live.map(([transaction]) => transaction ?? ''),
    now: timeOfTimestamp(now ?? ''),
    lastId: lastId ?? null,
  };
}

/**
 * Every running transaction holds its own virtual id. One that was prepared for a second phase belongs to no process
 * any more: then it is told by the lock on its transaction id. Other databases of the cluster cannot write to ours.
 */
const LIVE_SQL = `select l.virtualtransaction from pg_locks l left join pg_stat_activity a on a.pid = l.pid
  where l.granted and l.locktype in ('virtualxid', 'transactionid')
    and (l.pid is null or (l.pid <> pg_backend_pid() and a.datname = current_database()))
  group by 1 order by 1`;

/** A function that we may not call would end the transaction, so it is asked first. */
async function clusterSql(connection: UpstreamConnection): Promise<string> {
  const [[system, checkpoint] = []] = await connection.query(
    `select has_function_privilege(to_regprocedure('pg_control_system()'), 'execute')::text,
       has_function_privilege(to_regprocedure('pg_control_checkpoint()'), 'execute')::text`,
  );
  const systemSql =
    system === 'true' ? '(select s.system_identifier::text from pg_control_system() s)' : 'null';
  const timelineSql =
    checkpoint === 'true' ? '(select c.timeline_id::text from pg_control_checkpoint() c)' : 'null';
  return `select ${systemSql}, ${timelineSql}`;
}
