const FIRST_BYTES = 4096;
/** Of UTF-8, for each unit of UTF-16. */
const MOST_BYTES_A_UNIT = 3;

/** Collects whole lines outside the heap. */
export interface LineBuffer {
  add(line: string): void;
  /** Everything that was added. */
  bytes(): Buffer;
}

/**
 * Begins an empty buffer. Each line is written as soon as it is added: until then it is a tree of text pieces, fifty times
 * its size.
 */
export function lineBuffer(): LineBuffer {
  let buffer = Buffer.allocUnsafeSlow(FIRST_BYTES);
  let length = 0;
  return {
    add(line) {
      const needed = length + line.length * MOST_BYTES_A_UNIT;
      if (needed > buffer.length) {
        const larger = Buffer.allocUnsafeSlow(Math.max(needed, 2 * buffer.length));
        buffer.copy(larger, 0, 0, length);
        buffer = larger;
      }
      length += buffer.write(line, length);
    },
    bytes: () => buffer.subarray(0, length),
  };
}
