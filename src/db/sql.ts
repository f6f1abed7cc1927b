/** Kysely for the rest of the program; the package has its one home in this folder. */
export { type Insertable, type Kysely, type RawBuilder, sql } from 'kysely';
