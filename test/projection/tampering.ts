import fc from 'fast-check';
import type { Database } from '../../src/db/database.js';
import { sql } from '../../src/db/sql.js';
import { PROJECTED_TABLES } from '../../src/projection/tables/index.js';

/** One thing done to the tables behind the program's back. */
export interface Tampering {
  readonly action: 'change' | 'delete' | 'insert';
  readonly table: number;
  readonly row: number;
  readonly column: number;
}

export const tamperings: fc.Arbitrary<Tampering> = fc.record({
  action: fc.constantFrom('change' as const, 'delete' as const, 'insert' as const),
  table: fc.nat(1000),
  row: fc.nat(1000),
  column: fc.nat(1000),
});

/** What verify must name. */
export interface Tampered {
  readonly table: string;
  readonly code: 'ROW_CHANGED' | 'ROW_MISSING' | 'ROW_EXTRA';
  readonly column: string | null;
}

/** Another value of a column that its table still takes. */
const ALTERNATIVES: Readonly<Record<string, string>> = {
  side: "case side when 'long' then 'short' else 'long' end",
  position_action: "case position_action when 'open' then 'close' else 'open' end",
  status: "case status when 'open' then 'cancelled' else 'open' end",
  severity: "case severity when 'error' then 'warning' else 'error' end",
  memory_type: "case memory_type when 'event' then 'milestone' else 'event' end",
  snapshot_type: "case snapshot_type when 'manual' then 'scheduled' else 'manual' end",
  quality: "case quality when 'partial' then 'complete' else 'partial' end",
};

const BY_TYPE: Readonly<Record<string, (column: string) => string>> = {
  text: (column) => `coalesce(${column}, '') || ' '`,
  numeric: (column) => `coalesce(${column}, 0) + 0.000000000000000001`,
  bigint: (column) => `coalesce(${column}, 0) + 1`,
  integer: (column) => `coalesce(${column}, 0) + 1`,
  'timestamp with time zone': (column) => `coalesce(${column}, now()) + interval '1 microsecond'`,
  jsonb: (column) => `coalesce(${column}, '{}') || '{"tampered": 1.0}'`,
};

/**
 * Carries a tampering out.
 *
 * @returns null when there is no row to tamper with.
 */
export async function tamper(database: Database, tampering: Tampering): Promise<Tampered | null> {
  return database.withSession(async ({ db }) => {
    const filled: string[] = [];
    for (const { table } of PROJECTED_TABLES) {
      const { rows } = await sql`select 1 from ${sql.table(table)} limit 1`.execute(db);
      if (rows.length > 0) filled.push(table);
    }
    const table = filled[tampering.table % Math.max(1, filled.length)];
    if (table === undefined) return null;
    const { rows: ids } = await sql<{ id: string }>`select id from ${sql.table(table)} order by id`.execute(
      db,
    );
    const id = ids[tampering.row % ids.length]?.id ?? '0';
    if (tampering.action === 'delete') {
      await sql`delete from ${sql.table(table)} where id = ${id}`.execute(db);
      return { table, code: 'ROW_MISSING', column: null };
    }
    const { rows: columns } = await sql<{ name: string; type: string }>`
      select column_name as name, data_type as type from information_schema.columns
      where table_name = ${table} and is_generated = 'NEVER' and column_name <> 'id' order by ordinal_position`.execute(
      db,
    );
    if (tampering.action === 'insert') {
      const names = sql.join(columns.map(({ name }) => sql.ref(name)));
      await sql`insert into ${sql.table(table)} (id, ${names}) select 42, ${names}
        from ${sql.table(table)} where id = ${id}`.execute(db);
      return { table, code: 'ROW_EXTRA', column: null };
    }
    const column = columns[tampering.column % columns.length];
    if (column === undefined) return null;
    const change = ALTERNATIVES[column.name] ?? BY_TYPE[column.type]?.(`"${column.name}"`) ?? 'null';
    const jsonArray =
      column.type === 'jsonb'
        ? `case when jsonb_typeof("${column.name}") = 'array' then '[1]'::jsonb else ${change} end`
        : change;
    await sql`update ${sql.table(table)} set ${sql.ref(column.name)} = ${sql.raw(jsonArray)} where id = ${id}`.execute(
      db,
    );
    return { table, code: 'ROW_CHANGED', column: column.name };
  });
}
