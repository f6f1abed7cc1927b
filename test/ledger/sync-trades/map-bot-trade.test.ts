import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatTrade } from '../../../parsers/trades.js';
import {
  isSkipped,
  type MappedTrade,
  type SkippedRow,
  type TradeSourceRules,
  tradeMapper,
} from '../../../src/ledger/sync-trades/map-bot-trade.js';
import { firstRevision } from '../../../src/ledger/sync-trades/revise-trade.js';
import type { BotTrade } from '../../../src/sources/moha/bot-trade.js';

const ROW: BotTrade = {
  id: '7',
  botId: 'worker-1',
  botType: null,
  decisionId: null,
  symbol: 'BTC-USD',
  side: 'buy',
  entryPrice: '43250.5',
  exitPrice: null,
  size: '0.25',
  leverage: null,
  realizedPnl: null,
  unrealizedPnl: null,
  fees: null,
  status: 'open',
  closeReason: null,
  openedAt: '2026-01-14T10:00:00.123456+00:00',
  closedAt: null,
};

const map = (change: Partial<BotTrade>, rules: TradeSourceRules = []): MappedTrade | SkippedRow =>
  tradeMapper(rules)({ ...ROW, ...change });
const trade = (change: Partial<BotTrade>, rules: TradeSourceRules = []): MappedTrade => {
  const mapped = map(change, rules);
  if (isSkipped(mapped)) throw new Error(mapped.reason);
  return mapped;
};

describe('tradeMapper', () => {
  it('maps a row, and what follows from it', () => {
    expect(trade({})).toMatchObject({
      externalTradeId: '7',
      tradeSource: 'worker_bot',
      asset: 'BTC',
      side: 'long',
      positionAction: 'open',
      sizeUsd: '10812.625',
      notes: { symbol: 'BTC-USD', botType: null, upstreamDecisionId: null },
    });
  });

  it.each([
    ['buy', 'long'],
    [' SELL ', 'short'],
    ['Long', 'long'],
    ['short', 'short'],
  ])('side %j is %s', (side, expected) => {
    expect(trade({ side }).side).toBe(expected);
  });

  it.each([
    ['open', 'open', 'open'],
    ['CLOSED', 'closed', 'close'],
    ['Liquidated', 'liquidated', 'close'],
    ['canceled', 'cancelled', 'open'],
    ['cancelled', 'cancelled', 'open'],
  ])('status %j is %s, action %s', (status, expected, action) => {
    expect(trade({ status })).toMatchObject({ status: expected, positionAction: action });
  });

  it.each<[Partial<BotTrade>, string]>([
    [{ side: 'constructor' }, 'side: "constructor" is none of'],
    [{ side: '__proto__' }, 'side: "__proto__" is none of'],
    [{ status: 'toString' }, 'status: "toString" is none of'],
    [{ status: null }, 'status: there is none'],
    [{ side: '' }, 'side: there is none'],
    [{ symbol: '  ' }, 'symbol: there is none'],
    [{ symbol: '???' }, 'names no asset'],
    [{ size: null }, 'size: there is none'],
    [{ size: 'NaN' }, 'size: "NaN" is not a number'],
    [{ size: '-0.1' }, 'size: "-0.1" is negative'],
    [{ entryPrice: '-1' }, 'entry_price: "-1" is negative'],
    [{ exitPrice: 'Infinity' }, 'exit_price: "Infinity"'],
    [{ fees: '1e30' }, 'fees: "1e30"'],
    [{ openedAt: null }, 'opened_at: there is none'],
    [{ openedAt: '-infinity' }, 'opened_at: "-infinity"'],
    [{ closedAt: 'infinity' }, 'closed_at: "infinity"'],
    [{ botId: 'a\nb' }, 'bot_id:'],
    [{ botId: 'x'.repeat(256) }, 'bot_id:'],
    [{ size: '99999999999999999999', entryPrice: '99999999999999999999' }, 'too many digits'],
  ])('skips %j', (change, reason) => {
    const mapped = map(change);
    expect(isSkipped(mapped) && mapped.reason).toContain(reason);
    expect(mapped).toMatchObject({ id: '7' });
  });

  it('takes minus zero for zero, as a double column may hold it', () => {
    expect(trade({ entryPrice: '-0', size: '-0' })).toMatchObject({ entryPrice: '0', sizeUsd: '0' });
  });

  it('takes a rebate for what it is: fees below zero', () => {
    expect(trade({ fees: '-0.31' }).feesUsd).toBe('-0.31');
  });

  it('does not lose a trade for what only people read', () => {
    const mapped = trade({
      closeReason: ` a\n\u0000b\t${'x'.repeat(400)}`,
      botType: '\ud800',
      decisionId: ' ',
    });
    expect(mapped.closeReason).toMatch(/^a b x+…$/);
    expect(mapped.closeReason?.length).toBe(255);
    expect(mapped.notes).toMatchObject({ botType: '\ufffd', upstreamDecisionId: null });
  });

  it('names the source by rule, then by bot type, then worker_bot', () => {
    const rules = [
      { pattern: 'mother*', tradeSource: 'motherbot' },
      { pattern: '*-ta-*', tradeSource: 'simple_ta' },
      { pattern: 'desk', tradeSource: 'manual' },
    ];
    const source = (change: Partial<BotTrade>) => trade(change, rules).tradeSource;
    expect(source({ botId: 'motherbot-1' })).toBe('motherbot');
    expect(source({ botId: 'simple-ta-4h' })).toBe('simple_ta');
    expect(source({ botId: 'desk' })).toBe('manual');
    expect(source({ botId: 'desk2' })).toBe('worker_bot');
    expect(source({ botId: null, botType: 'motherly' })).toBe('motherbot');
    expect(source({ botId: null, botType: ' Simple_TA ' })).toBe('simple_ta');
    expect(source({ botId: null, botType: 'something new' })).toBe('worker_bot');
    expect(source({ botId: '-ta-' })).toBe('simple_ta');
    expect(source({ botId: '-ta' })).toBe('worker_bot');
  });

  it('gives a trade that the ledger can write, or a short reason: whatever upstream holds', () => {
    const text = fc.option(
      fc.oneof(
        fc.string({ unit: 'binary', maxLength: 300 }),
        fc.constantFrom('buy', 'sell', 'open', 'closed', 'BTC', '1', '1.5', '-2', '1e3', 'NaN'),
        fc.double().map(String),
      ),
    );
    const anything: fc.Arbitrary<Partial<BotTrade>> = fc.record(
      {
        botId: text,
        botType: text,
        decisionId: text,
        symbol: text,
        side: text,
        entryPrice: text,
        exitPrice: text,
        size: text,
        leverage: text,
        realizedPnl: text,
        unrealizedPnl: text,
        fees: text,
        status: text,
        closeReason: text,
        openedAt: text,
        closedAt: text,
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(anything, (change) => {
        const mapped = map(change);
        if (isSkipped(mapped)) {
          expect(mapped.reason.length).toBeLessThan(300);
          return;
        }
        const rules = { recordedAt: '2026-01-14T15:00:00.000000+00:00', linkWindowMinutes: 60 };
        expect(formatTrade(firstRevision(mapped, 'moha', { kind: 'none' }, rules))).toMatch(/\n$/);
      }),
      { numRuns: 2000 },
    );
  });
});
