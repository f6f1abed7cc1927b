/**
 * What a column holds.
 *
 * Values of `decimal` (numeric) and `json` (jsonb) are compared by their output, since equal values may be spelled
 * differently (1.5 and 1.50) and a rebuild must give the same bytes as an incremental run; the others by the type's own
 * equality.
 */
export type ColumnKind = 'text' | 'integer' | 'decimal' | 'time' | 'json';

/**
 * Takes the rows of one table, value by value in the order of its columns, and makes bytes of them.
 *
 * A row may also come as bytes of its artifact, which saves making and taking apart a dozen strings a row.
 */
export interface RowWriter {
  /** Any value; null is SQL NULL. */
  value(kind: ColumnKind, value: string | null): void;
  /** A part of an artifact that stands for a value without escapes: printable ASCII, neither quote nor backslash. */
  plain(kind: ColumnKind, source: Uint8Array, start: number, end: number): void;
  endRow(): void;
}

/** Bytes that grow. */
export class GrowingBytes {
  bytes: Buffer;
  length = 0;

  constructor(capacity: number) {
    this.bytes = Buffer.allocUnsafeSlow(capacity);
  }

  /** Makes room for so many bytes more. */
  reserve(more: number): void {
    if (this.length + more <= this.bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(this.bytes.length * 2, this.length + more));
    this.bytes.copy(larger, 0, 0, this.length);
    this.bytes = larger;
  }

  copy(source: Uint8Array, start: number, end: number): void {
    const { bytes } = this;
    let at = this.length;
    for (let from = start; from < end; from += 1) bytes[at++] = source[from] as number;
    this.length = at;
  }

  /** Text without any character beyond ASCII. @returns false = it has one, and nothing was written. */
  ascii(text: string): boolean {
    const { bytes } = this;
    let at = this.length;
    for (let from = 0; from < text.length; from += 1) {
      const code = text.charCodeAt(from);
      if (code > 127) return false;
      bytes[at++] = code;
    }
    this.length = at;
    return true;
  }

  /**
   * The time that starts at `start` of the source, as Postgres spells it in UTC: `2026-01-14 14:24:08.034126+00`, without zeros at
   * the end of the fraction.
   */
  time(source: Uint8Array, start: number): void {
    this.copy(source, start, start + DATE_LENGTH);
    this.bytes[this.length++] = SPACE;
    let end = start + SECONDS_END + FRACTION_LENGTH;
    while (source[end - 1] === ZERO) end -= 1;
    if (source[end - 1] === POINT) end -= 1;
    this.copy(source, start + DATE_LENGTH + 1, end);
    this.bytes[this.length++] = PLUS;
    this.bytes[this.length++] = ZERO;
    this.bytes[this.length++] = ZERO;
  }
}

/** Spells a canonical time as Postgres does in UTC. */
export function postgresTime(time: string): string {
  let end = SECONDS_END + FRACTION_LENGTH;
  while (time.charCodeAt(end - 1) === ZERO) end -= 1;
  if (time.charCodeAt(end - 1) === POINT) end -= 1;
  return `${time.slice(0, DATE_LENGTH)} ${time.slice(DATE_LENGTH + 1, end)}+00`;
}

/** Of `2026-01-14T14:24:08.034126+00:00`. */
const DATE_LENGTH = 10;
const SECONDS_END = 19;
const FRACTION_LENGTH = 7;
const SPACE = 32;
const PLUS = 43;
const POINT = 46;
const ZERO = 48;
