import type { RowSelection } from './bot-trade.js';
import { changedSince } from './horizon.js';
import { type IdType, idInRanges, readId } from './id-ranges.js';
import type { ReadColumn } from './table-columns.js';

/** What statements over `bot_trades` need to know of it. */
export interface TableShape {
  readonly oid: string;
  readonly kind: 'table' | 'view';
  /** One for each known column, in the order in which rows are read. */
  readonly columns: readonly ReadColumn[];
  /** Zone of times without one; checked. */
  readonly timeZone: string;
  /** See {@link changedSince}. */
  readonly hashesLists: boolean;
  /** Every value is cast to text, for drivers that would make numbers and dates of others; that takes time. */
  readonly castToText: boolean;
}

/**
 * The statement that reads a selection, one value a column, ordered by time of opening, then id.
 *
 * Values are made in the outer query, after the sort: sorting the finished texts would move several times the bytes.
 *
 * @param nextXid - of the snapshot in which it runs.
 */
export function rowsQuery(table: TableShape, selection: RowSelection, nextXid: string): string {
  const values = table.columns.map((column) => valueText(table, column));
  const names = table.columns.filter(({ type }) => type !== null).map(({ name }) => name);
  return `select ${values.join(', ')} from (
    select ${names.join(', ')} from bot_trades where ${condition(table, selection, nextXid)}
    order by ${withZone(table, 'opened_at')} nulls last, id) t`;
}

/** How ids of the table are compared. */
export function idType(table: TableShape): IdType {
  return table.columns.some(({ name, type }) => name === 'id' && type === 'numeric') ? 'numeric' : 'bigint';
}

/** SQL for the text of an id: whole digits, also where the type keeps zeros behind the point. */
export function idText(table: TableShape, expression: string): string {
  return idType(table) === 'numeric' ? `trim_scale(${expression})::text` : `${expression}::text`;
}

/** SQL for a time as `timestamp` of UTC, which prints the same whatever the session's zone is; see {@link timeOfTimestamp}. */
export function utcTimestamp(time: string): string {
  return `${time} at time zone 'UTC'`;
}

function valueText(table: TableShape, { name, kind, type }: ReadColumn): string {
  if (type === null) return 'null';
  if (kind === 'id') return idText(table, name);
  const value = kind === 'time' ? utcTimestamp(withZone(table, name)) : name;
  // The cast drops the blanks with which `char` is filled up.
  return kind === 'text' || table.castToText ? `(${value})::text` : value;
}

/** SQL of a time column as `timestamptz`. */
function withZone(table: TableShape, name: string): string {
  const zoneless = table.columns.some((column) => column.name === name && column.type === 'timestamp');
  return zoneless ? `(${name} at time zone '${table.timeZone}')` : name;
}

function condition(table: TableShape, selection: RowSelection, nextXid: string): string {
  switch (selection.kind) {
    case 'all':
      return 'true';
    case 'changed':
      if (table.kind === 'view') throw new Error('rows of a view do not say when they changed');
      return `${changedSince(selection.sinceHorizon, nextXid, table.hashesLists)} or ${idInRanges(selection.ids, idType(table))}`;
    case 'ids':
      return `id > ${readId(selection.aboveId)} or ${idInRanges(selection.ids, idType(table))}`;
  }
}
