import { InvalidRecordError } from '../../../parsers/invalid-record-error.js';
import { tradesPath } from '../../../parsers/paths.js';
import { formatTrade, type TradeRevision, tradeKey } from '../../../parsers/trades.js';
import type { CommitBase } from '../../git/commit.js';
import { type DecisionIndex, type DecisionLink, linkDecision } from './decision-link.js';
import { appendLines, type KnownTrade, type LedgerDay, readLedgerDay } from './ledger-day.js';
import type { LedgerIndex } from './ledger-index.js';
import type { MappedTrade, SkippedRow } from './map-bot-trade.js';
import { firstRevision, type RevisionRules, reviseTrade } from './revise-trade.js';
import { sourceOfEpoch } from './sync-state.js';
import { readTradeMetadata } from './trade-metadata.js';

/** One line that the ledger gains. */
export interface PlannedLine {
  readonly path: string;
  readonly line: string;
  readonly revision: TradeRevision;
  /** The revision before; null = the trade is new. */
  readonly before: TradeRevision | null;
  readonly linked: boolean;
}

/** What one batch of upstream rows makes of the ledger. */
export interface BatchPlan {
  readonly lines: readonly PlannedLine[];
  readonly unchanged: number;
  readonly skipped: readonly SkippedRow[];
  /** Of the run so far: higher than before when ids were given out again. */
  readonly epoch: number;
  /** What a person should look at, one sentence each. */
  readonly warnings: readonly string[];
}

/** What planning needs beside the rows: all of it read from the same tree. */
export interface BatchContext {
  readonly base: CommitBase;
  readonly epoch: number;
  readonly rules: RevisionRules;
  readonly decisions: DecisionIndex;
  /** Tells whether the ledger may hold an id although the file of its day does not. */
  readonly mayBeElsewhere: (id: string) => boolean;
  readonly index: () => Promise<LedgerIndex>;
}

/**
 * Compares upstream rows with the ledger, day by day, and plans the lines to append.
 *
 * Decides alone, writes nothing: what it returns is the dry run.
 */
export async function planBatch(trades: readonly MappedTrade[], context: BatchContext): Promise<BatchPlan> {
  const days = new Map<string, LedgerDay>();
  const dayAt = async (path: string): Promise<LedgerDay> => {
    const day = days.get(path) ?? (await readLedgerDay(context.base, path));
    days.set(path, day);
    return day;
  };
  const skipped: SkippedRow[] = [];
  const found: {
    readonly trade: MappedTrade;
    readonly known: KnownTrade | null;
    readonly reborn: boolean;
  }[] = [];
  let { epoch } = context;
  for (const trade of trades) {
    const day = await dayAt(tradesPath(trade.openedAt));
    const known = await findKnown(trade, day, context, dayAt);
    const damage = day.damage ?? (known === null ? null : ((await dayAt(known.path)).damage ?? null));
    if (damage !== null) {
      skipped.push({ id: trade.externalTradeId, reason: `the ledger cannot be read: ${damage}` });
      continue;
    }
    const reborn = known !== null && isAnotherTrade(known, trade);
    if (reborn) epoch = Math.max(epoch, known.epoch + 1);
    found.push({ trade, known, reborn });
  }
  const tally: Tally = { lines: [], unchanged: 0, warnings: [] };
  if (epoch > context.epoch) {
    tally.warnings.push(
      `upstream gives ids out again: from here on its trades are ${sourceOfEpoch(epoch)}; those of ${sourceOfEpoch(context.epoch)} stay as they are`,
    );
  }
  for (const { trade, known, reborn } of found) {
    const refused = planTrade(trade, reborn ? null : known, epoch, context, tally);
    if (refused !== null) skipped.push(refused);
  }
  return { ...tally, skipped, epoch };
}

/** Joins the lines of a plan to the files they belong to. */
export async function filesOfPlan(
  base: CommitBase,
  lines: readonly PlannedLine[],
): Promise<ReadonlyMap<string, string>> {
  const added = new Map<string, string[]>();
  for (const { path, line } of lines) {
    const list = added.get(path);
    if (list === undefined) added.set(path, [line]);
    else list.push(line);
  }
  const files = new Map<string, string>();
  for (const [path, list] of added) {
    files.set(path, appendLines((await base.read(path)) ?? Buffer.alloc(0), list.join('')));
  }
  return files;
}

interface Tally {
  readonly lines: PlannedLine[];
  unchanged: number;
  readonly warnings: string[];
}

async function findKnown(
  trade: MappedTrade,
  day: LedgerDay,
  context: BatchContext,
  dayAt: (path: string) => Promise<LedgerDay>,
): Promise<KnownTrade | null> {
  const id = trade.externalTradeId;
  let latest = day.trades.get(id)?.at(-1) ?? null;
  // A trade of this very day and epoch needs no further search: an id occurs once in an epoch.
  if (latest !== null && (latest.epoch === context.epoch || !context.mayBeElsewhere(id))) return latest;
  if (!context.mayBeElsewhere(id)) return null;
  for (const path of (await context.index()).pathsOf(id)) {
    const other = (await dayAt(path)).trades.get(id)?.at(-1) ?? null;
    if (other !== null && (latest === null || other.epoch > latest.epoch)) latest = other;
  }
  return latest;
}

/**
 * Tells a trade from another that was given its id.
 *
 * The time of opening is what a trade keeps. Where it differs, it is another trade if it was opened after the ledger had
 * already recorded the one of that id, or if asset or bot differ as well. Otherwise somebody corrected the time.
 */
function isAnotherTrade(known: KnownTrade, trade: MappedTrade): boolean {
  const { corrections } = readTradeMetadata(known.current.metadata);
  const heard = (name: string, value: string | null): string | null =>
    Object.hasOwn(corrections, name) ? (corrections[name]?.upstream ?? null) : value;
  if (heard('opened_at', known.current.openedAt) === trade.openedAt) return false;
  if (trade.openedAt > known.firstRecordedAt) return true;
  return (
    heard('asset', known.current.asset) !== trade.asset ||
    heard('source_bot_id', known.current.sourceBotId) !== trade.sourceBotId
  );
}

function planTrade(
  trade: MappedTrade,
  known: KnownTrade | null,
  epoch: number,
  context: BatchContext,
  tally: Tally,
): SkippedRow | null {
  const { rules } = context;
  const link = (): DecisionLink =>
    linkDecision(context.decisions, trade.asset, trade.openedAt, rules.linkWindowMinutes);
  if (known === null) {
    const revision = firstRevision(trade, sourceOfEpoch(epoch), link(), rules);
    return addLine(tally, tradesPath(trade.openedAt), revision, null);
  }
  const revised = reviseTrade(known.current, trade, link, rules);
  const key = tradeKey(known.current);
  if (revised.next === null) {
    tally.unchanged += 1;
    return null;
  }
  if (revised.changedAfterEnd.length > 0) {
    const fields = revised.changedAfterEnd.join(', ');
    tally.warnings.push(`${key} was ${known.current.status} and has changed upstream since: ${fields}`);
  }
  if (revised.contradicted.length > 0) {
    const fields = revised.contradicted.join(', ');
    tally.warnings.push(`${key}: upstream now says something else of ${fields}; the correction stands`);
  }
  return addLine(tally, known.path, revised.next, known.current);
}

/** @returns why the trade cannot be written, if so: one odd row must not keep the others out. */
function addLine(
  tally: Tally,
  path: string,
  revision: TradeRevision,
  before: TradeRevision | null,
): SkippedRow | null {
  try {
    const linked = revision.decision !== null && before?.decision !== revision.decision;
    tally.lines.push({ path, line: formatTrade(revision), revision, before, linked });
    return null;
  } catch (error) {
    if (!(error instanceof InvalidRecordError)) throw error;
    return { id: revision.externalTradeId, reason: error.message };
  }
}
