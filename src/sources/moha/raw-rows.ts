/**
 * Rows as Postgres sends them: DataRow messages, one after the other, every value with its length before it.
 *
 * Kept as bytes until somebody asks: a million rows of texts would keep the garbage collector busier than all other work.
 *
 * @see https://www.postgresql.org/docs/current/protocol-message-formats.html#PROTOCOL-MESSAGE-FORMATS-DATAROW
 */
export interface RawRows {
  readonly bytes: Buffer;
  /** Number of rows. */
  readonly length: number;
}

/** Code of a DataRow message. */
export const DATA_ROW = 68;
/** Code, length and number of values: what stands before the first value. */
export const ROW_HEADER = 7;
/** Length of a value that is SQL null. */
const NULL_LENGTH = -1;

/** Reads the values of the row that starts at `start`. */
export function readRow(bytes: Buffer, start: number): readonly (string | null)[] {
  const values: (string | null)[] = [];
  const count = bytes.readUInt16BE(start + ROW_HEADER - 2);
  let at = start + ROW_HEADER;
  for (let index = 0; index < count; index += 1) {
    const length = bytes.readInt32BE(at);
    at += 4;
    if (length === NULL_LENGTH) {
      values.push(null);
    } else {
      values.push(bytes.toString('utf8', at, at + length));
      at += length;
    }
  }
  return values;
}

/** @returns where the row after the one that starts at `start` starts. */
export function nextRow(bytes: Buffer, start: number): number {
  return start + 1 + bytes.readUInt32BE(start + 1);
}

/** Writes rows as Postgres would send them, for connections whose driver has read them already. */
export function writeRows(rows: readonly (readonly (string | null)[])[]): RawRows {
  const parts: Buffer[] = [];
  for (const row of rows) {
    const values = row.map((value) => (value === null ? null : Buffer.from(value)));
    const size = values.reduce((sum, value) => sum + 4 + (value?.length ?? 0), ROW_HEADER - 1);
    const header = Buffer.alloc(ROW_HEADER);
    header[0] = DATA_ROW;
    header.writeUInt32BE(size, 1);
    header.writeUInt16BE(values.length, ROW_HEADER - 2);
    parts.push(header);
    for (const value of values) {
      const length = Buffer.alloc(4);
      length.writeInt32BE(value?.length ?? NULL_LENGTH);
      parts.push(length, ...(value === null ? [] : [value]));
    }
  }
  return { bytes: Buffer.concat(parts), length: rows.length };
}
