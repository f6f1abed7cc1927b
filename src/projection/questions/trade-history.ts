import { TRADE_FORMAT, type TradeRevision, tradeKey } from '../../../parsers/trades.js';
import { commitsOfLines } from '../../git/line-commits.js';
import type { Repository } from '../../git/repository.js';
import type { Revision } from '../../git/revision.js';
import { type FieldChange, fieldChanges, type RecordFields } from './field-changes.js';
import { type FoundRevisions, findRevisions } from './find-revisions.js';
import { type HistoryCommit, historyCommits } from './history-commit.js';

/** One revision of a trade, and how it came. */
export interface TradeRevisionHistory {
  readonly revision: number;
  readonly git_path: string;
  readonly git_line: number;
  /** The oldest commit that holds this line; null = none does, which no sound repository answers. */
  readonly commit: HistoryCommit | null;
  /** Against the revision before; empty for the first. Not the revision's number and time. */
  readonly changes: readonly FieldChange[];
  /** Every field of the ledger line, as text. */
  readonly record: RecordFields;
}

export interface TradeHistory {
  /** `moha/4711` */
  readonly id: string;
  /** By number; one number with two contents stands twice. */
  readonly revisions: readonly TradeRevisionHistory[];
}

export interface TradeHistories {
  readonly kind: 'trade';
  readonly key: string;
  /** HEAD's commit; what is not committed is not seen. */
  readonly revision: string;
  /** False = the clone is shallow, and older commits than those named are not known. */
  readonly complete: boolean;
  /** Several when the id occurs under several sources. */
  readonly trades: readonly TradeHistory[];
  /** Ledger lines that name such a trade and cannot be read. */
  readonly unreadable: readonly {
    readonly git_path: string;
    readonly git_line: number;
    readonly message: string;
  }[];
}

/** These differ in every revision and are told beside the changes. */
const TOLD_APART: ReadonlySet<string> = new Set(['revision', 'recorded_at']);

/** Tells every revision of the trades of one name; none = `trades` is empty. Reads git only. */
export async function tradeHistories(
  repository: Repository,
  head: Revision,
  artifactsTree: string,
  key: string,
): Promise<TradeHistories> {
  const files = await findRevisions(repository, artifactsTree, key);
  const commitOf = await bringers(repository, head.commit, files);
  const trades = new Map<string, TradeRevisionHistory[]>();
  for (const { path, revisions } of files) {
    for (const found of revisions) {
      const id = tradeKey(found.record);
      const earlier = trades.get(id) ?? [];
      const record = fieldsOf(found.record);
      const before = earlier.at(-1);
      earlier.push({
        revision: found.record.revision,
        git_path: path,
        git_line: found.line,
        commit: commitOf(path, found.line),
        changes: before === undefined ? [] : fieldChanges(before.record, record, TOLD_APART),
        record,
      });
      trades.set(id, earlier);
    }
  }
  const histories = Array.from(trades, ([id, revisions]) => ({ id, revisions }));
  return {
    kind: 'trade',
    key,
    revision: head.commit,
    complete: histories.every(({ revisions }) => revisions.every(({ commit }) => commit?.or_before !== true)),
    trades: histories,
    unreadable: files.flatMap(({ path, unreadable }) =>
      unreadable.map(({ line, message }) => ({ git_path: path, git_line: line, message })),
    ),
  };
}

/** Finds who brought each line; every file's history is walked once. */
async function bringers(
  repository: Repository,
  head: string,
  files: readonly FoundRevisions[],
): Promise<(path: string, line: number) => HistoryCommit | null> {
  const commits = new Map<string, string>();
  for (const { path, revisions } of files) {
    const lines = revisions.map(({ bytes }) => bytes);
    const found = lines.length === 0 ? [] : await commitsOfLines(repository, head, path, lines);
    for (const [index, { line }] of revisions.entries()) {
      const commit = found[index];
      if (typeof commit === 'string') commits.set(`${path}:${line}`, commit);
    }
  }
  const details = await historyCommits(repository, commits.values());
  return (path, line) => details.get(commits.get(`${path}:${line}`) ?? '') ?? null;
}

function fieldsOf(record: TradeRevision): RecordFields {
  const values = TRADE_FORMAT.values(record);
  return Object.fromEntries(
    TRADE_FORMAT.fields.map(({ key }, index) => {
      const value = values[index] ?? null;
      return [key, value === null ? null : String(value)];
    }),
  );
}
