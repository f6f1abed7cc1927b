import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assetsOfDecision } from '../../../src/ledger/sync-trades/asset-name.js';
import {
  indexDecisions,
  type LinkableDecision,
  linkDecision,
} from '../../../src/ledger/sync-trades/decision-link.js';

const at = (time: string): string =>
  `2026-01-14T${time.padEnd(15, time.includes('.') ? '0' : '.000000')}+00:00`;
const decided = (filename: string, time: string, asset = 'BTC'): LinkableDecision => ({
  filename,
  decidedAt: at(time),
  assets: assetsOfDecision(asset),
});
const link = (decisions: readonly LinkableDecision[], openedAt: string, asset = 'BTC', minutes = 60) =>
  linkDecision(indexDecisions(decisions), asset, openedAt, minutes);

describe('linkDecision', () => {
  const opened = at('12:00:00');

  it('includes both edges of the window, and nothing a microsecond beyond', () => {
    expect(link([decided('a', '11:00:00')], opened)).toMatchObject({
      kind: 'linked',
      secondsBefore: '3600.000000',
    });
    expect(link([decided('a', '10:59:59.999999')], opened)).toEqual({ kind: 'none' });
    expect(link([decided('a', '12:00:00')], opened)).toMatchObject({
      kind: 'linked',
      secondsBefore: '0.000000',
    });
    expect(link([decided('a', '12:00:00.000001')], opened)).toEqual({ kind: 'none' });
  });

  it('takes the latest before, never a nearer one after', () => {
    const decisions = [
      decided('early', '11:10:00'),
      decided('late', '11:40:00'),
      decided('after', '12:00:01'),
    ];
    expect(link(decisions, opened)).toMatchObject({ decision: 'late', secondsBefore: '1200.000000' });
  });

  it('links nothing where two are equally near, and names both; an earlier one does not step in', () => {
    const decisions = [decided('b', '11:40:00'), decided('a', '11:40:00'), decided('c', '11:30:00')];
    expect(link(decisions, opened)).toEqual({ kind: 'ambiguous', candidates: ['a', 'b'] });
  });

  it('knows assets by their names, also of a decision on several', () => {
    const decisions = [decided('both', '11:40:00', 'btc-usd, ETH/USDT'), decided('sol', '11:50:00', 'SOL')];
    expect(link(decisions, opened, 'ETH')).toMatchObject({ decision: 'both' });
    expect(link(decisions, opened, 'BTC')).toMatchObject({ decision: 'both' });
    expect(link(decisions, opened, 'DOGE')).toEqual({ kind: 'none' });
    expect(link([decided('x', '11:40:00', '')], opened)).toEqual({ kind: 'none' });
  });

  it('takes a window of nothing: the same microsecond alone', () => {
    expect(link([decided('a', '12:00:00')], opened, 'BTC', 0)).toMatchObject({ kind: 'linked' });
    expect(link([decided('a', '11:59:59.999999')], opened, 'BTC', 0)).toEqual({ kind: 'none' });
  });

  it('agrees with looking at every decision', () => {
    const seconds = fc.integer({ min: 0, max: 86_399 });
    const time = seconds.map((second) => at(new Date(second * 1000).toISOString().slice(11, 19)));
    const decisions = fc.array(
      fc.record({ second: time, asset: fc.constantFrom('BTC', 'ETH', 'BTC,ETH', 'SOL') }),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(decisions, time, fc.integer({ min: 0, max: 600 }), (list, openedAt, minutes) => {
        const all = list.map(({ second, asset }, i) => ({
          filename: `d${String(i).padStart(2, '0')}`,
          decidedAt: second,
          assets: assetsOfDecision(asset),
        }));
        const before = all.filter(
          ({ decidedAt, assets }) =>
            assets.includes('ETH') &&
            decidedAt <= openedAt &&
            Date.parse(openedAt) - Date.parse(decidedAt) <= minutes * 60_000,
        );
        const latest = before
          .map(({ decidedAt }) => decidedAt)
          .sort()
          .at(-1);
        const nearest = before
          .filter(({ decidedAt }) => decidedAt === latest)
          .map(({ filename }) => filename);
        const found = linkDecision(indexDecisions(all), 'ETH', openedAt, minutes);
        if (nearest.length === 0) expect(found).toEqual({ kind: 'none' });
        else if (nearest.length > 1) expect(found).toEqual({ kind: 'ambiguous', candidates: nearest });
        else expect(found).toMatchObject({ kind: 'linked', decision: nearest[0] });
      }),
    );
  });
});
