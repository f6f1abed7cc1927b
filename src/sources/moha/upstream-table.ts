import { MavenError } from '../../errors.js';
import type { UpstreamConnection } from './bot-trade.js';
import { GRANTS } from './upstream-error.js';

/** Where `bot_trades` is, and what our role may do with it. */
export interface FoundTable {
  readonly oid: string;
  /** `table` when rows carry an `xmin` that we may read; `view` otherwise. */
  readonly kind: 'table' | 'view';
  /** Rows by upstream's own statistics; null = it has none. */
  readonly rowsGuess: number | null;
  /** `150018` for 15.18. */
  readonly serverVersion: number;
  /** What a person should know, one sentence each. */
  readonly warnings: readonly string[];
  /** What lets the role write, in words; empty = nothing does. */
  readonly writeAccess: readonly string[];
}

/** Tables, partitioned tables, views, materialized views, foreign tables; not indexes, sequences or types. */
const READABLE_RELATIONS = ['r', 'p', 'v', 'm', 'f'];

const FIND_SQL = `select c.oid::text, c.relkind::text, row_security_active(c.oid)::text
  from pg_class c where c.oid = to_regclass('bot_trades')`;

/**
 * What is to know of a relation together with its partitions. Only heap tables have an `xmin`: a partition may be a
 * foreign table, or be stored in another way. `xmin` can be granted like any other column.
 */
const factsSql = (oid: string) => `
  with recursive tree(oid) as (
    select ${oid}::oid
    union select i.inhrelid from pg_inherits i join tree on tree.oid = i.inhparent
  )
  select
    bool_and(c.relkind = 'p' or (c.relkind = 'r' and m.amname = 'heap'))::text,
    (select has_column_privilege(a.attrelid, a.attnum, 'select')::text
     from pg_attribute a where a.attrelid = ${oid}::oid and a.attname = 'xmin'),
    case when bool_or(c.reltuples < 0) filter (where c.relkind in ('r', 'm')) then null
      else (sum(c.reltuples) filter (where c.relkind in ('r', 'm')))::bigint::text end,
    current_setting('server_version_num'),
    (select bool_or(r.rolsuper)::text from pg_roles r where r.rolname in (current_user, session_user)),
    bool_or(pg_has_role(c.relowner, 'member'))::text,
    bool_or(has_table_privilege(c.oid, 'insert') or has_any_column_privilege(c.oid, 'insert'))::text,
    bool_or(has_table_privilege(c.oid, 'update') or has_any_column_privilege(c.oid, 'update'))::text,
    bool_or(has_table_privilege(c.oid, 'delete'))::text,
    bool_or(has_table_privilege(c.oid, 'truncate'))::text
  from tree join pg_class c on c.oid = tree.oid left join pg_am m on m.oid = c.relam`;

const WRITE_ACCESS = ['is a superuser', 'owns it', 'may INSERT', 'may UPDATE', 'may DELETE', 'may TRUNCATE'];

const COLUMNS_ONLY =
  'the role may read single columns only, so changes are found by id: grant SELECT on the whole table';
const ROW_SECURITY = 'row level security may hide rows from this role; hidden rows are never synced';

/**
 * Finds `bot_trades` on the search path.
 *
 * @param description - the upstream, for messages.
 * @throws {@link MavenError} UPSTREAM_SCHEMA when there is none.
 */
export async function findTable(connection: UpstreamConnection, description: string): Promise<FoundTable> {
  const [found = []] = await connection.query(FIND_SQL);
  const [oid, relkind, rowSecurity] = found;
  if (oid == null || !READABLE_RELATIONS.includes(relkind ?? ''))
    throw await noTable(connection, description);
  const [facts = []] = await connection.query(factsSql(oid));
  const [heap, xminReadable, rowsGuess, serverVersion, ...access] = facts;
  const kind = heap === 'true' && xminReadable === 'true' ? 'table' : 'view';
  return {
    oid,
    kind,
    rowsGuess: rowsGuess == null ? null : Number(rowsGuess),
    serverVersion: Number(serverVersion ?? 0),
    warnings: [
      ...(heap === 'true' && kind === 'view' ? [`bot_trades: ${COLUMNS_ONLY}`] : []),
      ...(rowSecurity === 'true' ? [`bot_trades: ${ROW_SECURITY}`] : []),
    ],
    writeAccess: WRITE_ACCESS.filter((_, i) => access[i] === 'true'),
  };
}

/** Says in which schemas a table of this name is, for the usual mistake is a search path without it. */
async function noTable(connection: UpstreamConnection, description: string): Promise<MavenError> {
  const rows = await connection.query(
    `select n.nspname::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relname = 'bot_trades' and c.relkind in ('r', 'p', 'v', 'm', 'f') order by 1`,
  );
  const schemas = rows.map(([schema]) => schema ?? '');
  const elsewhere =
    schemas.length === 0
      ? ''
      : `; there is one in schema ${schemas.join(', ')}, which the role may not use or which is not on its search_path`;
  const hint =
    schemas.length === 0
      ? 'correct the database in MOHA_DATABASE_URL (or MOHA_DB_NAME)'
      : `${GRANTS}; set its path: alter role ... set search_path = ${schemas[0]}`;
  return new MavenError('UPSTREAM_SCHEMA', `${description} has no table bot_trades${elsewhere}`, {
    hint,
    data: { upstream: description, table: 'bot_trades', schemas },
  });
}
