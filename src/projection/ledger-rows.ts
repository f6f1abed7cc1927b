import { canonicalLineScanner, type FieldPlaces } from '../../parsers/canonical-bytes.js';
import { MAX_BYTES } from '../../parsers/text.js';
import { TRADE_FORMAT } from '../../parsers/trades.js';
import type { ColumnKind, RowWriter } from '../db/row-writer.js';
import { deriveId } from './derive-id.js';
import { fileName } from './tables/file-name.js';
import { trades } from './tables/trades.js';

const FIELDS = TRADE_FORMAT.fields.length;
const fieldOf = (key: string): number => TRADE_FORMAT.fields.findIndex((field) => field.key === key);
const SOURCE = fieldOf('source');
const EXTERNAL_ID = fieldOf('external_trade_id');
const REVISION = fieldOf('revision');
const RECORDED_AT = fieldOf('recorded_at');
const OPENED_AT = fieldOf('opened_at');
const DECISION = fieldOf('decision');

/** The columns that stand under another name in a line, or in none. */
const SOURCES: Readonly<Record<string, number | Computed>> = {
  id: 'id',
  decision_id: 'decision_id',
  decision_filename: DECISION,
  created_at: 'created_at',
  updated_at: RECORDED_AT,
  git_path: 'git_path',
  git_line: 'git_line',
};
type Computed = 'id' | 'decision_id' | 'created_at' | 'git_path' | 'git_line';

const COLUMNS: readonly { readonly kind: ColumnKind; readonly source: number | Computed }[] = Object.entries(
  trades.columns,
).map(([column, kind]) => ({ kind, source: SOURCES[column] ?? fieldOf(column) }));

/** What a row has beside its lines. */
interface Links {
  readonly id: string;
  readonly decisionId: string | null;
}

/**
 * Writes the rows of ledger files without making records of their lines: what `parseTrades`, `foldLedger` and `tradeRow`
 * give together, for files about which they have nothing to say.
 */
export class LedgerRows {
  readonly #scan = canonicalLineScanner(TRADE_FORMAT);
  #places: FieldPlaces = placesFor(512);
  /** Of each trade, the lines of its first and of its last revision. */
  #firsts: number[] = [];
  #lasts: number[] = [];

  /**
   * @param decisionId - the id of the decision in the file of that name; null = there is no such decision.
   * @returns how many rows were written; null = none, since this file takes a closer look: a line that is not canonical,
   *   revisions that are not 1, 2, 3, a link that leads nowhere, another day's trade.
   */
  write(
    bytes: Buffer,
    path: string,
    decisionId: (name: string) => string | null,
    writer: RowWriter,
  ): number | null {
    const lines = this.#scanFile(bytes);
    const keys = lines === null ? null : this.#fold(bytes, path, lines);
    if (keys === null) return null;
    const linked = this.#resolve(bytes, keys, decisionId);
    if (linked === null) return null;
    const pathBytes = Buffer.from(path, 'latin1');
    for (let trade = 0; trade < linked.length; trade += 1) {
      this.#writeRow(bytes, trade, linked[trade] as Links, pathBytes, writer);
    }
    return linked.length;
  }

  /** @returns the number of lines; null = one of them is not canonical. */
  #scanFile(bytes: Buffer): number | null {
    if (bytes.length > MAX_BYTES.trades) return null;
    let line = 0;
    for (let start = 0; start < bytes.length; line += 1) {
      const first = line * FIELDS;
      if (first + FIELDS > this.#places.starts.length) this.#places = larger(this.#places);
      start = this.#scan(bytes, start, this.#places, first);
      if (start === -1) return null;
    }
    return line;
  }

  /** Finds the first and the last revision of each trade. @returns their keys; null = there is something to report. */
  #fold(bytes: Buffer, path: string, lines: number): readonly string[] | null {
    const { starts, ends } = this.#places;
    const day = fileName(path).slice(0, DAY_LENGTH);
    const trades = new Map<string, number>();
    this.#firsts = [];
    this.#lasts = [];
    for (let line = 0; line < lines; line += 1) {
      const at = line * FIELDS;
      const text = (field: number) => bytes.toString('latin1', starts[at + field], ends[at + field]);
      const key = `${text(SOURCE)}/${text(EXTERNAL_ID)}`;
      const revision = this.#revision(bytes, line);
      const trade = trades.get(key);
      if (trade === undefined) {
        const openedAt = starts[at + OPENED_AT] as number;
        if (revision !== 1 || bytes.toString('latin1', openedAt, openedAt + DAY_LENGTH) !== day) return null;
        trades.set(key, this.#firsts.length);
        this.#firsts.push(line);
        this.#lasts.push(line);
      } else {
        if (revision !== this.#revision(bytes, this.#lasts[trade] as number) + 1) return null;
        this.#lasts[trade] = line;
      }
    }
    return [...trades.keys()];
  }

  #revision(bytes: Buffer, line: number): number {
    const at = line * FIELDS + REVISION;
    const { starts, ends } = this.#places;
    let revision = 0;
    for (let digit = starts[at] as number; digit < (ends[at] as number); digit += 1)
      revision = revision * 10 + (bytes[digit] as number) - ZERO;
    return revision;
  }

  /** @returns ids, a trade each; null = a decision does not exist. */
  #resolve(
    bytes: Buffer,
    keys: readonly string[],
    decisionId: (name: string) => string | null,
  ): readonly Links[] | null {
    const { starts, ends } = this.#places;
    const resolved: Links[] = [];
    for (const [trade, key] of keys.entries()) {
      const at = (this.#lasts[trade] as number) * FIELDS + DECISION;
      const start = starts[at] as number;
      const linked = start === -1 ? null : decisionId(bytes.toString('latin1', start, ends[at]));
      if (start !== -1 && linked === null) return null;
      resolved.push({ id: deriveId('maven_trades', key), decisionId: linked });
    }
    return resolved;
  }

  #writeRow(bytes: Buffer, trade: number, { id, decisionId }: Links, path: Buffer, writer: RowWriter): void {
    const { starts, ends } = this.#places;
    const last = (this.#lasts[trade] as number) * FIELDS;
    for (const { kind, source } of COLUMNS) {
      if (typeof source === 'number') {
        const start = starts[last + source] as number;
        if (start === -1) writer.value(kind, null);
        else writer.plain(kind, bytes, start, ends[last + source] as number);
      } else if (source === 'id') {
        writer.value(kind, id);
      } else if (source === 'decision_id') {
        writer.value(kind, decisionId);
      } else if (source === 'git_path') {
        writer.plain(kind, path, 0, path.length);
      } else if (source === 'git_line') {
        writer.value(kind, String((this.#lasts[trade] as number) + 1));
      } else {
        const at = (this.#firsts[trade] as number) * FIELDS + RECORDED_AT;
        writer.plain(kind, bytes, starts[at] as number, ends[at] as number);
      }
    }
    writer.endRow();
  }
}

function placesFor(lines: number): FieldPlaces {
  return { starts: new Int32Array(lines * FIELDS), ends: new Int32Array(lines * FIELDS) };
}

function larger(places: FieldPlaces): FieldPlaces {
  const grown = placesFor((places.starts.length / FIELDS) * 2);
  grown.starts.set(places.starts);
  grown.ends.set(places.ends);
  return grown;
}

const DAY_LENGTH = 10;
const ZERO = 48;
