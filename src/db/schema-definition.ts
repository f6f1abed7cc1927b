import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { Session } from './database.js';
import { MIGRATIONS } from './migrations/index.js';
import type { Schema } from './schema.js';
import { FUNCTIONS, TABLES } from './schema-objects.js';

/** One object of the schema, such as `table maven_trades` or `function maven_win_rate_by_asset`, as Postgres describes it. */
export type SchemaDefinition = ReadonlyMap<string, string>;

/** An object that is not what the migrations made; null = missing, or not ours. */
export interface SchemaChange {
  readonly object: string;
  readonly expected: string | null;
  readonly actual: string | null;
}

/**
 * Compares the tables and functions with what the migrations make, so that nobody reads numbers through a column that
 * rounds, a function that invents, or a table that is a view.
 *
 * The comparison is with the same migrations, run into this session's temporary schema and taken back: that way no
 * server version's spelling of a definition matters. Inside the caller's transaction.
 */
export async function schemaChanges(session: Session): Promise<readonly SchemaChange[]> {
  const { db } = session;
  const actual = await readDefinition(db, sql`current_schema()::regnamespace`);
  await sql`savepoint expected_schema`.execute(db);
  const path = await sql<{ path: string }>`select current_setting('search_path') as path`.execute(db);
  // A temporary schema exists once there is something in it.
  await sql`create temporary table expected_schema_probe (n int)`.execute(db);
  await sql`set local search_path to pg_temp`.execute(db);
  for (const migration of Object.values(MIGRATIONS)) await migration.up(db);
  const expected = await readDefinition(db, sql`pg_my_temp_schema()::regnamespace`);
  await sql`rollback to savepoint expected_schema`.execute(db);
  await sql`select set_config('search_path', ${path.rows[0]?.path ?? ''}, true)`.execute(db);
  return [...new Set([...expected.keys(), ...actual.keys()])].sort().flatMap((object) => {
    const [wanted, found] = [expected.get(object) ?? null, actual.get(object) ?? null];
    return wanted === found ? [] : [{ object, expected: wanted, actual: found }];
  });
}

/** Describes every object of ours in a schema: columns, keys, indexes, triggers, rules, row security, children, functions. */
async function readDefinition(
  db: Kysely<Schema>,
  namespace: ReturnType<typeof sql>,
): Promise<SchemaDefinition> {
  const { rows } = await sql<{ object: string; definition: string; namespace: string }>`
    with ours as (
      select c.oid, c.relname, c.relkind, c.relrowsecurity, c.relnamespace from pg_class c
      where c.relnamespace = ${namespace} and c.relname in (${names(TABLES)}) and c.relkind in ('r', 'v', 'm', 'f', 'p')
    )
    select relnamespace::regnamespace::text as namespace, 'table ' || relname as object,
      concat_ws(' ', relkind::text, 'row security', relrowsecurity) as definition from ours
    union all
    select o.relnamespace::regnamespace::text, 'column ' || o.relname || '.' || a.attname,
      concat_ws(' ', format_type(a.atttypid, a.atttypmod), 'not null', a.attnotnull, 'generated', a.attgenerated::text,
        pg_get_expr(d.adbin, d.adrelid))
    from ours o join pg_attribute a on a.attrelid = o.oid and a.attnum > 0 and not a.attisdropped
    left join pg_attrdef d on d.adrelid = o.oid and d.adnum = a.attnum
    union all
    select o.relnamespace::regnamespace::text, 'constraint ' || o.relname || ' ' || k.conname, pg_get_constraintdef(k.oid)
    from ours o join pg_constraint k on k.conrelid = o.oid where k.contype <> 'n'
    union all
    select o.relnamespace::regnamespace::text, 'index ' || i.indexrelid::regclass::text,
      concat_ws(' ', pg_get_indexdef(i.indexrelid), 'valid', i.indisvalid)
    from ours o join pg_index i on i.indrelid = o.oid
    where i.indisunique or exists (select 1 from pg_class x where x.oid = i.indexrelid and x.relname like 'maven\\_%')
    union all
    select o.relnamespace::regnamespace::text, 'trigger ' || o.relname || ' ' || t.tgname, pg_get_triggerdef(t.oid)
    from ours o join pg_trigger t on t.tgrelid = o.oid where not t.tgisinternal
    union all
    select o.relnamespace::regnamespace::text, 'rule ' || o.relname || ' ' || r.rulename, pg_get_ruledef(r.oid)
    from ours o join pg_rewrite r on r.ev_class = o.oid
    union all
    select o.relnamespace::regnamespace::text, 'child of ' || o.relname || ' ' || h.inhrelid::regclass::text, 'inherits'
    from ours o join pg_inherits h on h.inhparent = o.oid
    union all
    select p.pronamespace::regnamespace::text, 'function ' || p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')',
      pg_get_functiondef(p.oid)
    from pg_proc p where p.pronamespace = ${namespace} and p.proname in (${names(FUNCTIONS)})`.execute(db);
  return new Map(
    rows.map(({ object, definition, namespace: name }) => [
      unqualified(object, name),
      unqualified(definition, name),
    ]),
  );
}

function names(list: readonly string[]) {
  return sql.join(list.map((name) => sql.lit(name)));
}

/** Takes the schema's name out of a definition: the same object reads alike wherever it is. */
function unqualified(text: string, namespace: string): string {
  return text.replaceAll(`${namespace}.`, '').replaceAll(/pg_temp(_\d+)?\./g, '');
}
