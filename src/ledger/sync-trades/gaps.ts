import { epochMicroseconds } from '../../../parsers/time.js';
import type { UpstreamMark } from '../../sources/moha/bot-trade.js';
import { type IdSet, idSet, intersection, rangesOf } from './id-ranges.js';
import type { GapGroup } from './sync-state.js';

const KEPT_MICROSECONDS = 3600 * 1_000_000;

/**
 * Keeps the books on ids that were passed over.
 *
 * A gap is forgotten when it is filled, or when nobody can fill it any more: it was seen more than an hour ago, every
 * transaction that ran then has ended, and none older than that moment holds back the horizon (a prepared one shows
 * only there).
 *
 * @param before - gaps of the run before.
 * @param missing - every id from the lowest of those gaps on, and above the last watermark, that has no row now.
 * @param watermark - highest id of the run before: missing ids above it are new gaps.
 * @param unsure - the watermark begins anew, and the ledger may hold ids that are missing now.
 */
export function nextGaps(
  before: readonly GapGroup[],
  missing: IdSet,
  watermark: string,
  mark: UpstreamMark,
  unsure = false,
): readonly GapGroup[] {
  const kept = before
    .map((gap) => ({ ...gap, ids: intersection(gap.ids, missing) }))
    .filter((gap) => gap.ids.length > 0 && mayBeFilled(gap, mark));
  const above = String(BigInt(watermark) + 1n);
  const end = missing.at(-1)?.last;
  const fresh = end === undefined ? [] : intersection(missing, idSet([{ first: above, last: String(end) }]));
  if (fresh.length === 0) return kept;
  return [...kept, { seenAt: mark.now, nextXid: mark.nextXid, live: mark.live, ids: fresh, unsure }];
}

/** All ids of the gaps. */
export function gapIds(gaps: readonly GapGroup[]): IdSet {
  return idSet(gaps.flatMap(({ ids }) => rangesOf(ids)));
}

function mayBeFilled(gap: GapGroup, mark: UpstreamMark): boolean {
  if (epochMicroseconds(mark.now) - epochMicroseconds(gap.seenAt) <= KEPT_MICROSECONDS) return true;
  if (BigInt(mark.horizon) < BigInt(gap.nextXid)) return true;
  const live = new Set(mark.live);
  return gap.live.some((id) => live.has(id));
}
