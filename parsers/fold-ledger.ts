import type { Located, Problem } from './problem.js';
import { type ProblemList, problemList, quote } from './problem-list.js';
import { type TradeRevision, tradeFact, tradeKey } from './trades.js';

/** The final state of one trade. */
export interface FoldedTrade {
  readonly key: string;
  /** Of the revision that won. */
  readonly line: number;
  /** `recordedAt` of the trade's lowest revision in the file: when git first knew of it. */
  readonly firstRecordedAt: string;
  readonly record: TradeRevision;
}

export interface FoldedLedger {
  /** In the order in which the trades first appear. */
  readonly trades: readonly FoldedTrade[];
  readonly problems: readonly Problem[];
}

/**
 * Folds the revisions of one ledger file: the highest revision of each trade wins.
 *
 * Git merges append in any order, so the number decides, not the place. Two clones that recorded one revision, each at
 * its own time, recorded one fact: the earlier line is taken. One number with two contents cannot be decided by anyone but
 * a person: the later line is taken, and the conflict is an error.
 */
export function foldLedger(revisions: readonly Located<TradeRevision>[], path: string): FoldedLedger {
  const problems = problemList(path);
  const histories = new Map<string, History>();
  for (const revision of revisions) {
    const key = tradeKey(revision.record);
    const history = histories.get(key);
    if (history === undefined) {
      histories.set(key, { key, winner: revision, lowest: revision, earlier: null });
      if (revision.record.revision !== 1) reportGap(problems, key, revision, 0);
    } else {
      addRevision(history, revision, problems);
    }
  }
  const trades = Array.from(histories.values(), ({ key, winner, lowest }) => ({
    key,
    line: winner.line,
    firstRecordedAt: lowest.record.recordedAt,
    record: winner.record,
  }));
  return { trades, problems: problems.list() };
}

/** What is known of one trade so far. Most trades have two revisions in order, so the rest is kept only on demand. */
interface History {
  readonly key: string;
  winner: Located<TradeRevision>;
  lowest: Located<TradeRevision>;
  /** Every revision before the winner, by number; null = there is none. */
  earlier: Map<number, Located<TradeRevision>> | null;
}

function addRevision(history: History, added: Located<TradeRevision>, problems: ProblemList): void {
  const { revision } = added.record;
  const highest = history.winner.record.revision;
  if (revision > highest) {
    if (revision > highest + 1) reportGap(problems, history.key, added, highest);
    history.earlier ??= new Map();
    history.earlier.set(highest, history.winner);
    history.winner = added;
    return;
  }
  const same = revision === highest ? history.winner : (history.earlier?.get(revision) ?? null);
  if (same === null) {
    const message = `${quote(history.key)}: revision ${revision} stands after revision ${highest}`;
    problems.warning('REVISION_ORDER', added.line, message);
    history.earlier ??= new Map();
    history.earlier.set(revision, added);
    if (revision < history.lowest.record.revision) history.lowest = added;
    return;
  }
  if (tradeFact(same.record) === tradeFact(added.record)) {
    if (same.record.recordedAt === added.record.recordedAt) {
      const message = `${quote(history.key)}: revision ${revision} stands already on line ${same.line}`;
      problems.warning('DUPLICATE_LINE', added.line, message);
    }
    if (same.record.recordedAt <= added.record.recordedAt) return;
  } else {
    const message = `${quote(history.key)}: revision ${revision} differs from line ${same.line}; this later line is taken`;
    problems.error('REVISION_CONFLICT', added.line, message);
  }
  replace(history, same, added);
}

/** Takes another line for a revision that is known. */
function replace(history: History, same: Located<TradeRevision>, added: Located<TradeRevision>): void {
  if (same === history.lowest) history.lowest = added;
  if (same === history.winner) history.winner = added;
  else history.earlier?.set(added.record.revision, added);
}

function reportGap(problems: ProblemList, key: string, added: Located<TradeRevision>, before: number): void {
  const found = added.record.revision;
  const missing =
    found - before === 2 ? `revision ${before + 1} is` : `revisions ${before + 1} to ${found - 1} are`;
  problems.warning('REVISION_GAP', added.line, `${quote(key)}: ${missing} not above revision ${found}`);
}
