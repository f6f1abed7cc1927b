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
 * The SQL condition for rows written by a transaction at or after a horizon; it may hold for others, too.
 *
 * `xmin` has the low 32 bits of the id, so what counts is how far it lies behind the next id, modulo 2^32. A row that
 * is older than 2^32 transactions may look new: it is read again and found unchanged. Ids 1 and 2 mark rows that are
 * older than any horizon. With a horizon that cannot be used the condition holds for every row.
 *
 * @param nextXid - of the snapshot in which the condition is used.
 */
export function changedSince(horizon: string, nextXid: string): string {
  if (!horizonUsable(horizon, nextXid)) return 'true';
  const back = BigInt(nextXid) - BigInt(horizon);
  const next = BigInt(nextXid) % 2n ** 32n;
  return `(xmin <> '1'::xid and xmin <> '2'::xid and ((${next} - xmin::text::bigint) & 4294967295) <= ${back})`;
}
