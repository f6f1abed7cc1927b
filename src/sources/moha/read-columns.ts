import { MavenError } from '../../errors.js';
import type { UpstreamConnection } from './bot-trade.js';
import {
  COLUMN_NAMES,
  type ColumnFault,
  chooseColumns,
  describeFault,
  type FoundColumn,
  type ReadColumn,
} from './table-columns.js';
import { unknownZone } from './time-zone.js';
import { GRANTS } from './upstream-error.js';

export interface TableColumns {
  /** In the order of {@link COLUMN_NAMES}. */
  readonly columns: readonly ReadColumn[];
  readonly warnings: readonly string[];
}

/** Columns with their types; domains are followed down to the type that they restrict. */
const columnsSql = (table: string) => `
  with recursive types(name, readable, declared, type, modifier) as (
    select a.attname, has_column_privilege(a.attrelid, a.attnum, 'select'),
      format_type(a.atttypid, a.atttypmod), a.atttypid, a.atttypmod
    from pg_attribute a
    where a.attrelid = ${table}::oid and a.attnum > 0 and not a.attisdropped
      and a.attname in (${COLUMN_NAMES.map((name) => `'${name}'`).join(', ')})
    union all
    select d.name, d.readable, d.declared, t.typbasetype, t.typtypmod
    from types d join pg_type t on t.oid = d.type where t.typtype = 'd'
  )
  select d.name::text, d.readable::text, d.declared,
    case when n.nspname = 'pg_catalog' then t.typname::text else '' end,
    t.typtype::text, t.typcategory::text, d.modifier::text
  from types d join pg_type t on t.oid = d.type join pg_namespace n on n.oid = t.typnamespace
  where t.typtype <> 'd'`;

/**
 * Checks every column before anything is read.
 *
 * @param table - oid of `bot_trades`.
 * @throws {@link MavenError} UPSTREAM_SCHEMA naming all columns at fault; CONFIG_INVALID when upstream does not know
 *   the time zone that it would need.
 */
export async function readColumns(
  connection: UpstreamConnection,
  table: string,
  options: { readonly description: string; readonly timeZone: string },
): Promise<TableColumns> {
  const rows = await connection.query(columnsSql(table));
  const { columns, faults, warnings } = chooseColumns(rows.map(foundColumn), options.timeZone);
  if (faults.length > 0) throw schemaError(faults, options.description);
  if (columns.some(({ type }) => type === 'timestamp')) await checkZone(connection, options.timeZone);
  return { columns, warnings };
}

function foundColumn(row: readonly (string | null)[]): FoundColumn {
  const [name, readable, declared, type, typeKind, category, modifier] = row.map((value) => value ?? '');
  return {
    name: name ?? '',
    readable: readable === 'true',
    declared: declared ?? '',
    type: type ?? '',
    typeKind: typeKind ?? '',
    category: category ?? '',
    modifier: Number(modifier),
  };
}

function schemaError(faults: readonly ColumnFault[], description: string): MavenError {
  const onlyPrivileges = faults.every(({ fault }) => fault === 'privilege');
  const columns = faults.map(describeFault).join('; ');
  return new MavenError('UPSTREAM_SCHEMA', `${description}: bot_trades cannot be read: ${columns}`, {
    hint: onlyPrivileges
      ? GRANTS
      : 'nothing was written; mend the table, or put a view named bot_trades with these columns first on the search_path',
    data: { upstream: description, table: 'bot_trades', faults },
  });
}

/** This program knows the zone by now, but upstream may not. */
async function checkZone(connection: UpstreamConnection, timeZone: string): Promise<void> {
  try {
    await connection.query(`select (timestamp '2000-01-01 00:00:00' at time zone '${timeZone}')::text`);
  } catch (error) {
    const unknown = error instanceof MavenError && error.data.sqlstate === '22023';
    throw unknown ? unknownZone(timeZone) : error;
  }
}
