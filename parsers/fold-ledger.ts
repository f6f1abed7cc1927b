import { compareCodeUnits } from './compare-text.js';
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
 * its own time, recorded one fact: the earlier line is taken.
 *
 * One number with two contents comes of two clones that looked upstream at two moments, or corrected the same trade. What
 * was recorded last is taken, and a later revision settles it. Until then a warning says so; an error where a person's
 * correction is among them, which no machine may choose.
 */
export function foldLedger(revisions: readonly Located<TradeRevision>[], path: string): FoldedLedger {
  const problems = problemList(path);
  const histories = new Map<string, History>();
  for (const revision of revisions) {
    const key = tradeKey(revision.record);
    const history = histories.get(key);
    if (history === undefined) {
      histories.set(key, { key, winner: revision, lowest: revision, earlier: null, contested: null });
      if (revision.record.revision !== 1) reportGap(problems, key, revision, 0);
    } else {
      addRevision(history, revision, problems);
    }
  }
  for (const history of histories.values()) settle(history, problems);
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
  /** The lines of each revision that stands with several contents; null = there is none. */
  contested: Map<number, Located<TradeRevision>[]> | null;
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
  const contested = history.contested?.get(revision);
  if (contested !== undefined) {
    contested.push(added);
    return;
  }
  if (tradeFact(same.record) !== tradeFact(added.record)) {
    history.contested ??= new Map();
    history.contested.set(revision, [same, added]);
    return;
  }
  if (same.record.recordedAt === added.record.recordedAt) {
    const message = `${quote(history.key)}: revision ${revision} stands already on line ${same.line}`;
    problems.warning('DUPLICATE_LINE', added.line, message);
  }
  if (same.record.recordedAt > added.record.recordedAt) replace(history, same, added);
}

/** Decides which content of a contested revision counts, by nothing but the lines themselves. */
function settle(history: History, problems: ProblemList): void {
  for (const [revision, lines] of history.contested ?? []) {
    const taken = recordedLast(lines);
    const isTop = revision === history.winner.record.revision;
    const known = isTop ? history.winner : history.earlier?.get(revision);
    if (known !== undefined) replace(history, known, taken);
    const last = lines.reduce((a, b) => (a.line > b.line ? a : b));
    const places = lines.map(({ line }) => line).join(', ');
    const message = `${quote(history.key)}: revision ${revision} has several contents, on lines ${places}; line ${taken.line}, recorded last, is taken`;
    const corrections = new Set(lines.map(({ record }) => correctionsOf(record)));
    const mayCount = corrections.size === 1 && !isOneMoment(lines);
    if (isTop && !mayCount) problems.error('REVISION_CONFLICT', last.line, message);
    else problems.warning('REVISION_CONFLICT', last.line, message);
  }
}

/** Two machines record at two moments; several contents of one moment are no two machines', but a line that was edited. */
function isOneMoment(lines: readonly Located<TradeRevision>[]): boolean {
  const moments = new Map<string, string>();
  return lines.some(({ record }) => {
    const fact = tradeFact(record);
    const known = moments.get(record.recordedAt);
    moments.set(record.recordedAt, fact);
    return known !== undefined && known !== fact;
  });
}

/** Of each content the line that was recorded first, and of those the last; by content where the times are equal. */
function recordedLast(lines: readonly Located<TradeRevision>[]): Located<TradeRevision> {
  const first = new Map<string, Located<TradeRevision>>();
  for (const line of lines) {
    const fact = tradeFact(line.record);
    const known = first.get(fact);
    if (known === undefined || line.record.recordedAt < known.record.recordedAt) first.set(fact, line);
  }
  const [taken] = [...first].sort(
    ([aFact, a], [bFact, b]) =>
      compareCodeUnits(b.record.recordedAt, a.record.recordedAt) || compareCodeUnits(bFact, aFact),
  );
  if (taken === undefined) throw new TypeError('a contested revision has lines');
  return taken[1];
}

/** What a person set in place of what upstream says, as text. */
function correctionsOf({ metadata }: TradeRevision): string {
  const { corrections } = JSON.parse(metadata ?? '{}') as { readonly corrections?: unknown };
  return JSON.stringify(corrections ?? null);
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
