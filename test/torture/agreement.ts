import { compareDecimals } from '../../parsers/decimal-arithmetic.js';
import type { FoldedTrade } from '../../parsers/fold-ledger.js';
import { ASSETS, type ModelRow, type UpstreamModel } from '../ledger/upstream-model.js';

/** Where a ledger is not what the model of upstream says; none = each usable row is one trade, as it is now. */
export function disagreements(
  model: UpstreamModel,
  ledger: ReadonlyMap<string, FoldedTrade>,
): readonly string[] {
  const faults: string[] = [];
  const byNumber = new Map<number, FoldedTrade>();
  for (const trade of ledger.values()) {
    const number = Number(JSON.parse(trade.record.metadata ?? '{}').upstream_decision_id);
    if (byNumber.has(number)) faults.push(`row ${number} is two trades`);
    byNumber.set(number, trade);
    const states = model.states.get(number) ?? [];
    if (!states.some((row) => isOf(trade, row)))
      faults.push(`${trade.key} is nothing that upstream had as row ${number}`);
  }
  for (const row of model.rows.values()) {
    const trade = byNumber.get(row.number);
    if (row.size === null) continue;
    if (trade === undefined) faults.push(`row ${row.number} is not in the ledger`);
    else if (!isOf(trade, row)) faults.push(`${trade.key} is not what row ${row.number} is now`);
  }
  return faults;
}

function isOf({ record }: FoldedTrade, row: ModelRow): boolean {
  const amounts: readonly (readonly [string | null, string | null])[] = [
    [record.entryPrice, row.entryPrice],
    [record.sizeAsset, row.size],
    [record.exitPrice, row.exitPrice],
    [record.realizedPnlUsd, row.realizedPnl],
    [record.feesUsd, row.fees],
  ];
  const status = row.status === 'CANCELED' ? 'cancelled' : row.status;
  return (
    record.externalTradeId === row.id &&
    record.asset === ASSETS[row.symbol] &&
    record.status === status &&
    amounts.every(([ours, theirs]) =>
      ours === null || theirs === null ? ours === theirs : compareDecimals(ours, theirs) === 0,
    )
  );
}
