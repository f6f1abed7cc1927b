import { subtractDecimals } from '../../../parsers/decimal-arithmetic.js';
import { type DecimalSum, decimalSum } from '../../../parsers/decimal-sum.js';
import type { TradeRevision } from '../../../parsers/trades.js';
import type { ScannedDecimal } from './scanned-decimal.js';

/** What ledger lines add to the P&L, exact decimals: net = realized - fees. */
export interface AddedPnl {
  readonly realizedUsd: string;
  /** Of trades with a realized P&L. */
  readonly feesUsd: string;
  readonly netUsd: string;
  /** Fees of trades that have none yet, or never will (cancelled): in no P&L. */
  readonly otherFeesUsd: string;
}

/** Adds up what lines change; a revision counts with its difference to the one before. */
export class PnlSum {
  private readonly realized: DecimalSum = decimalSum();
  private readonly fees: DecimalSum = decimalSum();
  private readonly otherFees: DecimalSum = decimalSum();

  add(revision: TradeRevision, before: TradeRevision | null): void {
    this.count(revision, 1);
    if (before !== null) this.count(before, -1);
  }

  /** The same for a new trade whose amounts were read from upstream's bytes. */
  addScanned(realized: ScannedDecimal | null, fees: ScannedDecimal | null): void {
    realized?.addTo(this.realized);
    fees?.addTo(realized === null ? this.otherFees : this.fees);
  }

  /** @returns net as the column `net_pnl_usd` has it: realized less fees, nothing while nothing is realized. */
  get total(): AddedPnl {
    const [realizedUsd, feesUsd] = [this.realized.total, this.fees.total];
    return {
      realizedUsd,
      feesUsd,
      netUsd: subtractDecimals(realizedUsd, feesUsd),
      otherFeesUsd: this.otherFees.total,
    };
  }

  private count({ realizedPnlUsd, feesUsd }: TradeRevision, sign: 1 | -1): void {
    if (realizedPnlUsd !== null) this.realized.add(realizedPnlUsd, sign);
    if (feesUsd !== null) (realizedPnlUsd === null ? this.otherFees : this.fees).add(feesUsd, sign);
  }
}
