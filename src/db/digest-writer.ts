import { asciiOf } from '../../parsers/canonical-bytes.js';
import { jsonbText } from './jsonb-text.js';
import { RowHash } from './row-hash.js';
import { type ColumnKind, GrowingBytes, postgresTime, type RowWriter } from './row-writer.js';

/** How many rows, and the sum of their hashes: the same for the same rows in any order. */
export interface RowsDigest {
  readonly rows: string;
  /** Decimal text; null where there are no rows, as SQL sums. */
  readonly sum: string | null;
}

const NEEDS_QUOTES = /[ \t\n\v\f\r"\\(),]/;
const UNSTORABLE = /[\0\p{Cs}]/gu;

/**
 * Digests rows as {@link digestSql} does in Postgres: each row is spelled as Postgres prints a row of these columns, and
 * hashed by its `hashtextextended`.
 *
 * A spelling that were not Postgres's would only make digests differ where rows agree, never agree where they differ.
 */
export class DigestWriter implements RowWriter {
  readonly #row = new GrowingBytes(16 * 1024);
  readonly #hash: RowHash;
  readonly #json = new Map<string, string>();
  #rows = 0;
  #high = 0;
  #low = 0;

  constructor(seed: bigint) {
    this.#hash = new RowHash(seed);
  }

  value(kind: ColumnKind, value: string | null): void {
    this.#separate();
    if (value === null) return;
    const row = this.#row;
    const text = kind === 'time' ? postgresTime(value) : kind === 'json' ? this.#jsonText(value) : value;
    if (text !== '' && (kind === 'integer' || kind === 'decimal' || !NEEDS_QUOTES.test(text))) {
      this.#write(text);
      return;
    }
    row.reserve(1);
    row.bytes[row.length++] = QUOTE;
    this.#write(text.includes('"') || text.includes('\\') ? text.replace(/["\\]/g, '$&$&') : text);
    row.reserve(1);
    row.bytes[row.length++] = QUOTE;
  }

  plain(kind: ColumnKind, source: Uint8Array, start: number, end: number): void {
    if (kind === 'json') {
      this.value(kind, asciiOf(source, start, end));
      return;
    }
    this.#separate();
    const row = this.#row;
    row.reserve(end - start + 2);
    if (kind === 'time') {
      row.bytes[row.length++] = QUOTE;
      row.time(source, start);
      row.bytes[row.length++] = QUOTE;
    } else if (kind === 'text' && needsQuotes(source, start, end)) {
      row.bytes[row.length++] = QUOTE;
      row.copy(source, start, end);
      row.bytes[row.length++] = QUOTE;
    } else {
      row.copy(source, start, end);
    }
  }

  endRow(): void {
    const row = this.#row;
    row.reserve(1);
    row.bytes[row.length++] = CLOSE;
    this.#hash.update(row.bytes, row.length);
    this.#high += this.#hash.high;
    this.#low += this.#hash.low;
    this.#rows += 1;
    row.length = 0;
  }

  digest(): RowsDigest {
    const sum = BigInt(this.#high) * 0x1_0000_0000n + BigInt(this.#low);
    return { rows: String(this.#rows), sum: this.#rows === 0 ? null : sum.toString() };
  }

  #separate(): void {
    const row = this.#row;
    row.reserve(1);
    row.bytes[row.length] = row.length === 0 ? OPEN : COMMA;
    row.length += 1;
  }

  #write(text: string): void {
    const row = this.#row;
    row.reserve(text.length * 3);
    if (text.length <= SHORT && !text.includes('\0') && row.ascii(text)) return;
    row.length += row.bytes.write(text.replace(UNSTORABLE, '\ufffd'), row.length, 'utf8');
  }

  /** Rows of one kind repeat their metadata. */
  #jsonText(json: string): string {
    const known = this.#json.get(json);
    if (known !== undefined) return known;
    const text = jsonbText(json);
    if (this.#json.size < MOST_REMEMBERED && json.length < 4096) this.#json.set(json, text);
    return text;
  }
}

function needsQuotes(source: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) {
    const code = source[at];
    if (code === SPACE || code === OPEN || code === CLOSE || code === COMMA) return true;
  }
  return false;
}

const MOST_REMEMBERED = 1024;
/** Up to here a loop is quicker than a call into native code. */
const SHORT = 48;
const SPACE = 32;
const QUOTE = 34;
const OPEN = 40;
const CLOSE = 41;
const COMMA = 44;
