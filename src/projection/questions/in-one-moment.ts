import type { Session } from '../../db/database.js';
import type { Schema } from '../../db/schema.js';
import { type Kysely, type RawBuilder, sql } from '../../db/sql.js';
import { MavenError } from '../../errors.js';
import { readProjectionState } from '../projection-state.js';

/**
 * Asks the projection several things of one moment: another process may reconcile between two statements, and the
 * revision, the rows and the sums must agree.
 *
 * @param ask - is told the revision that the tables mirror, for what is not in them.
 * @returns the answer with that revision.
 * @throws {@link MavenError} DATABASE_FAILED when the tables were emptied meanwhile.
 */
export async function inOneMoment<T>(
  { db }: Session,
  ask: (db: Kysely<Schema>, revision: string) => Promise<T>,
): Promise<{ readonly revision: string; readonly answer: T }> {
  await sql`begin isolation level repeatable read read only`.execute(db);
  try {
    const state = await readProjectionState(db);
    if (state === null) throw emptied();
    return { revision: state.revision, answer: await ask(db, state.revision) };
  } finally {
    await sql`rollback`.execute(db).catch(() => undefined);
  }
}

/** A `timestamptz` column in the one spelling that records have. */
export function canonicalTime(column: string): RawBuilder<string> {
  return sql<string>`to_char(${sql.ref(column)} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"')`;
}

function emptied(): MavenError {
  return new MavenError('DATABASE_FAILED', 'the projection was emptied while it was asked', {
    hint: 'run maven-git reconcile',
  });
}
