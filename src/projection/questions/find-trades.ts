import type { Schema } from '../../db/schema.js';
import { type Kysely, sql } from '../../db/sql.js';
import { canonicalTime } from './in-one-moment.js';
import { type FoundTrades, TRADE_COLUMNS, type TradeAnswerRow, tradeAnswer } from './trade-answer.js';
import type { TradeFilter } from './trade-filter.js';

const TIMES: ReadonlySet<string> = new Set(['opened_at', 'closed_at', 'updated_at']);

/** Finds trades in the projection; to be asked within one transaction. */
export async function findTrades(db: Kysely<Schema>, filter: TradeFilter): Promise<FoundTrades> {
  const { total, ...totals } = await readTotals(db, filter);
  const trades = (await readRows(db, filter)).map(tradeAnswer);
  return { total, totals, trades };
}

async function readTotals(
  db: Kysely<Schema>,
  filter: TradeFilter,
): Promise<FoundTrades['totals'] & { readonly total: number }> {
  const sums = await matching(db, filter)
    .select([
      sql<string>`count(*)`.as('total'),
      sql<string>`coalesce(sum(realized_pnl_usd), 0)`.as('realized_pnl_usd'),
      sql<string>`coalesce(sum(fees_usd), 0)`.as('fees_usd'),
      sql<string>`coalesce(sum(net_pnl_usd), 0)`.as('net_pnl_usd'),
      unknown('realized_pnl_usd').as('unknown_pnl'),
      unknown('fees_usd').as('unknown_fees'),
    ])
    .executeTakeFirstOrThrow();
  return {
    ...sums,
    total: Number(sums.total),
    unknown_pnl: Number(sums.unknown_pnl),
    unknown_fees: Number(sums.unknown_fees),
  };
}

function unknown(column: 'realized_pnl_usd' | 'fees_usd') {
  return sql<string>`count(*) filter (where status in ('closed', 'liquidated') and ${sql.ref(column)} is null)`;
}

async function readRows(db: Kysely<Schema>, filter: TradeFilter): Promise<readonly TradeAnswerRow[]> {
  const columns = TRADE_COLUMNS.map((column) =>
    (TIMES.has(column) ? canonicalTime(column) : sql<string>`${sql.ref(column)}`).as(column),
  );
  const rows = await matching(db, filter)
    .select(columns)
    // Bytes decide between trades of one microsecond; ids that count up stand newest first.
    .orderBy('maven_trades.opened_at', 'desc')
    .orderBy(sql`length(external_trade_id)`, 'desc')
    .orderBy(sql`external_trade_id collate "C"`, 'desc')
    .orderBy(sql`source collate "C"`, 'desc')
    .limit(filter.limit)
    .execute();
  return rows as TradeAnswerRow[];
}

function matching(db: Kysely<Schema>, filter: TradeFilter) {
  return db
    .selectFrom('maven_trades')
    .$if(filter.asset !== null, (query) => query.where(sql`lower(asset collate "C")`, '=', filter.asset))
    .$if(filter.status !== null, (query) => query.where('status', '=', filter.status))
    .$if(filter.tradeSource !== null, (query) => query.where('trade_source', '=', filter.tradeSource))
    .$if(filter.bot !== null, (query) => query.where('source_bot_id', '=', filter.bot))
    .$if(filter.since !== null, (query) => query.where('opened_at', '>=', filter.since))
    .$if(filter.until !== null, (query) => query.where('opened_at', '<=', filter.until));
}
