import { escapeCopyText } from './copy-format.js';
import { type ColumnKind, GrowingBytes, postgresTime, type RowWriter } from './row-writer.js';

/** Few and large enough for COPY, small enough for flat memory. */
const CHUNK_BYTES = 256 * 1024;

/** Writes rows in COPY's text format, into buffers worth sending. */
export class CopyWriter implements RowWriter {
  #out = new GrowingBytes(CHUNK_BYTES + 16 * 1024);
  #isFirst = true;

  value(kind: ColumnKind, value: string | null): void {
    this.#separate();
    const out = this.#out;
    if (value === null) {
      out.reserve(2);
      out.bytes[out.length++] = BACKSLASH;
      out.bytes[out.length++] = CAPITAL_N;
      return;
    }
    const escaped = escapeCopyText(kind === 'time' ? postgresTime(value) : value);
    out.reserve(escaped.length * 3);
    if (escaped.length > SHORT || !out.ascii(escaped))
      out.length += out.bytes.write(escaped, out.length, 'utf8');
  }

  plain(kind: ColumnKind, source: Uint8Array, start: number, end: number): void {
    this.#separate();
    this.#out.reserve(end - start);
    if (kind === 'time') this.#out.time(source, start);
    else this.#out.copy(source, start, end);
  }

  endRow(): void {
    this.#out.reserve(1);
    this.#out.bytes[this.#out.length++] = NEWLINE;
    this.#isFirst = true;
  }

  /** @returns what is worth sending now; null = more rows first. */
  full(): Buffer | null {
    return this.#out.length >= CHUNK_BYTES ? this.take() : null;
  }

  /** @returns the rest; null = there is none. */
  take(): Buffer | null {
    const { bytes, length } = this.#out;
    if (length === 0) return null;
    this.#out = new GrowingBytes(bytes.length);
    return bytes.subarray(0, length);
  }

  #separate(): void {
    if (this.#isFirst) {
      this.#isFirst = false;
      return;
    }
    this.#out.reserve(1);
    this.#out.bytes[this.#out.length++] = TAB;
  }
}

/** Up to here a loop is quicker than a call into native code. */
const SHORT = 48;
const TAB = 9;
const NEWLINE = 10;
const CAPITAL_N = 78;
const BACKSLASH = 92;
