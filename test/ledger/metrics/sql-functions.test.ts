import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { addDecimals, subtractDecimals, trimDecimal } from '../../../parsers/decimal-arithmetic.js';
import type { Database, Session } from '../../../src/db/database.js';
import { prepareSchema } from '../../../src/db/migrator.js';
import { sql } from '../../../src/db/sql.js';
import { type Context, decisions, portfolio, reconcile, writeMetrics } from '../../../src/index.js';
import { foldPerformance } from '../../../src/ledger/metrics/fold-performance.js';
import { percentOf } from '../../../src/ledger/metrics/ratios.js';
import { describeEachDatabase, type TestDatabase } from '../../support/databases.js';
import { createDemoRepository } from '../../support/demo-repository.js';
import { openTestContext } from '../../support/test-context.js';
import type { TestRepository } from '../../support/test-repository.js';
import { loadLedger } from './load-ledger.js';
import { ledgers, type RandomLedger } from './random-ledger.js';

const SINCE_EVER = 200_000;

type Row = Readonly<Record<string, string | null>>;

/** Every value as text, numbers without needless zeros. */
async function ask(session: Session, statement: string): Promise<readonly Row[]> {
  const { rows } = await sql<Record<string, unknown>>`${sql.raw(statement)}`.execute(session.db);
  return rows.map((row) =>
    Object.fromEntries(
      Object.entries(row).map(([name, value]) => [name, value === null ? null : trimDecimal(String(value))]),
    ),
  );
}

describeEachDatabase('the helper functions over random ledgers', (open) => {
  let databases: TestDatabase;
  let database: Database;
  beforeAll(async () => {
    databases = await open();
    database = await databases.fresh();
    await database.withSession((session) => prepareSchema(session, false));
  });
  afterAll(() => databases.close());

  it('win rate by asset is that of the fold', async () => {
    await database.withSession((session) =>
      fc.assert(
        fc.asyncProperty(ledgers, async (content) => {
          await loadLedger(session, content);
          const found = await ask(session, 'select * from maven_win_rate_by_asset()');
          const { tallies } = foldPerformance(content, { kinds: ['all_time'], periods: null });
          const expected = (tallies[0]?.assets ?? []).map((one) => ({
            asset: one.name,
            total_trades: String(one.trades),
            winning_trades: String(one.winning),
            losing_trades: String(one.losing),
            win_rate_pct: percentOf(one.winning, one.trades),
            net_pnl_usd: one.netUsd,
          }));
          expect(sorted(found)).toEqual(sorted(expected));
        }),
        { numRuns: 60 },
      ),
    );
  });

  it('what decisions earned is what their trades did', async () => {
    await database.withSession((session) =>
      fc.assert(
        fc.asyncProperty(ledgers, async (content) => {
          await loadLedger(session, content);
          const found = await ask(
            session,
            `select git_filename, confidence, trades_opened, trades_over, winning_trades, win_rate_pct, net_pnl_usd
             from maven_decision_performance(${SINCE_EVER})`,
          );
          expect(sorted(found)).toEqual(
            sorted([...content.decisions.keys()].map((name) => earned(content, name))),
          );
          expect(await ask(session, 'select * from maven_decision_performance(0)')).toEqual([]);
        }),
        { numRuns: 60 },
      ),
    );
  });
});

/** Trade by trade. */
function earned({ trades, decisions: made }: RandomLedger, name: string): Row {
  const own = trades.filter(({ decision, status }) => decision === name && status !== 'cancelled');
  const over = own.filter(({ status, realizedPnlUsd }) => status !== 'open' && realizedPnlUsd !== null);
  const won = over.filter(({ realizedPnlUsd }) => Number(realizedPnlUsd) > 0);
  const net = over.reduce(
    (sum, { realizedPnlUsd, feesUsd }) =>
      addDecimals(sum, subtractDecimals(realizedPnlUsd ?? '', feesUsd ?? '0')),
    '0',
  );
  const confidence = made.get(name)?.confidencePct ?? null;
  return {
    git_filename: name,
    confidence: confidence === null ? null : trimDecimal(confidence),
    trades_opened: String(own.length),
    trades_over: String(over.length),
    winning_trades: String(won.length),
    win_rate_pct: over.length === 0 ? null : percentOf(won.length, over.length),
    net_pnl_usd: over.length === 0 ? null : trimDecimal(net),
  };
}

function sorted(rows: readonly Row[]): readonly string[] {
  return rows.map((row) => JSON.stringify(Object.entries(row))).sort();
}

describe('a history that looks real', () => {
  let repository: TestRepository;
  let context: Context;
  beforeAll(async () => {
    repository = createDemoRepository();
    context = await openTestContext(repository, 'embedded');
    await reconcile(context);
  });
  afterEach(() => context.release());
  afterAll(async () => {
    await context.close();
    repository.remove();
  });
  const query = async (statement: string): Promise<readonly Row[]> =>
    (await context.database()).withSession((session) => ask(session, statement));

  it("what's my BTC win rate: the metrics, the function and a count over the trades say the same", async () => {
    await writeMetrics(context, { period: 'all_time', all: true, dryRun: false, wait: true });
    const [stated] = await query(
      `select asset_performance->'BTC'->>'trades' as trades, asset_performance->'BTC'->>'pnl' as net,
         asset_performance->'BTC'->>'win_rate' as win_rate_pct
       from maven_performance_metrics where period = 'all_time'`,
    );
    const [counted] = await query(
      `select count(*) as trades, sum(net_pnl_usd) as net,
         round(100.0 * count(*) filter (where realized_pnl_usd > 0) / count(*), 4) as win_rate_pct
       from maven_trades where asset = 'BTC' and status in ('closed', 'liquidated') and realized_pnl_usd is not null`,
    );
    const [answered] = await query(
      "select total_trades as trades, net_pnl_usd as net, win_rate_pct from maven_win_rate_by_asset() where asset = 'BTC'",
    );
    expect(Number(counted?.trades)).toBeGreaterThan(100);
    expect(stated).toEqual(counted);
    expect(answered).toEqual(counted);
  });

  it('the current portfolio is the one that the command tells', async () => {
    const { snapshot } = await portfolio(context, {});
    const [row] = await query('select * from maven_get_current_portfolio()');
    expect(snapshot).not.toBe(null);
    expect([row?.quality, row?.git_path]).toEqual([snapshot?.quality, snapshot?.artifact]);
    for (const field of [
      'total_value_usd',
      'available_balance_usd',
      'margin_used_usd',
      'unrealized_pnl_usd',
    ] as const)
      expect(row?.[field]).toBe(trimDecimal(snapshot?.[field] ?? ''));
  });

  it('decisions earned what the command tells', async () => {
    const { decisions: told } = await decisions(context, { limit: 1000 });
    const rows = await query(
      `select git_filename, trades_opened, winning_trades, net_pnl_usd from maven_decision_performance(${SINCE_EVER})`,
    );
    expect(told.length).toBe(150);
    expect(sorted(rows)).toEqual(
      sorted(
        told.map(({ decision, trades, net_pnl_usd }) => ({
          git_filename: decision,
          trades_opened: String(trades.count),
          winning_trades: String(trades.winning),
          net_pnl_usd: net_pnl_usd === null ? null : trimDecimal(net_pnl_usd),
        })),
      ),
    );
  });
});
