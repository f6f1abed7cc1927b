import { addDecimals } from '../../../parsers/decimal-arithmetic.js';
import { listArtifacts } from '../../git/tree.js';
import { openReader } from '../read-artifacts.js';
import type { ProjectedRow } from '../table-description.js';
import type { LiveDependencies } from './ask-projection.js';
import { type FoundTrades, netPnlUsd, type TradeAnswerRow, tradeAnswer } from './trade-answer.js';
import { asciiLowerCase, type TradeFilter } from './trade-filter.js';

/**
 * Finds trades by folding the ledger: the same rows that would be projected, the same filter, order and sums.
 *
 * Memory holds a day's file and the rows to be listed, whatever the ledger's size.
 */
export async function tradesInGit(
  dependencies: Pick<LiveDependencies, 'repository' | 'progress'>,
  artifactsTree: string,
  filter: TradeFilter,
): Promise<FoundTrades> {
  const reader = openReader(dependencies, await listArtifacts(dependencies.repository, artifactsTree));
  const sums = new Sums();
  let newest: TradeAnswerRow[] = [];
  const keep = (count: number): void => {
    newest = newest.sort(newestFirst).slice(0, count);
  };
  for await (const { rows } of reader.read('maven_trades')) {
    for (const row of rows as readonly ProjectedRow<'maven_trades'>[]) {
      if (!matches(row, filter)) continue;
      sums.add(row);
      newest.push(row);
    }
    if (newest.length > 2 * filter.limit + 10_000) keep(filter.limit);
  }
  keep(filter.limit);
  return { total: sums.total, totals: sums.totals(), trades: newest.map(tradeAnswer) };
}

function matches(row: TradeAnswerRow, filter: TradeFilter): boolean {
  return (
    (filter.asset === null || asciiLowerCase(row.asset) === filter.asset) &&
    (filter.status === null || row.status === filter.status) &&
    (filter.tradeSource === null || row.trade_source === filter.tradeSource) &&
    (filter.bot === null || row.source_bot_id === filter.bot) &&
    // Canonical times are all of one length: they compare as text.
    (filter.since === null || row.opened_at >= filter.since) &&
    (filter.until === null || row.opened_at <= filter.until)
  );
}

function newestFirst(left: TradeAnswerRow, right: TradeAnswerRow): number {
  if (left.opened_at !== right.opened_at) return left.opened_at < right.opened_at ? 1 : -1;
  return (
    [...right.external_trade_id].length - [...left.external_trade_id].length ||
    Buffer.compare(Buffer.from(right.external_trade_id), Buffer.from(left.external_trade_id)) ||
    Buffer.compare(Buffer.from(right.source), Buffer.from(left.source))
  );
}

class Sums {
  total = 0;
  #realized = '0';
  #fees = '0';
  #net = '0';
  #unknownPnl = 0;
  #unknownFees = 0;

  add(row: TradeAnswerRow): void {
    this.total += 1;
    const ended = row.status === 'closed' || row.status === 'liquidated';
    const net = netPnlUsd(row);
    if (row.realized_pnl_usd !== null) this.#realized = addDecimals(this.#realized, row.realized_pnl_usd);
    else if (ended) this.#unknownPnl += 1;
    if (row.fees_usd !== null) this.#fees = addDecimals(this.#fees, row.fees_usd);
    else if (ended) this.#unknownFees += 1;
    if (net !== null) this.#net = addDecimals(this.#net, net);
  }

  totals(): FoundTrades['totals'] {
    return {
      realized_pnl_usd: this.#realized,
      fees_usd: this.#fees,
      net_pnl_usd: this.#net,
      unknown_pnl: this.#unknownPnl,
      unknown_fees: this.#unknownFees,
    };
  }
}
