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

/** As many ids are looked up by hash in the time of one comparison. */
const MOST_LISTED = 5000n;
/** Ids below are no transactions': none, bootstrap, frozen. */
const FIRST_NORMAL = 3n;
const IDS = 2n ** 32n;

/**
 * The SQL condition for rows written by a transaction at or after a horizon.
 *
 * `xmin` has the low 32 bits of the id, so what counts is its age: how many transactions it lies back, which Postgres
 * counts from one moment in all of a transaction. Rows frozen so long ago that their ids lie ahead again have a negative
 * age, and are old; so are the ids of bootstrap, whose age is the highest there is. With a horizon that cannot be used
 * the condition holds for every row.
 *
 * Where there were not many transactions in between they are listed one by one, which is twice as quick among a million
 * rows: every row that the snapshot shows was written by one before `nextXid`. A row that was frozen ages ago may have the
 * low half of one of them; then it is read although it has not changed.
 *
 * @param nextXid - of the snapshot in which the condition is used.
 * @param hashesLists - the server looks lists up by hash (14 and newer); before, each id was compared with each row.
 */
export function changedSince(horizon: string, nextXid: string, hashesLists: boolean): string {
  if (!horizonUsable(horizon, nextXid)) return 'true';
  const [first, next] = [BigInt(horizon), BigInt(nextXid)];
  if (hashesLists && next - first <= MOST_LISTED) return writtenBy(first, next);
  const low = first % IDS;
  // Half the time of comparing the ids as numbers, for which they have to be written out as text.
  return `(age(xmin)::bigint & 4294967295) <= age('${low}'::xid)`;
}

function writtenBy(first: bigint, next: bigint): string {
  const ids: bigint[] = [];
  for (let id = first; id < next; id += 1n) if (id % IDS >= FIRST_NORMAL) ids.push(id % IDS);
  return ids.length === 0 ? 'false' : `xmin = any('{${ids.join(',')}}'::xid[])`;
}
