import { sql } from 'kysely';
import type { Session } from './database.js';

/**
 * Runs `work` in a transaction and commits, or rolls back when it throws or answers that nothing is to be kept.
 *
 * @param work - returns its result and whether to commit.
 */
export async function inTransaction<T>(
  session: Session,
  work: () => Promise<{ readonly commit: boolean; readonly result: T }>,
): Promise<T> {
  // Not the role's or database's default: a snapshot taken before a wait would see what is no longer so.
  await sql`begin isolation level read committed read write`.execute(session.db);
  let done: { readonly commit: boolean; readonly result: T };
  try {
    done = await work();
  } catch (error) {
    // The connection may be gone; what failed first is what the caller must hear of.
    await sql`rollback`.execute(session.db).catch(() => undefined);
    throw error;
  }
  await (done.commit ? sql`commit` : sql`rollback`).execute(session.db);
  return done.result;
}
