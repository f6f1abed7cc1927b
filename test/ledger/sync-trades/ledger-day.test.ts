import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatTrade } from '../../../parsers/trades.js';
import { readLedgerDay } from '../../../src/ledger/sync-trades/ledger-day.js';
import { tradeRevision } from '../../arbitraries/records.js';

const PATH = '.moha/maven/trades/2026/2026-01-14.jsonl';
const dayOf = (text: string) =>
  readLedgerDay({ read: async () => (text === '' ? null : Buffer.from(text)), list: async () => [] }, PATH);

/** Lines of a few trades, some of them damaged by hand, by a merge, or by a file that was cut. */
const line = fc
  .tuple(tradeRevision(), fc.constantFrom('1', '2', '3'), fc.constantFrom('moha', 'moha@2', 'other'))
  .map(([trade, externalTradeId, source]) => formatTrade({ ...trade, externalTradeId, source }));
const damaged = fc.oneof(
  fc.tuple(line, fc.nat({ max: 700 })).map(([text, length]) => `${text.slice(0, length)}\n`),
  fc.tuple(line, line).map(([left, right]) => left.trimEnd() + right),
  fc.tuple(line, line).map(([left, right]) => left.slice(0, 90) + right),
  line.map((text) => text.replace('"revision"', '"revision" ')),
  line.map((text) => text.replace('{"v":1', '{ "v":1')),
  line.map((text) => text.replace('"external_trade_id"', '"external_trade\\u005fid"')),
  fc.constantFrom(
    '<<<<<<< ours\n',
    '\n',
    'x\n',
    '{"v":1,"source":"moha"\n',
    '{"v":1,"source":"moha","external_trade_id":"3","\n',
  ),
);
const files = fc
  .tuple(fc.array(fc.oneof({ weight: 3, arbitrary: line }, damaged), { maxLength: 6 }), fc.boolean())
  .map(([lines, open]) => (open ? lines.join('').trimEnd() : lines.join('')));

describe('a day of the ledger', () => {
  it('says the same of an id without being read in full; damage counts unless the id is surely not in it', async () => {
    await fc.assert(
      fc.asyncProperty(files, async (text) => {
        const full = await dayOf(text);
        const { trades } = full;
        for (const id of ['1', '2', '3', '4']) {
          const day = await dayOf(text);
          expect(day.latest(id)).toEqual(trades.get(id)?.at(-1) ?? null);
          // What holds the id, in whatever form, is never taken for a file without it.
          if (new RegExp(`"external_trade(_|\\\\u005f)id":"${id}"`).test(text))
            expect(day.damageAround(id)).toBe(full.damage);
          else expect([null, full.damage]).toContain(day.damageAround(id));
        }
      }),
      { numRuns: 500 },
    );
  });

  it('does not read what is surely not in it', async () => {
    const [trade] = fc.sample(tradeRevision(), { numRuns: 1, seed: 1 });
    if (trade === undefined) throw new Error('no sample');
    const lines = ['1', '2'].map((externalTradeId) =>
      formatTrade({ ...trade, externalTradeId, source: 'moha' }),
    );
    const cut = `${lines.join('')}${lines[0]?.slice(0, 80)}\n`;
    const day = await dayOf(cut);
    expect(day.damage).toContain(`${PATH}:3`);
    expect(day.damageAround('1')).toBe(day.damage);
    expect(day.damageAround('7')).toBeNull();
    expect((await dayOf(`${cut}{"v":1\n`)).damageAround('7')).toContain(`${PATH}:`);
  });
});
