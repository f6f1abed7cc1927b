/** Transaction ids of rows have 32 bits, and half of them lie in the past. Ten million are kept as a margin. */
const MOST_TRANSACTIONS_BACK = 2n ** 31n - 10_000_000n;

/**
 * Tells whether rows written since a horizon can be found by their `xmin`.
 *
 * @param horizon - `pg_snapshot_xmin` of an earlier look, 64 bits in decimal digits.
 * @param nextXid - `pg_snapshot_xmax` of this look.
 * @returns false = the horizon lies ahead (another upstream took the place), too far back, or is no number.
 */
export function horizonUsable(horizon: string, nextXid: string): boolean {
  if (!/^\d{1,20}$/.test(horizon) || !/^\d{1,20}$/.test(nextXid)) return false;
  const back = BigInt(nextXid) - BigInt(horizon);
  return back >= 0n && back <= MOST_TRANSACTIONS_BACK;
}

/**
 * The SQL condition for rows written by a transaction at or after a horizon.
 *
 * `xmin` has the low 32 bits of the id, so what counts is its age: how many transactions it lies back, which Postgres
 * counts from one moment in all of a transaction. Rows frozen so long ago that their ids lie ahead again have a negative
 * age, and are old; so are the ids of bootstrap, whose age is the highest there is. With a horizon that cannot be used
 * the condition holds for every row.
 *
 * @param nextXid - of the snapshot in which the condition is used.
 */
export function changedSince(horizon: string, nextXid: string): string {
  if (!horizonUsable(horizon, nextXid)) return 'true';
  const low = BigInt(horizon) % 2n ** 32n;
  // Half the time of comparing the ids as numbers, for which they have to be written out as text.
  return `(age(xmin)::bigint & 4294967295) <= age('${low}'::xid)`;
}
