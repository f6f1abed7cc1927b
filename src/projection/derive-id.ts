import { hash } from 'node:crypto';
import { ShortSha256 } from './short-sha256.js';

const sha256 = new ShortSha256();

/**
 * Derives a row's id from what identifies it, so that ids and links survive any rebuild.
 *
 * @param table - the table's name.
 * @param naturalKey - what identifies the row in its table, such as `moha/4711`.
 * @returns a positive 63-bit integer as decimal text, from SHA-256 of both.
 */
export function deriveId(table: string, naturalKey: string): string {
  const identity = `${table}\u0000${naturalKey}`;
  const first = sha256.first64(identity);
  const id = first === null ? idOfLong(identity) : decimalOf(first[0] & 0x7fff_ffff, first[1] >>> 0);
  return id === '0' ? '1' : id;
}

function idOfLong(identity: string): string {
  const digest = hash('sha256', identity, 'buffer');
  return decimalOf(digest.readUInt32BE(0) & 0x7fff_ffff, digest.readUInt32BE(4));
}

function decimalOf(high: number, low: number): string {
  return ((BigInt(high) << 32n) | BigInt(low)).toString();
}
