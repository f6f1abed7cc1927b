import type { Period } from '../../../parsers/period.js';
import type { Schema } from '../../db/schema.js';
import { type Kysely, type RawBuilder, sql } from '../../db/sql.js';
import { type EvidenceArtifacts, MOST_ARTIFACTS } from './evidence.js';
import { canonicalTime } from './in-one-moment.js';

/** SQL of a trade `t` that is over. */
export const ENDED = sql`t.status in ('closed', 'liquidated')`;

/** SQL of a trade `t` that ended in a period. @param asset - in lower case; null = of any. */
export function endedIn({ start, end }: Period, asset: string | null): RawBuilder<unknown> {
  const after = start === null ? sql`` : sql`and t.closed_at >= ${start}::timestamptz`;
  const before = end === null ? sql`` : sql`and t.closed_at < ${end}::timestamptz`;
  return sql`${ENDED} and t.closed_at is not null ${after} ${before} ${ofAsset(asset)}`;
}

export function ofAsset(asset: string | null): RawBuilder<unknown> {
  return asset === null ? sql`` : sql`and lower(t.asset collate "C") = ${asset}`;
}

/** Names the ledger files of ended trades. A file is named for the day of opening: the greatest path is the newest. */
export async function ledgersOf(
  db: Kysely<Schema>,
  period: Period,
  asset: string | null,
): Promise<EvidenceArtifacts> {
  const { rows } = await sql<{ git_path: string; total: string }>`
    select git_path, count(*) over () as total
    from (select t.git_path from maven_trades t where ${endedIn(period, asset)} group by t.git_path) files
    order by git_path collate "C" desc limit ${sql.lit(MOST_ARTIFACTS)}`.execute(db);
  return { paths: rows.map(({ git_path }) => git_path), count: Number(rows[0]?.total ?? 0) };
}

/** @returns when the newest revision of any trade was recorded, canonical; null = there is no trade. */
export async function newestRevision(db: Kysely<Schema>): Promise<string | null> {
  const { rows } = await sql<{ at: string | null }>`
    select ${canonicalTime('newest')} as at from (select max(updated_at) as newest from maven_trades) t`.execute(
    db,
  );
  return rows[0]?.at ?? null;
}
