import { describe, expect, it } from 'vitest';
import { chooseRows } from '../../../src/ledger/sync-trades/choose-rows.js';
import { idSetOf } from '../../../src/ledger/sync-trades/id-ranges.js';
import type { SyncState } from '../../../src/ledger/sync-trades/sync-state.js';
import type { UpstreamMark } from '../../../src/sources/moha/bot-trade.js';

const identity = { system: '1', timeline: '1', database: '5', table: '6' };
const MARK: UpstreamMark = {
  identity,
  kind: 'table',
  horizon: '800',
  nextXid: '810',
  live: [],
  now: '2026-01-14T12:00:00.000000+00:00',
  lastId: '50',
};
const STATE: SyncState = {
  epoch: 1,
  lastId: '42',
  heldId: null,
  horizon: '700',
  upstream: identity,
  gaps: [{ seenAt: MARK.now, nextXid: '700', live: [], ids: idSetOf(['7', '8']), unsure: false }],
  skipped: idSetOf(['9']),
  open: null,
};
const view = { ...MARK, kind: 'view' as const };
const seen = { ...STATE, open: idSetOf(['11']) };

describe('chooseRows', () => {
  it('reads what has changed since the horizon, and what was skipped', () => {
    expect(chooseRows('new', STATE, MARK)).toEqual({
      mode: 'new',
      reason: null,
      selection: { kind: 'changed', sinceHorizon: '700', ids: [{ first: '9', last: '9' }] },
    });
  });

  it('reads a view by what is above, open, missing or skipped', () => {
    expect(chooseRows('new', seen, view)).toEqual({
      mode: 'new',
      reason: null,
      selection: {
        kind: 'ids',
        aboveId: '42',
        ids: [
          { first: '11', last: '11' },
          { first: '7', last: '8' },
          { first: '9', last: '9' },
        ],
      },
    });
  });

  it('reads everything without a reason when that was asked for', () => {
    expect(chooseRows('full', STATE, MARK)).toEqual({
      mode: 'full',
      reason: null,
      selection: { kind: 'all' },
    });
  });

  it.each<[string, SyncState | null, UpstreamMark]>([
    ['no watermark', null, MARK],
    ['did not come to its end', { ...STATE, horizon: null }, MARK],
    ['replaced or restored', STATE, { ...MARK, identity: { ...identity, table: '7' } }],
    ['replaced or restored', STATE, { ...MARK, identity: { ...identity, database: '7' } }],
    ['replaced or restored', STATE, { ...MARK, identity: { ...identity, system: '7' } }],
    ['replaced or restored', STATE, { ...MARK, identity: { ...identity, timeline: '2' } }],
    ['do not follow', { ...STATE, horizon: '811' }, MARK],
    ['do not follow', STATE, { ...MARK, nextXid: String(2n ** 31n + 700n) }],
    ['become a view', STATE, view],
    // Ids below the watermark may be other trades now, and a view does not say so.
    ['ids', seen, { ...view, lastId: '41' }],
    ['ids', seen, { ...view, lastId: null }],
  ])('reads everything: %s', (reason, state, mark) => {
    const chosen = chooseRows('new', state, mark);
    expect(chosen).toMatchObject({ mode: 'full', selection: { kind: 'all' } });
    expect(chosen.reason).toContain(reason);
  });

  it('takes an upstream that stops telling its identifier for the same', () => {
    const silent = { ...identity, system: null, timeline: null };
    expect(chooseRows('new', STATE, { ...MARK, identity: silent }).mode).toBe('new');
    expect(chooseRows('new', { ...STATE, upstream: silent }, MARK).mode).toBe('new');
  });

  it('trusts rows that tell of their change where the highest id is gone', () => {
    expect(chooseRows('new', STATE, { ...MARK, lastId: '41' }).mode).toBe('new');
    expect(chooseRows('new', seen, { ...view, lastId: '42' }).mode).toBe('new');
  });
});
