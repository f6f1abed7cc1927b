/**
 * Postgres's `hashtextextended` (Bob Jenkins' lookup3, little-endian), so that rows can be digested on both sides of a
 * connection.
 *
 * @see src/common/hashfn.c of Postgres.
 */
export class RowHash {
  /** The hash of the last update: its upper half, signed, and its lower half, unsigned. */
  high = 0;
  low = 0;
  readonly #seedHigh: number;
  readonly #seedLow: number;

  /** @param seed - 64 bits, signed. */
  constructor(seed: bigint) {
    this.#seedHigh = Number(BigInt.asIntN(32, seed >> 32n));
    this.#seedLow = Number(BigInt.asIntN(32, seed));
  }

  /** Hashes the first `length` bytes. */
  update(bytes: Uint8Array, length: number): void {
    let a = (0x9e37_79b9 + length + 3_923_095) | 0;
    let b = a;
    let c = a;
    let at = 0;
    // The seed is mixed in as twelve bytes more would be.
    if (this.#seedHigh !== 0 || this.#seedLow !== 0) {
      a = (a + this.#seedHigh) | 0;
      b = (b + this.#seedLow) | 0;
      at = -BLOCK;
    }
    for (; at + BLOCK <= length; at += BLOCK) {
      if (at >= 0) {
        a = (a + word(bytes, at)) | 0;
        b = (b + word(bytes, at + 4)) | 0;
        c = (c + word(bytes, at + 8)) | 0;
      }
      a = (a - c) ^ ((c << 4) | (c >>> 28));
      c = (c + b) | 0;
      b = (b - a) ^ ((a << 6) | (a >>> 26));
      a = (a + c) | 0;
      c = (c - b) ^ ((b << 8) | (b >>> 24));
      b = (b + a) | 0;
      a = (a - c) ^ ((c << 16) | (c >>> 16));
      c = (c + b) | 0;
      b = (b - a) ^ ((a << 19) | (a >>> 13));
      a = (a + c) | 0;
      c = (c - b) ^ ((b << 4) | (b >>> 28));
      b = (b + a) | 0;
    }
    for (let rest = 0; at + rest < length; rest += 1) {
      const byte = bytes[at + rest] as number;
      if (rest < 4) a = (a + (byte << (8 * rest))) | 0;
      else if (rest < 8) b = (b + (byte << (8 * (rest - 4)))) | 0;
      // The lowest byte is the length's.
      else c = (c + (byte << (8 * (rest - 7)))) | 0;
    }
    c = (c ^ b) - ((b << 14) | (b >>> 18));
    a = (a ^ c) - ((c << 11) | (c >>> 21));
    b = (b ^ a) - ((a << 25) | (a >>> 7));
    c = (c ^ b) - ((b << 16) | (b >>> 16));
    a = (a ^ c) - ((c << 4) | (c >>> 28));
    b = (b ^ a) - ((a << 14) | (a >>> 18));
    c = (c ^ b) - ((b << 24) | (b >>> 8));
    this.high = b | 0;
    this.low = c >>> 0;
  }
}

function word(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] as number) |
    ((bytes[at + 1] as number) << 8) |
    ((bytes[at + 2] as number) << 16) |
    ((bytes[at + 3] as number) << 24)
  );
}

const BLOCK = 12;
