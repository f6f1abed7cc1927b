const FIRST_BYTES = 4096;
/** Of UTF-8, for each unit of UTF-16. */
const MOST_BYTES_A_UNIT = 3;

/**
 * Collects whole lines outside the heap.
 *
 * Each line is written as soon as it is added: until then it is a tree of text pieces, fifty times its size.
 */
export class LineBuffer {
  private buffer = Buffer.allocUnsafeSlow(FIRST_BYTES);
  private length = 0;

  add(line: string): void {
    const room = this.room(line.length * MOST_BYTES_A_UNIT);
    this.length += room.write(line, this.length);
  }

  /** Makes room after what is there. @returns a buffer to write into from {@link end} on. */
  room(bytes: number): Buffer {
    const needed = this.length + bytes;
    if (needed > this.buffer.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.buffer.length));
      this.buffer.copy(larger, 0, 0, this.length);
      this.buffer = larger;
    }
    return this.buffer;
  }

  /** Where what is there ends. */
  get end(): number {
    return this.length;
  }

  /** Takes what was written into the room, up to `end`, as lines. */
  take(end: number): void {
    this.length = end;
  }

  /** Empties it; whoever has its bytes must be done with them. */
  clear(): void {
    this.length = 0;
  }

  /** Everything that was added. */
  bytes(): Buffer {
    return this.buffer.subarray(0, this.length);
  }
}

/**
 * Gives line buffers out, and takes them back when their lines are committed: memory that is asked for once, and not batch
 * by batch, keeps its pages, and the garbage collector quiet.
 */
export class LineBuffers {
  private readonly free: LineBuffer[] = [];

  take(): LineBuffer {
    return this.free.pop() ?? new LineBuffer();
  }

  giveBack(buffer: LineBuffer): void {
    buffer.clear();
    this.free.push(buffer);
  }
}
