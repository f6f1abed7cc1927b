import type { Schema } from '../db/schema.js';
import { type Kysely, sql } from '../db/sql.js';
import { diffName, type TableDiff } from './diff.js';
import { stageName } from './stage.js';
import type { TableDescription } from './table-description.js';

/** Carries out exactly the difference that {@link diffTable} found; a row that does not differ is never rewritten. */
export async function applyDiff(
  db: Kysely<Schema>,
  description: TableDescription,
  diff: TableDiff,
): Promise<void> {
  const live = sql.table(description.table);
  const stage = sql.table(stageName(description));
  const differing = sql.table(diffName(description));
  const columns = Object.keys(description.columns);
  if (diff.extra > 0) {
    await sql`delete from ${live} l using ${differing} d where d.id = l.id and d.kind = 'extra'`.execute(db);
  }
  if (diff.changed > 0) {
    const assignments = sql.join(
      columns.map((column) => sql`${sql.ref(column)} = ${sql.ref(`s.${column}`)}`),
    );
    await sql`update ${live} l set ${assignments}
      from ${stage} s join ${differing} d on d.id = s.id and d.kind = 'changed'
      where l.id = s.id`.execute(db);
  }
  if (diff.missing > 0) {
    const targets = sql.join(columns.map((column) => sql.ref(column)));
    const values = sql.join(columns.map((column) => sql.ref(`s.${column}`)));
    await sql`insert into ${live} (${targets})
      select ${values} from ${stage} s join ${differing} d on d.id = s.id and d.kind = 'missing'`.execute(db);
  }
}
