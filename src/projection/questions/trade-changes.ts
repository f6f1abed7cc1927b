import {
  absoluteDecimal,
  addDecimals,
  compareDecimals,
  subtractDecimals,
  trimDecimal,
} from '../../../parsers/decimal-arithmetic.js';
import type { ProjectedRow } from '../table-description.js';
import { fieldChanges } from './field-changes.js';
import type { SidedRows } from './read-both-sides.js';
import { netPnlUsd } from './trade-answer.js';

/**
 * What became of a trade. `opened`: it is new, and open. `closed`: it ended (closed or liquidated), and had not before.
 * `cancelled`: so too. `corrected`: it had ended before, and now says something else. `updated`: it is still open, with
 * other numbers. `removed`: it is no longer in the ledger.
 */
export type TradeChangeKind = 'opened' | 'closed' | 'cancelled' | 'corrected' | 'updated' | 'removed';

export interface TradeChange {
  /** `moha/4711` */
  readonly id: string;
  readonly change: TradeChangeKind;
  readonly asset: string;
  readonly side: string;
  readonly status_before: string | null;
  readonly status_after: string | null;
  /** realized - fees, exact; null = nothing was realized, or it was not there. */
  readonly net_pnl_before_usd: string | null;
  readonly net_pnl_after_usd: string | null;
  /** What the change adds to the sum of net P&L. */
  readonly net_change_usd: string;
  /** Fields that say something else, of a trade that was there before. */
  readonly fields: readonly string[];
  readonly git_path: string;
}

/** Sums over all trades of one revision, exact. */
export interface LedgerSums {
  readonly trades: number;
  readonly realized_pnl_usd: string;
  readonly fees_usd: string;
  /** Sum of the trades' own net P&L: fees of trades with nothing realized are not in it. */
  readonly net_pnl_usd: string;
  /** Ended trades of unknown P&L: while there are any, the sums are not complete. */
  readonly unknown_pnl: number;
}

export interface LedgerChange {
  readonly counts: Readonly<Record<TradeChangeKind, number>>;
  /** Those that change most money first; of equals by id. At most {@link MOST_CHANGES}. */
  readonly largest: readonly TradeChange[];
  readonly before: LedgerSums;
  readonly after: LedgerSums;
}

/** How many changes are told one by one. */
export const MOST_CHANGES = 20;

type Row = ProjectedRow<'maven_trades'>;

/** Follow from where a trade stands and how often it was written, not from what became of it. */
const NOT_SAID: ReadonlySet<string> = new Set([
  'id',
  'decision_id',
  'revision',
  'created_at',
  'updated_at',
  'git_path',
  'git_line',
]);

/** Compares two ledgers, trade by trade. @param ledger - every trade of both. */
export async function ledgerChange(ledger: AsyncIterable<SidedRows<'maven_trades'>>): Promise<LedgerChange> {
  const [before, after] = [new Sums(), new Sums()];
  const [old, now] = [new Map<string, Row>(), new Map<string, Row>()];
  for await (const { side, rows } of ledger) {
    for (const row of rows) {
      if (side !== 'after') before.add(row);
      if (side !== 'before') after.add(row);
      if (side === 'before') old.set(row.id, row);
      if (side === 'after') now.set(row.id, row);
    }
  }
  const changes = [...new Set([...old.keys(), ...now.keys()])].flatMap((id) =>
    changeOf(old.get(id) ?? null, now.get(id) ?? null),
  );
  const counts = { opened: 0, closed: 0, cancelled: 0, corrected: 0, updated: 0, removed: 0 };
  for (const { change } of changes) counts[change] += 1;
  changes.sort(
    (left, right) =>
      compareDecimals(absoluteDecimal(right.net_change_usd), absoluteDecimal(left.net_change_usd)) ||
      Buffer.compare(Buffer.from(left.id), Buffer.from(right.id)),
  );
  return { counts, largest: changes.slice(0, MOST_CHANGES), before: before.sums(), after: after.sums() };
}

function changeOf(before: Row | null, after: Row | null): readonly TradeChange[] {
  const row = after ?? before;
  if (row === null) return [];
  const fields =
    before === null || after === null
      ? []
      : fieldChanges({ ...before }, { ...after }, NOT_SAID).map(({ field }) => field);
  const change = kindOf(before, after, fields);
  if (change === null) return [];
  const [netBefore, netAfter] = [before, after].map((one) => (one === null ? null : netPnlUsd(one)));
  return [
    {
      id: `${row.source}/${row.external_trade_id}`,
      change,
      asset: row.asset,
      side: row.side,
      status_before: before?.status ?? null,
      status_after: after?.status ?? null,
      net_pnl_before_usd: netBefore ?? null,
      net_pnl_after_usd: netAfter ?? null,
      net_change_usd: trimDecimal(subtractDecimals(netAfter ?? '0', netBefore ?? '0')),
      fields,
      git_path: row.git_path,
    },
  ];
}

function kindOf(before: Row | null, after: Row | null, fields: readonly string[]): TradeChangeKind | null {
  if (after === null) return 'removed';
  if (before !== null && fields.length === 0) return null;
  const open = before === null || before.status === 'open';
  if (!open) return 'corrected';
  if (after.status === 'cancelled') return 'cancelled';
  if (after.status !== 'open') return 'closed';
  return before === null ? 'opened' : 'updated';
}

class Sums {
  #trades = 0;
  #realized = '0';
  #fees = '0';
  #net = '0';
  #unknown = 0;

  add(row: Row): void {
    this.#trades += 1;
    const net = netPnlUsd(row);
    if (row.realized_pnl_usd !== null) this.#realized = addDecimals(this.#realized, row.realized_pnl_usd);
    else if (row.status === 'closed' || row.status === 'liquidated') this.#unknown += 1;
    if (row.fees_usd !== null) this.#fees = addDecimals(this.#fees, row.fees_usd);
    if (net !== null) this.#net = addDecimals(this.#net, net);
  }

  sums(): LedgerSums {
    return {
      trades: this.#trades,
      realized_pnl_usd: trimDecimal(this.#realized),
      fees_usd: trimDecimal(this.#fees),
      net_pnl_usd: trimDecimal(this.#net),
      unknown_pnl: this.#unknown,
    };
  }
}
