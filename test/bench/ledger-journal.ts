import { subtractDecimals } from '../../parsers/decimal-arithmetic.js';

/** What a journal needs of a ledger line. */
interface TradeLine {
  readonly source: string;
  readonly external_trade_id: string;
  readonly asset: string;
  readonly side: string;
  readonly realized_pnl_usd: string;
  readonly fees_usd: string;
  readonly closed_at: string;
}

/** The account that holds what is left of each trade. */
export const EXCHANGE_ACCOUNT = 'Assets:Exchange';

/**
 * Writes the same trades as a journal of `ledger`: one transaction a trade, with what it earned and what it cost.
 *
 * As short as it can be, to ledger's advantage: neither prices nor times of day, bots, decisions or metadata, which a
 * projection holds all.
 *
 * @param texts - ledger files of closed trades, as they are in git.
 */
export function* ledgerJournal(texts: Iterable<string>): Generator<string> {
  for (const text of texts)
    for (const line of text.split('\n')) if (line !== '') yield transactionOf(JSON.parse(line) as TradeLine);
}

function transactionOf(trade: TradeLine): string {
  const { source, external_trade_id: id, asset, side, realized_pnl_usd: pnl, fees_usd: fees } = trade;
  return `${trade.closed_at.slice(0, 10)} * (${source}/${id}) ${asset} ${side}
    ${EXCHANGE_ACCOUNT}  ${subtractDecimals(pnl, fees)} USD
    Expenses:Fees:${asset}  ${fees} USD
    Income:Trading:${asset}

`;
}

/** Reads the sum of one account out of `ledger balance --flat --format '%(account)\t%(display_total)\n'`. */
export function balanceOf(report: string, account: string): string | null {
  const line = report.split('\n').find((candidate) => candidate.startsWith(`${account}\t`));
  return /\t(-?[\d.]+) USD$/.exec(line ?? '')?.[1] ?? null;
}
