import { readFileSync } from 'node:fs';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import {
  compareDecimals,
  multiplyDecimals,
  negateDecimal,
  subtractDecimals,
} from '../../parsers/decimal-arithmetic.js';
import { parseDecision } from '../../parsers/decision.js';
import { parseTrades } from '../../parsers/trades.js';
import { createServerDatabase } from '../support/databases.js';
import { makeHistory } from './history/history.js';
import { type BotTradeRow, formatBotTrades } from './upstream/bot-trade-row.js';
import { makeBotTrades } from './upstream/bot-trades.js';

const SQL = readFileSync(new URL('../../fixtures/upstream/bot_trades.sql', import.meta.url), 'utf8');
const SUMMARY = `select count(*)::text, max(id)::text, sum(realized_pnl)::text, sum(fees)::text,
  min(opened_at at time zone 'UTC')::text from bot_trades`;

const below = (left: string | null, right: string): boolean =>
  left !== null && compareDecimals(left, right) < 0;

describe('fixtures/upstream', () => {
  const rows = makeBotTrades();

  it('is what the generator makes, twice, and small', () => {
    expect(SQL).toBe(formatBotTrades(rows));
    expect(formatBotTrades(makeBotTrades())).toBe(SQL);
    expect(Buffer.byteLength(SQL)).toBeLessThan(600 * 1000);
  });

  it('loads into Postgres and into PGlite, as the same rows', async () => {
    const created = await createServerDatabase();
    const client = new pg.Client({ connectionString: created.url });
    await client.connect();
    const { PGlite } = await import('@electric-sql/pglite');
    const embedded = await PGlite.create();
    try {
      await client.query(SQL);
      await embedded.exec(SQL);
      const server = await client.query({ text: SUMMARY, rowMode: 'array' });
      const own = await embedded.query(SUMMARY, [], { rowMode: 'array' });
      expect(own.rows).toEqual(server.rows);
      expect(server.rows[0]?.[0]).toBe(String(rows.length));
      const next = await client.query(
        "insert into bot_trades (symbol) values ('BTC') returning id > (select max(id) from bot_trades) as above",
      );
      expect(next.rows).toEqual([{ above: true }]);
    } finally {
      await embedded.close();
      await client.end();
      await created.drop();
    }
  });

  it('holds every kind of trade', () => {
    const kinds: Readonly<Record<string, (row: BotTradeRow) => boolean>> = {
      'open long': ({ status, side }) => status === 'open' && side === 'buy',
      'open short': ({ status, side }) => status === 'open' && side === 'sell',
      'closed long': ({ status, side }) => status === 'closed' && side === 'buy',
      'closed short': ({ status, side }) => status === 'closed' && side === 'sell',
      liquidated: ({ status }) => status === 'liquidated',
      'closed without fees': ({ status, fees }) => status === 'closed' && fees === null,
      'cancelled without an entry': ({ status, entryPrice }) => status === 'cancelled' && entryPrice === null,
      'cancelled without an exit': (row) =>
        row.status === 'cancelled' && row.entryPrice !== null && row.exitPrice === null,
      'cancelled with both': ({ status, exitPrice }) => status === 'cancelled' && exitPrice !== null,
      'fee below a cent': ({ fees }) => below(fees, '0.01') && !below(fees, '0.00000001'),
      'fee above the profit': ({ realizedPnl, fees }) =>
        below(realizedPnl, fees ?? '0') && !below(realizedPnl, '0.00000001'),
      breakeven: ({ status, realizedPnl }) => status === 'closed' && realizedPnl === '0',
      'told of a decision': ({ decisionId }) => decisionId !== null,
      'no leverage': ({ leverage }) => leverage === null,
    };
    for (const [kind, is] of Object.entries(kinds))
      expect(rows.filter(is).length, kind).toBeGreaterThanOrEqual(5);
    expect(new Set(rows.map(({ botType }) => botType))).toEqual(
      new Set(['motherbot', 'worker_bot', 'simple_ta', 'manual']),
    );
    const symbols = new Set(rows.map(({ symbol }) => symbol));
    for (const symbol of ['BTC-USD', 'BTC/USDT', 'btc', 'ETHUSDT', 'SOL-PERP', 'kPEPE'])
      expect(symbols).toContain(symbol);
  });

  it('has sixty days, ids that rise with gaps above those of the history, and times in order', () => {
    expect(new Set(rows.map(({ openedAt }) => openedAt.slice(0, 10))).size).toBe(60);
    expect(rows.at(-1)?.openedAt.slice(0, 10)).toBe('2026-01-14');
    const ids = rows.map(({ id }) => Number(id));
    const steps = ids.slice(1).map((id, index) => id - (ids[index] ?? 0));
    expect(Math.min(...steps)).toBe(1);
    expect(steps.filter((step) => step > 1).length).toBeGreaterThan(5);
    const known = Array.from(makeHistory()).flatMap(([path, text]) =>
      path.includes('/trades/') ? parseTrades(text, path).records.map(({ record }) => record) : [],
    );
    expect(ids[0]).toBeGreaterThan(Math.max(...known.map((trade) => Number(trade.externalTradeId))));
    for (const { openedAt, closedAt } of rows) if (closedAt !== null) expect(closedAt > openedAt).toBe(true);
  });

  it('has a profit that follows from prices, size and side, to the last digit; none where a trade is open', () => {
    for (const row of rows) {
      if (row.status === 'open') {
        expect([row.exitPrice, row.realizedPnl, row.closedAt]).toEqual([null, null, null]);
        continue;
      }
      expect(row.closedAt).not.toBeNull();
      if (row.status === 'cancelled' || row.entryPrice === null || row.exitPrice === null) continue;
      const gain = multiplyDecimals(subtractDecimals(row.exitPrice, row.entryPrice), row.size);
      const expected = row.side === 'buy' ? gain : negateDecimal(gain);
      expect(compareDecimals(row.realizedPnl ?? 'null', expected), row.id).toBe(0);
    }
  });

  it('has trades that follow a decision of the history on their asset within the hour', () => {
    const decisions = Array.from(makeHistory())
      .filter(([path]) => path.includes('/decisions/'))
      .flatMap(([path, text]) => parseDecision(text, path).records.map(({ record }) => record));
    const follows = (row: BotTradeRow): boolean => {
      const hourBefore = `${new Date(Date.parse(row.openedAt) - 3_600_000).toISOString().slice(0, 23)}000+00:00`;
      const asset = row.symbol.replace(/[-/].*|USDT$/, '').toUpperCase();
      return decisions.some(
        (decision) =>
          decision.decidedAt <= row.openedAt &&
          decision.decidedAt > hourBefore &&
          decision.asset?.split(',').includes(asset) === true,
      );
    };
    const told = rows.filter(({ decisionId }) => decisionId !== null);
    expect(told.length).toBeGreaterThan(100);
    expect(told.filter(follows)).toEqual(told);
    expect(rows.filter((row) => row.decisionId === null && follows(row)).length).toBeGreaterThan(50);
  });
});
