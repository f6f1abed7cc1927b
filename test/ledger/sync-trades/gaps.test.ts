import { describe, expect, it } from 'vitest';
import { nextGaps } from '../../../src/ledger/sync-trades/gaps.js';
import { idSetOf, spellIds } from '../../../src/ledger/sync-trades/id-ranges.js';
import type { GapGroup } from '../../../src/ledger/sync-trades/sync-state.js';
import type { UpstreamMark } from '../../../src/sources/moha/bot-trade.js';

const NOON = '2026-01-14T12:00:00.000000+00:00';
const LATER = '2026-01-14T13:00:00.000000+00:00';
const MUCH_LATER = '2026-01-14T13:00:00.000001+00:00';

const mark = (change: Partial<UpstreamMark> = {}): UpstreamMark => ({
  identity: { system: '1', timeline: '1', database: '5', table: '6' },
  kind: 'view',
  horizon: '200',
  nextXid: '210',
  live: [],
  now: NOON,
  lastId: '20',
  ...change,
});
const gap = (ids: readonly string[], change: Partial<GapGroup> = {}): GapGroup => ({
  seenAt: NOON,
  nextXid: '100',
  live: [],
  ids: idSetOf(ids),
  unsure: false,
  ...change,
});
const spelt = (gaps: readonly GapGroup[]) => gaps.map(({ ids }) => spellIds(ids));

describe('nextGaps', () => {
  it('notes what is missing above the watermark, with who may still fill it', () => {
    const gaps = nextGaps([], idSetOf(['12', '13', '17']), '10', mark({ live: ['3/7'] }));
    expect(spelt(gaps)).toEqual([['12-13', '17']]);
    expect(gaps[0]).toMatchObject({ seenAt: NOON, nextXid: '210', live: ['3/7'] });
  });

  it('says of gaps that the ledger may hold them, where the watermark began anew', () => {
    expect(nextGaps([], idSetOf(['2']), '0', mark(), true)).toMatchObject([{ unsure: true }]);
    expect(nextGaps([gap(['2'])], idSetOf(['2']), '10', mark())).toMatchObject([{ unsure: false }]);
  });

  it('takes nothing at or below the watermark for new', () => {
    expect(nextGaps([], idSetOf(['9', '10', '11']), '10', mark())).toMatchObject([
      { ids: [{ first: 11n, last: 11n }] },
    ]);
  });

  it('forgets what was filled, keeps the rest with the moment it was seen', () => {
    const before = [gap(['2', '3', '4'], { live: ['3/7'] }), gap(['7'])];
    const gaps = nextGaps(before, idSetOf(['2', '4']), '10', mark({ now: LATER }));
    expect(spelt(gaps)).toEqual([['2', '4']]);
    expect(gaps[0]).toMatchObject({ seenAt: NOON, live: ['3/7'] });
  });

  it('keeps a gap for an hour, and to the microsecond no longer', () => {
    const missing = idSetOf(['2']);
    expect(spelt(nextGaps([gap(['2'])], missing, '10', mark({ now: LATER })))).toEqual([['2']]);
    expect(nextGaps([gap(['2'])], missing, '10', mark({ now: MUCH_LATER }))).toEqual([]);
  });

  it('keeps it as long as a transaction of then is live, or holds back the horizon', () => {
    const missing = idSetOf(['2']);
    const old = gap(['2'], { live: ['3/7', '4/1'] });
    const now = '2026-01-20T12:00:00.000000+00:00';
    expect(nextGaps([old], missing, '10', mark({ now, live: ['4/1'] }))).toHaveLength(1);
    expect(nextGaps([old], missing, '10', mark({ now, live: ['5/1'] }))).toEqual([]);
    expect(nextGaps([old], missing, '10', mark({ now, horizon: '99' }))).toHaveLength(1);
    expect(nextGaps([old], missing, '10', mark({ now, horizon: '100' }))).toEqual([]);
  });

  it('keeps it when the clock of upstream has gone back', () => {
    const before = gap(['2'], { seenAt: LATER });
    expect(nextGaps([before], idSetOf(['2']), '10', mark({ now: NOON }))).toHaveLength(1);
  });
});
