import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeSnapshotState } from '../../src/ledger/snapshot/merge-snapshot-state.js';
import { formatSnapshotState } from '../../src/ledger/snapshot/snapshot-state.js';
import { idSet, intersection, rangesOf, sizeOf } from '../../src/ledger/sync-trades/id-ranges.js';
import { mergeStates, mergeSyncState } from '../../src/ledger/sync-trades/merge-sync-state.js';
import { formatSyncState, readSyncState, type SyncState } from '../../src/ledger/sync-trades/sync-state.js';

const PATH = '.moha/maven/state/moha.json';
const NOW = '2026-01-14T12:00:00.000000+00:00';
const UPSTREAM = { system: '7', timeline: '1', database: '5', table: '9' };

const ids = fc
  .array(fc.tuple(fc.nat(200), fc.nat(5)), { maxLength: 5 })
  .map((ranges) => idSet(ranges.map(([first, more]) => ({ first: `${first}`, last: `${first + more}` }))));
const gap = fc.record({
  seenAt: fc.constantFrom(NOW, '2026-01-14T11:00:00.000000+00:00'),
  nextXid: fc.constantFrom('40', '50'),
  live: fc.constantFrom<readonly string[]>([], ['3/4']),
  ids: ids.filter((set) => set.length > 0),
  unsure: fc.boolean(),
});
const state = fc.record({
  epoch: fc.constantFrom(1, 2),
  lastId: fc.nat(200).map(String),
  heldId: fc.constantFrom(null, '300'),
  horizon: fc.option(fc.nat(1000).map(String)),
  upstream: fc.constantFrom(UPSTREAM, UPSTREAM, { ...UPSTREAM, system: '8' }),
  gaps: fc.array(gap, { maxLength: 3 }),
  skipped: ids,
  open: fc.option(ids, { freq: 1 }),
});
const isWithin = (part: SyncState['skipped'], whole: SyncState['skipped']): boolean =>
  sizeOf(intersection(part, whole)) === sizeOf(part);

describe('merging how far two clones have come', () => {
  it('asks for all that either would have asked for, whoever merges whom', () => {
    fc.assert(
      fc.property(state, state, (left, right) => {
        const merged = mergeStates(left, right);
        expect(formatSyncState(mergeStates(right, left), NOW)).toBe(formatSyncState(merged, NOW));
        const text = formatSyncState(merged, NOW);
        expect(readSyncState(text, PATH)).toEqual(merged);
        for (const each of [left, right]) {
          // No horizon: every row is compared.
          if (merged.horizon === null) continue;
          expect(each.horizon === null || BigInt(merged.horizon) <= BigInt(each.horizon)).toBe(true);
          expect(BigInt(merged.lastId) <= BigInt(each.lastId)).toBe(true);
          const held = merged.heldId ?? merged.lastId;
          expect(BigInt(held) >= BigInt(each.heldId ?? each.lastId)).toBe(true);
          expect(isWithin(each.skipped, merged.skipped)).toBe(true);
          expect(merged.open === null || isWithin(each.open ?? [], merged.open)).toBe(true);
          const above = { first: String(BigInt(merged.lastId) + 1n), last: '100000' };
          const asked = idSet([...merged.gaps.flatMap((group) => rangesOf(group.ids)), above]);
          for (const group of each.gaps) expect(isWithin(group.ids, asked)).toBe(true);
        }
      }),
    );
  });

  it('has nothing to add to itself, and compares every row after two upstreams', () => {
    fc.assert(
      fc.property(state, (one) => {
        const again = mergeStates(one, one);
        expect({ ...again, gaps: [] }).toEqual({ ...one, heldId: again.heldId, gaps: [] });
        expect(mergeStates(one, { ...one, epoch: one.epoch + 1 })).toMatchObject({
          epoch: one.epoch + 1,
          horizon: null,
        });
      }),
    );
  });

  it('leaves what it cannot read to a person', () => {
    const [text] = fc.sample(state, { numRuns: 1, seed: 1 }).map((one) => formatSyncState(one, NOW));
    expect(mergeSyncState(text ?? '', '{}', PATH)).toBeNull();
    expect(mergeSyncState(text ?? '', text ?? '', PATH)).not.toBeNull();
  });

  it('of accounts: the earlier flows and first snapshot of each, and the tokens of both', () => {
    const path = '.moha/maven/state/hyperliquid.json';
    const at = (hour: string): string => `2026-01-14T${hour}:00:00.000000+00:00`;
    const one = (hour: string, firstComplete: string | null, ...priced: readonly string[]) => ({
      flowsUntil: at(hour),
      firstComplete,
      snapshotsBefore: null,
      priced,
    });
    const write = (accounts: Readonly<Record<string, ReturnType<typeof one>>>, hour: string): string =>
      formatSnapshotState('hyperliquid', new Map(Object.entries(accounts)), at(hour));
    const ours = write({ a: one('10', 'b.json', 'HYPE'), b: one('09', null) }, '10');
    const theirs = write({ a: one('11', 'a.json', 'BTC'), b: one('08', 'c.json'), c: one('07', null) }, '11');
    const merged = write(
      { a: one('10', 'a.json', 'BTC', 'HYPE'), b: one('08', 'c.json'), c: one('07', null) },
      '11',
    );
    expect(mergeSnapshotState(ours, theirs, path)).toBe(merged);
    expect(mergeSnapshotState(theirs, ours, path)).toBe(merged);
  });
});
