import type { RowSelection, UpstreamIdentity, UpstreamMark } from '../../sources/moha/bot-trade.js';
import { horizonUsable } from '../../sources/moha/horizon.js';
import { gapIds } from './gaps.js';
import { rangesOf } from './id-ranges.js';
import type { SyncState } from './sync-state.js';

export type SyncMode = 'new' | 'full';

/** Which rows a run reads, and why it reads all of them when nobody asked for that. */
export interface ChosenRows {
  readonly mode: SyncMode;
  readonly selection: RowSelection;
  /** Null when the mode is the one asked for. */
  readonly reason: string | null;
}

/**
 * Decides which rows to read.
 *
 * Where rows tell which transaction wrote them, everything since the last run's horizon is read: new rows, late ones
 * under a lower id, every change. Elsewhere only ids can be asked for: those above the watermark, in known gaps, and of
 * trades that are open. Rows that were skipped are always tried again.
 *
 * Anything that makes the watermark doubtful ends in reading all: that is slow and never wrong.
 */
export function chooseRows(asked: SyncMode, state: SyncState | null, mark: UpstreamMark): ChosenRows {
  const all = (reason: string | null): ChosenRows => ({ mode: 'full', selection: { kind: 'all' }, reason });
  if (asked === 'full') return all(null);
  if (state === null) return all('no watermark in git yet');
  if (!sameUpstream(state.upstream, mark.identity))
    return all('upstream was replaced or restored since the last run');
  if (state.horizon === null) return all('the last run did not come to its end');
  if (!horizonUsable(state.horizon, mark.nextXid)) {
    return all(
      "upstream's transactions do not follow on the last run's: it was restored, or that run is too long ago",
    );
  }
  if (mark.kind === 'table') {
    const ids = rangesOf(state.skipped);
    return { mode: 'new', selection: { kind: 'changed', sinceHorizon: state.horizon, ids }, reason: null };
  }
  if (state.open === null) return all('bot_trades has become a view since the last run');
  // Whoever emptied the table may give the same ids out again, and nothing above the watermark would ever show it.
  if (BigInt(mark.lastId ?? '0') < BigInt(state.lastId))
    return all('the highest ids of the last run are gone upstream');
  const ids = [...rangesOf(state.open), ...rangesOf(gapIds(state.gaps)), ...rangesOf(state.skipped)];
  return { mode: 'new', selection: { kind: 'ids', aboveId: state.lastId, ids }, reason: null };
}

/** A cluster that does not tell its identifier is compared by what it does tell. */
export function sameUpstream(before: UpstreamIdentity, now: UpstreamIdentity): boolean {
  const same = (a: string | null, b: string | null): boolean => a === null || b === null || a === b;
  return (
    same(before.system, now.system) &&
    same(before.timeline, now.timeline) &&
    before.database === now.database &&
    before.table === now.table
  );
}
