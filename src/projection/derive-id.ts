import { hash } from 'node:crypto';

const POSITIVE_63_BITS = 0x7fff_ffff_ffff_ffffn;

/**
 * Derives a row's id from what identifies it, so that ids and links survive any rebuild.
 *
 * @param table - the table's name.
 * @param naturalKey - what identifies the row in its table, such as `moha/4711`.
 * @returns a positive 63-bit integer as decimal text, from SHA-256 of both.
 */
export function deriveId(table: string, naturalKey: string): string {
  const digest = hash('sha256', `${table}\u0000${naturalKey}`, 'buffer');
  const id = digest.readBigUInt64BE(0) & POSITIVE_63_BITS;
  return (id === 0n ? 1n : id).toString();
}
