import type { ColumnKind, RowWriter } from './row-writer.js';

/** Gives the same rows to two writers. */
export class BothWriters implements RowWriter {
  readonly #first: RowWriter;
  readonly #second: RowWriter;

  constructor(first: RowWriter, second: RowWriter) {
    this.#first = first;
    this.#second = second;
  }

  value(kind: ColumnKind, value: string | null): void {
    this.#first.value(kind, value);
    this.#second.value(kind, value);
  }

  plain(kind: ColumnKind, source: Uint8Array, start: number, end: number): void {
    this.#first.plain(kind, source, start, end);
    this.#second.plain(kind, source, start, end);
  }

  endRow(): void {
    this.#first.endRow();
    this.#second.endRow();
  }
}
