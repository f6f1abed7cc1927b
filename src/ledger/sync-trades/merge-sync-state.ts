import { parseState } from '../../../parsers/state.js';
import { sameUpstream } from './choose-rows.js';
import { type IdSet, idSet, intersection, rangesOf } from './id-ranges.js';
import { formatSyncState, type GapGroup, readSyncState, type SyncState } from './sync-state.js';

/**
 * Merges how far two clones have come with MoHa, with the same outcome whoever merges whom.
 *
 * The merged ledger holds what either held, so each state alone would be true of it. Yet where both wrote a revision of one
 * trade, the one that counts may be of the clone that looked earlier: everything since that clone's look must be read
 * again. So the earlier horizon and the lower watermark win, and gaps, skipped rows and open trades are those of both.
 * What is read twice is found unchanged; what is not read would be missing for ever.
 *
 * @returns null when either cannot be read: then a person decides, or the next sync, which compares every row.
 */
export function mergeSyncState(ours: string, theirs: string, path: string): string | null {
  const [our, their] = [readSyncState(ours, path), readSyncState(theirs, path)];
  if (our === null || their === null) return null;
  const times = [ours, theirs].map((text) => parseState(text, path).records[0]?.record.recordedAt ?? '');
  return formatSyncState(
    mergeStates(our, their),
    times.reduce((a, b) => (a > b ? a : b)),
  );
}

export function mergeStates(left: SyncState, right: SyncState): SyncState {
  if (left.epoch !== right.epoch || !sameUpstream(left.upstream, right.upstream)) {
    return startAgain(
      left.epoch === right.epoch ? byText(left, right) : left.epoch > right.epoch ? left : right,
    );
  }
  const lastId = lowest(left.lastId, right.lastId);
  const held = [left, right].flatMap(({ lastId: last, heldId }) =>
    heldId === null ? [last] : [last, heldId],
  );
  const heldId = held.reduce(highest);
  const sameKind = (left.open === null) === (right.open === null);
  return {
    epoch: left.epoch,
    lastId,
    heldId: heldId === lastId ? null : heldId,
    horizon: sameKind ? earlier(left.horizon, right.horizon) : null,
    upstream: byText(left, right).upstream,
    gaps: mergeGaps([...left.gaps, ...right.gaps], lastId),
    skipped: union(left.skipped, right.skipped),
    open: left.open === null || right.open === null ? null : union(left.open, right.open),
  };
}

/** Two upstreams, or two lives of one: no horizon of theirs can be compared, so the next sync compares every row. */
function startAgain(state: SyncState): SyncState {
  return { ...state, horizon: null };
}

/** Ids above the watermark are asked for anyway. What one clone missed the other may have, so no gap is sure to be new. */
function mergeGaps(gaps: readonly GapGroup[], lastId: string): readonly GapGroup[] {
  const below = idSet([{ first: String(-(10n ** 20n)), last: lastId }]);
  const groups = new Map<string, GapGroup>();
  for (const gap of gaps) {
    const ids = intersection(gap.ids, below);
    if (ids.length === 0) continue;
    const key = JSON.stringify([gap.seenAt, gap.nextXid, [...gap.live].sort()]);
    const other = groups.get(key);
    groups.set(key, { ...gap, ids: other === undefined ? ids : union(ids, other.ids), unsure: true });
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, gap]) => gap);
}

function union(left: IdSet, right: IdSet): IdSet {
  return idSet([...rangesOf(left), ...rangesOf(right)]);
}

/** A run that has not come to its end has no horizon, and nothing is earlier than that. */
function earlier(left: string | null, right: string | null): string | null {
  return left === null || right === null ? null : lowest(left, right);
}

function lowest(left: string, right: string): string {
  return BigInt(left) < BigInt(right) ? left : right;
}

function highest(left: string, right: string): string {
  return BigInt(left) > BigInt(right) ? left : right;
}

/** Of two that nothing else tells apart, the same one whichever comes first. */
function byText(left: SyncState, right: SyncState): SyncState {
  const anyTime = '1970-01-01T00:00:00.000000+00:00';
  return formatSyncState(left, anyTime) >= formatSyncState(right, anyTime) ? left : right;
}
