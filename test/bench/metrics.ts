import { METRICS_PERIODS } from '../../parsers/period.js';
import { prepareSchema } from '../../src/db/migrator.js';
import { openServerDatabase } from '../../src/db/server-database.js';
import { equityHistory } from '../../src/ledger/metrics/equity.js';
import { performanceOf } from '../../src/ledger/metrics/performance.js';
import { performanceInPostgres } from '../../src/projection/questions/performance/performance-in-postgres.js';
import type { Bench } from './bench.js';
import { inTurn, type Run, runHere } from './measure.js';
import { dropDatabase, newDatabase, runSql } from './reference-load.js';

/** What a person would write to know the same of one kind of period: counts and sums an hour and asset. */
const ONE_AGGREGATE = `
  select date_trunc('hour', closed_at, 'UTC'), asset, count(*),
    count(*) filter (where realized_pnl_usd > 0), count(*) filter (where realized_pnl_usd < 0),
    sum(net_pnl_usd), sum(net_pnl_usd) filter (where net_pnl_usd > 0), sum(net_pnl_usd) filter (where net_pnl_usd < 0),
    sum(fees_usd), avg(closed_at - opened_at)
  from maven_trades where status in ('closed', 'liquidated') group by 1, 2`;

/** Every number of every period of a year of trades, records made, against one aggregate over the same table. */
export async function benchMetrics(bench: Bench): Promise<void> {
  const { serverUrl, options } = bench.around;
  const { trades } = options.size;
  const url = await newDatabase(serverUrl);
  const database = await openServerDatabase({ url }, 10_000);
  try {
    await database.withSession((session) => prepareSchema(session, false));
    await fill(url, trades);
    let periods = 0;
    const all = (): Promise<Run> =>
      runHere(async () => {
        const { answer } = await database.withSession((session) =>
          performanceInPostgres(session, { kinds: METRICS_PERIODS, periods: null }),
        );
        const surroundings = {
          equity: equityHistory(answer.equity),
          days: answer.days,
          computedAt: '2026-01-01T00:00:00.000000+00:00',
        };
        periods = answer.tallies.map((tally) => performanceOf(tally, surroundings)).length;
      });
    const pairs = await inTurn(options.runs, all, () => runHere(() => runSql(url, [ONE_AGGREGATE])));
    const what = `metrics of all ${periods.toLocaleString('en-US')} periods over ${trades.toLocaleString('en-US')} trades`;
    bench.row({ id: 'metrics', what, against: 'one SQL aggregate', goal: 5 }, pairs);
  } finally {
    await database.close();
    await dropDatabase(serverUrl, url);
  }
}

/** Made in SQL: how rows come into the table is measured elsewhere. */
async function fill(url: string, trades: number): Promise<void> {
  await runSql(url, [
    `insert into maven_decisions (id, git_filename, decided_at, decision_type, action, reasoning, confidence, git_path, git_line)
     select g, 'decision_' || g, timestamptz '2025-01-01Z' + g * interval '26 minutes', 'buy', '', '', g % 101, 'p', 1
     from generate_series(1, 20000) g`,
    `insert into maven_trades (id, decision_id, source, external_trade_id, revision, trade_source, source_bot_id, asset,
       side, position_action, realized_pnl_usd, fees_usd, status, opened_at, closed_at, git_path, git_line)
     select g, case when g % 3 = 0 then 1 + g % 20000 end, 'moha', g::text, 2, (array['worker_bot', 'motherbot'])[1 + g % 2],
       'bot-' || (g % 12), (array['BTC', 'ETH', 'SOL', 'HYPE', 'DOGE', 'ARB'])[1 + g % 6], (array['long', 'short'])[1 + g % 2],
       'close', ((g::bigint * 7919) % 100000000)::numeric / 1000000 - 50,
       ((g::bigint * 104729) % 200000000)::numeric / 100000000, 'closed', closed - interval '1 hour', closed, 'p', 1
     from (select g, timestamptz '2025-01-01Z' + g * (interval '365 days' / ${trades}) as closed
       from generate_series(1, ${trades}) g) rows`,
    "insert into maven_projection values (true, 'bench', 'bench', 1, '{}')",
    'vacuum analyze maven_trades',
  ]);
}
