import { InvalidRecordError } from '../../../parsers/invalid-record-error.js';
import { tradesPath } from '../../../parsers/paths.js';
import { type TradeRevision, tradeKey, tradeWriter } from '../../../parsers/trades.js';
import type { CommitBase } from '../../git/commit.js';
import type { RowChunk } from '../../sources/moha/bot-trade.js';
import { botTradeFromRow } from '../../sources/moha/bot-trade-from-row.js';
import { nextRow } from '../../sources/moha/raw-rows.js';
import { type AddedPnl, PnlSum } from './added-pnl.js';
import { correctedOpening, isAnotherTrade } from './another-trade.js';
import type { DecisionBook } from './decision-book.js';
import { type DecisionIndex, linkDecision } from './decision-link.js';
import { appendLines, type KnownTrade, type LedgerDay, readLedgerDay } from './ledger-day.js';
import type { LedgerIndex } from './ledger-index.js';
import type { LineBuffer, LineBuffers } from './line-buffer.js';
import {
  isSkipped,
  type MappedTrade,
  type SkippedRow,
  type TradeSourceRules,
  tradeMapper,
} from './map-bot-trade.js';
import { NewTradeLines } from './new-trade-lines.js';
import { firstRevision, type RevisionRules, reviseTrade } from './revise-trade.js';
import { sourceOfEpoch } from './sync-state.js';

/** What one batch of upstream rows makes of the ledger. */
export interface BatchPlan {
  /** Files with their new lines at the end, by path. */
  readonly days: ReadonlyMap<string, PlannedDay>;
  readonly counts: BatchCounts;
  readonly pnl: AddedPnl;
  readonly skipped: readonly SkippedRow[];
  /** Of the run so far: higher than before when ids were given out again. */
  readonly epoch: number;
  /** What a person should look at, one sentence each. */
  readonly warnings: readonly string[];
  /** Whether each trade is open upstream, by id; null = nobody asked. */
  readonly open: ReadonlyMap<string, boolean> | null;
}

/** A ledger file that gains lines. */
export interface PlannedDay {
  /** As committed. */
  readonly bytes: Buffer;
  /** Whole lines, in the order of upstream. */
  readonly lines: LineBuffer;
}

export interface BatchCounts {
  readonly new: number;
  readonly closed: number;
  readonly revised: number;
  readonly unchanged: number;
  readonly linked: number;
}

/** What planning needs beside the rows: all of it read from the same tree. */
export interface BatchContext {
  readonly base: CommitBase;
  readonly epoch: number;
  readonly rules: RevisionRules;
  readonly tradeSources: TradeSourceRules;
  readonly decisions: DecisionBook;
  /** Tells whether the ledger may hold an id although the file of its day does not. */
  readonly mayBeElsewhere: (id: string) => boolean;
  readonly index: () => Promise<LedgerIndex>;
  /** The highest id upstream is below the watermark: rows were deleted at the top, or ids have started again. */
  readonly idsWentBack: boolean;
  /** Note which trades are open. */
  readonly noteOpen: boolean;
  /** Where lines are put; the caller gives them back. */
  readonly lineBuffers: LineBuffers;
}

/**
 * Compares upstream rows with the ledger and plans the lines to append.
 *
 * Decides alone, writes nothing: what it returns is the dry run. Rows come in the order of their opening, so that one
 * ledger file after the other is read, and nothing is kept of a row but its line.
 */
export async function planBatch(rows: readonly RowChunk[], context: BatchContext): Promise<BatchPlan> {
  for (let { epoch } = context; ; ) {
    const plan = await planInEpoch(rows, { ...context, epoch });
    // New trades before the first id that was given out again belong to the new epoch as well.
    if (plan.epoch === epoch) return epoch === context.epoch ? plan : withEpochWarning(plan, context.epoch);
    epoch = plan.epoch;
  }
}

/** @returns the new bytes of every file of a plan. */
export function filesOfPlan({ days }: BatchPlan): ReadonlyMap<string, Buffer> {
  return new Map(Array.from(days, ([path, { bytes, lines }]) => [path, appendLines(bytes, lines.bytes())]));
}

/** A plan while it is made. */
interface Draft {
  readonly days: Map<string, PlannedDay>;
  readonly counts: { new: number; closed: number; revised: number; unchanged: number; linked: number };
  readonly pnl: PnlSum;
  readonly skipped: SkippedRow[];
  readonly warnings: string[];
  readonly open: Map<string, boolean> | null;
  readonly format: (revision: TradeRevision) => string;
  readonly lineBuffers: LineBuffers;
  /** Rows whose id the ledger knows as another trade's: the first of them, in words, and how many. */
  readonly others: { first: string | null; count: number };
}

async function planInEpoch(chunks: readonly RowChunk[], context: BatchContext): Promise<BatchPlan> {
  const draft: Draft = {
    days: new Map(),
    counts: { new: 0, closed: 0, revised: 0, unchanged: 0, linked: 0 },
    pnl: new PnlSum(),
    skipped: [],
    warnings: [],
    open: context.noteOpen ? new Map() : null,
    format: tradeWriter(),
    lineBuffers: context.lineBuffers,
    others: { first: null, count: 0 },
  };
  const mapRow = tradeMapper(context.tradeSources);
  const newTrades = new NewTradeLines(sourceOfEpoch(context.epoch), context.rules);
  const dayAt = dayReader(context.base);
  let { epoch } = context;
  let day: LedgerDay | null = null;
  let date = '';
  let decisions: DecisionIndex = new Map();
  for (const { bytes, at } of cursorOver(chunks)) {
    if (newTrades.read(bytes, at) && day !== null && date === newTrades.date) {
      if (addNewTrade(draft, newTrades, day, decisions, context)) continue;
    }
    const trade = mapRow(botTradeFromRow(bytes, at));
    if (isSkipped(trade)) {
      draft.skipped.push(trade);
      continue;
    }
    newTrades.learn(trade);
    draft.open?.set(trade.externalTradeId, trade.status === 'open');
    if (day === null || date !== trade.openedAt.slice(0, DATE_LENGTH)) {
      date = trade.openedAt.slice(0, DATE_LENGTH);
      day = await dayAt(tradesPath(trade.openedAt));
      decisions = await context.decisions.around(trade.openedAt);
    }
    let known = day.latest(trade.externalTradeId);
    if (known?.epoch !== context.epoch && context.mayBeElsewhere(trade.externalTradeId))
      known = await findElsewhere(trade.externalTradeId, known, context, dayAt);
    const reborn = known !== null && isAnotherTrade(known, trade, context.idsWentBack);
    if (reborn && known !== null) {
      epoch = Math.max(epoch, known.epoch + 1);
      draft.others.first ??= describeOther(known.current, trade);
      draft.others.count += 1;
    }
    const home = known === null || reborn || known.path === day.path ? day : await dayAt(known.path);
    const corrected = known === null || reborn ? null : correctedOpening(known, trade);
    const near = corrected === null ? decisions : await context.decisions.around(corrected);
    planTrade(draft, trade, reborn ? null : known, home, near, context);
  }
  const { days, counts, pnl, skipped, open } = draft;
  const warnings = [...othersWarning(draft, epoch), ...draft.warnings];
  return { days, counts, pnl: pnl.total, skipped, warnings, open, epoch };
}

/** Goes from row to row of some chunks: the bytes, and where in them the row starts. One object for all of them. */
function* cursorOver(
  chunks: readonly RowChunk[],
): Generator<{ readonly bytes: Buffer; readonly at: number }> {
  for (const { bytes } of chunks) {
    const cursor = { bytes, at: 0 };
    for (; cursor.at < bytes.length; cursor.at = nextRow(bytes, cursor.at)) yield cursor;
  }
}

/** `2026-01-14` */
const DATE_LENGTH = 10;

/** Keeps the last few files that were read: rows are in order, but for those that moved. */
function dayReader(base: CommitBase): (path: string) => Promise<LedgerDay> {
  const days = new Map<string, LedgerDay>();
  return async (path) => {
    const day = days.get(path) ?? (await readLedgerDay(base, path));
    days.delete(path);
    days.set(path, day);
    const [oldest] = days.keys();
    if (days.size > MOST_DAYS_KEPT && oldest !== undefined) days.delete(oldest);
    return day;
  };
}

const MOST_DAYS_KEPT = 8;

async function findElsewhere(
  id: string,
  known: KnownTrade | null,
  context: BatchContext,
  dayAt: (path: string) => Promise<LedgerDay>,
): Promise<KnownTrade | null> {
  let latest = known;
  for (const path of (await context.index()).pathsOf(id)) {
    const other = (await dayAt(path)).latest(id);
    if (other !== null && (latest === null || other.epoch > latest.epoch)) latest = other;
  }
  return latest;
}

function planTrade(
  draft: Draft,
  trade: MappedTrade,
  known: KnownTrade | null,
  home: LedgerDay,
  decisions: DecisionIndex,
  { rules, epoch }: BatchContext,
): void {
  const damage = home.damageAround(trade.externalTradeId);
  if (damage !== null) {
    draft.skipped.push({ id: trade.externalTradeId, reason: `the ledger cannot be read: ${damage}` });
    return;
  }
  const link = (asset: string, openedAt: string) =>
    linkDecision(decisions, asset, openedAt, rules.linkWindowMinutes);
  if (known === null) {
    const found = link(trade.asset, trade.openedAt);
    addLine(draft, home, firstRevision(trade, sourceOfEpoch(epoch), found, rules), null);
    return;
  }
  const revised = reviseTrade(known.current, trade, link, rules);
  if (revised.next === null) {
    draft.counts.unchanged += 1;
    return;
  }
  const key = tradeKey(known.current);
  if (revised.changedAfterEnd.length > 0) {
    const fields = revised.changedAfterEnd.join(', ');
    draft.warnings.push(`${key} was ${known.current.status} and has changed upstream since: ${fields}`);
  }
  if (revised.contradicted.length > 0) {
    const fields = revised.contradicted.join(', ');
    draft.warnings.push(`${key}: upstream now says something else of ${fields}; the correction stands`);
  }
  addLine(draft, home, revised.next, known.current);
}

/**
 * Adds the line of a row that is a new trade beyond doubt, and nothing is unusual about.
 *
 * @returns false = look closer.
 */
function addNewTrade(
  draft: Draft,
  trade: NewTradeLines,
  home: LedgerDay,
  decisions: DecisionIndex,
  context: BatchContext,
): boolean {
  const { id } = trade;
  if (home.damageAround(id) !== null || home.latest(id) !== null || context.mayBeElsewhere(id)) return false;
  if (!trade.isWithoutDecision(decisions)) return false;
  const known = draft.days.get(home.path);
  const planned = known ?? { bytes: home.bytes, lines: context.lineBuffers.take() };
  if (!trade.write(planned.lines)) {
    if (known === undefined) context.lineBuffers.giveBack(planned.lines);
    return false;
  }
  if (known === undefined) draft.days.set(home.path, planned);
  draft.counts.new += 1;
  draft.open?.set(id, trade.isOpen);
  trade.addTo(draft.pnl);
  return true;
}

/** One odd row must not keep the others out: what cannot be written is skipped. */
function addLine(draft: Draft, home: LedgerDay, revision: TradeRevision, before: TradeRevision | null): void {
  let line: string;
  try {
    line = draft.format(revision);
  } catch (error) {
    if (!(error instanceof InvalidRecordError)) throw error;
    draft.skipped.push({ id: revision.externalTradeId, reason: error.message });
    return;
  }
  const planned = draft.days.get(home.path) ?? { bytes: home.bytes, lines: draft.lineBuffers.take() };
  draft.days.set(home.path, planned);
  planned.lines.add(line);
  const { counts } = draft;
  if (before === null) counts.new += 1;
  else if (before.status === 'open' && revision.status !== 'open') counts.closed += 1;
  else counts.revised += 1;
  if (revision.decision !== null && before?.decision !== revision.decision) counts.linked += 1;
  draft.pnl.add(revision, before);
}

function withEpochWarning(plan: BatchPlan, before: number): BatchPlan {
  const [now, then] = [plan.epoch, before].map(sourceOfEpoch);
  const warning = `upstream gives ids out again: from here on its trades are ${now}; those of ${then} stay as they are`;
  return { ...plan, warnings: [warning, ...plan.warnings] };
}

/** `BTC, long, opened 2026-01-14T10:00:00.000000+00:00` */
function describeTrade({
  asset,
  side,
  openedAt,
}: Pick<TradeRevision, 'asset' | 'side' | 'openedAt'>): string {
  return `${asset}, ${side}, opened ${openedAt}`;
}

function describeOther(known: TradeRevision, trade: MappedTrade): string {
  return `${tradeKey(known)} is ${describeTrade(known)}; row ${trade.externalTradeId} is now ${describeTrade(trade)}`;
}

/** Nobody can tell a row that was corrected in all that a trade keeps from another trade, so a person is told of both. */
function othersWarning({ others: { first, count } }: Draft, epoch: number): readonly string[] {
  if (first === null) return [];
  const more = count === 1 ? '' : `, and so are ${count - 1} more rows`;
  return [
    `${first}: taken as another trade, of ${sourceOfEpoch(epoch)}${more}; where somebody corrected the row, cancel the one that is wrong with record correction`,
  ];
}
