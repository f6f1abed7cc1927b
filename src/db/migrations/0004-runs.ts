import { type Kysely, type Migration, sql } from 'kysely';

/** Runs of jobs stand beside events and milestones. */
const STATEMENTS: readonly string[] = [
  'alter table maven_memory drop constraint maven_memory_memory_type_check',
  `alter table maven_memory add constraint maven_memory_memory_type_check
    check (memory_type in ('event', 'milestone', 'run'))`,
];

export const runs: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};
