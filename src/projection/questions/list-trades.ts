import { type AnswerSource, askQuestion, type QuestionDependencies } from './ask-projection.js';
import { type AskedRevision, AT_HEAD } from './asked-moment.js';
import { findTrades } from './find-trades.js';
import type { TradeAnswer, TradeTotals } from './trade-answer.js';
import type { TradeFilter } from './trade-filter.js';

export interface TradeList extends AnswerSource {
  /** Trades that fit. */
  readonly total: number;
  /** How many of them are listed. */
  readonly returned: number;
  readonly totals: TradeTotals;
  /** Newest opening first. */
  readonly trades: readonly TradeAnswer[];
}

/**
 * Lists trades as their last revisions leave them, with sums over all that fit.
 *
 * @throws {@link MavenError} ARTIFACTS_NOT_FOUND.
 */
export async function listTrades(
  dependencies: QuestionDependencies,
  filter: TradeFilter,
  asked: AskedRevision = AT_HEAD,
): Promise<TradeList> {
  const { answer, ...from } = await askQuestion(dependencies, asked, ['maven_trades'], (db) =>
    findTrades(db, filter),
  );
  const { total, totals, trades } = answer;
  return { ...from, total, returned: trades.length, totals, trades };
}
