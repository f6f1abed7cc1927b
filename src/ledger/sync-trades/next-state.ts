import type { UpstreamMark } from '../../sources/moha/bot-trade.js';
import type { ChosenRows } from './choose-rows.js';
import { nextGaps } from './gaps.js';
import { type IdSet, idSet, idSetOf, rangesOf } from './id-ranges.js';
import { formatSyncState, type SyncState } from './sync-state.js';

/** More rows than this that cannot be used are not kept one by one: then the next run reads as much again. */
export const MOST_SKIPPED_KEPT = 10_000;

/** What the state after a batch follows from. */
export interface StateInput {
  /** As git had it when the run began. */
  readonly before: SyncState | null;
  readonly chosen: ChosenRows;
  readonly mark: UpstreamMark;
  readonly epoch: number;
  /** Highest id of this epoch that the ledger holds; null = it was empty when the run began, or the watermark tells. */
  readonly ledgerHighest: string | null;
  /** Every id that was skipped in this run, at most one more than are kept. */
  readonly skipped: ReadonlySet<string>;
  /** Ids of the trades that are open upstream. */
  readonly open: ReadonlySet<string>;
  /** Null while more batches follow; then every id without a row, from the lowest known gap on. */
  readonly missing: IdSet | null;
}

/**
 * Says how far the ledger has come.
 *
 * With the last batch the horizon moves to this run's moment. Before that it stays where it was, so that a run that
 * follows a crash reads everything again; where ids are all there is to go by, it reads everything there is.
 */
export function nextState(input: StateInput): SyncState {
  const { before, chosen, mark, epoch, skipped, missing } = input;
  const reset = before === null || before.epoch !== epoch || chosen.reason !== null;
  const stay = chosen.mode === 'new' && mark.kind === 'table' ? (before?.horizon ?? null) : null;
  const complete = missing !== null && skipped.size <= MOST_SKIPPED_KEPT;
  const kept = skipped.size <= MOST_SKIPPED_KEPT ? idSetOf(skipped) : [];
  const lastId = reset ? (mark.lastId ?? '0') : highest(before.lastId, mark.lastId);
  return {
    epoch,
    lastId,
    heldId: heldAbove(lastId, input),
    horizon: complete ? mark.horizon : stay,
    upstream: mark.identity,
    gaps: gapsAfter(input, reset),
    skipped:
      missing === null && before !== null ? idSet([...rangesOf(before.skipped), ...rangesOf(kept)]) : kept,
    open: mark.kind === 'view' ? idSetOf(input.open) : null,
  };
}

/** Tells whether two states say the same. */
export function sameState(left: SyncState, right: SyncState): boolean {
  const anyTime = '1970-01-01T00:00:00.000000+00:00';
  return formatSyncState(left, anyTime) === formatSyncState(right, anyTime);
}

/** The id below which no gap is of interest, and from which missing ids have to be asked for. */
export function gapsFrom(before: SyncState | null, chosen: ChosenRows): string {
  if (before === null || chosen.reason !== null) return '0';
  const lowest = before.gaps.flatMap(({ ids }) => ids.slice(0, 1)).map(({ first }) => first - 1n);
  return String([BigInt(before.lastId), ...lowest].reduce((a, b) => (a < b ? a : b)));
}

/** What an upstream has lost stays in the ledger. Another epoch's ids are others, whatever their numbers. */
function heldAbove(lastId: string, { before, epoch, ledgerHighest }: StateInput): string | null {
  if (before !== null && before.epoch !== epoch) return null;
  const known = [before?.lastId ?? null, before?.heldId ?? null, ledgerHighest];
  const held = known.reduce<string>((high, id) => highest(high, id), lastId);
  return held === lastId ? null : held;
}

function gapsAfter(
  { before, chosen, mark, missing, ledgerHighest }: StateInput,
  reset: boolean,
): SyncState['gaps'] {
  if (missing === null) return reset || before === null ? [] : before.gaps;
  const kept = reset || before === null ? [] : before.gaps;
  const watermark = reset || before === null || chosen.reason !== null ? '0' : before.lastId;
  return nextGaps(kept, missing, watermark, mark, reset && (before !== null || ledgerHighest !== null));
}

function highest(left: string, right: string | null): string {
  return right !== null && BigInt(right) > BigInt(left) ? right : left;
}
