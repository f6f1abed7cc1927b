import type { RowWriter } from '../db/row-writer.js';
import type { ArtifactReader, ClassifiedEntry, Target } from './read-artifacts.js';
import type { ProjectedRow, TableDescription } from './table-description.js';

type TradeRow = ProjectedRow<'maven_trades'>;

/**
 * Writes the rows that artifacts imply, links resolved, in one pass and without staging: for a database in which nothing
 * stands yet, and for a digest.
 *
 * An identity that stands in two artifacts gives two rows here. Whoever takes them must notice: by a primary key, or
 * because the digest is not that of a table with one.
 */
export class DirectRows {
  /** The trades whose decision does not exist. */
  readonly dangling: TradeRow[] = [];
  /** Ids of the decisions, by file name: complete once their table was written. */
  readonly #decisions = new Map<string, string>();

  constructor(private readonly reader: ArtifactReader) {}

  /**
   * Writes one table. The decisions come first: the links of trades lead to them.
   *
   * @returns yields after every few artifacts, so that what was written can be taken away.
   */
  async *write(description: TableDescription, writer: RowWriter): AsyncGenerator<void> {
    const target = description.table as Target;
    const ledger = target === 'maven_trades' ? new (await import('./ledger-rows.js')).LedgerRows() : null;
    const decisionId = (name: string): string | null => this.#decisions.get(name) ?? null;
    const writeRows = (entry: ClassifiedEntry, bytes: Buffer): void => {
      for (const row of this.reader.rowsOf(entry, bytes))
        this.writeRow(description, this.#linked(target, row), writer);
    };
    for await (const blobs of this.reader.readBytes(target)) {
      for (const { entry, bytes } of blobs) {
        const written = ledger?.write(bytes, entry.path, decisionId, writer) ?? null;
        if (written === null) writeRows(entry, bytes);
      }
      yield;
    }
  }

  /** Writes one row as it is. */
  writeRow({ columns }: TableDescription, row: ProjectedRow, writer: RowWriter): void {
    const values = row as Readonly<Record<string, string | null>>;
    for (const column in columns)
      writer.value(columns[column as keyof typeof columns], values[column] ?? null);
    writer.endRow();
  }

  #linked(target: Target, row: ProjectedRow): ProjectedRow {
    if (target === 'maven_decisions') {
      this.#decisions.set((row as ProjectedRow<'maven_decisions'>).git_filename, row.id);
      return row;
    }
    const trade = row as TradeRow;
    if (target !== 'maven_trades' || trade.decision_filename === null) return row;
    if (this.#decisions.has(trade.decision_filename)) return row;
    this.dangling.push(trade);
    return Object.assign({}, trade, { decision_id: null });
  }
}
