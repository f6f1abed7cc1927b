import { type AnswerSource, askProjection, type LiveDependencies } from './ask-projection.js';
import type { FoundTrades, TradeAnswer, TradeTotals } from './trade-answer.js';
import type { TradeFilter } from './trade-filter.js';
import { tradesInGit } from './trades-in-git.js';
import { tradesInPostgres } from './trades-in-postgres.js';

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
export async function listTrades(dependencies: LiveDependencies, filter: TradeFilter): Promise<TradeList> {
  const { answer, ...from } = await askProjection<FoundTrades>(
    dependencies,
    (database) => database.withSession((session) => tradesInPostgres(session, filter)),
    (_, artifactsTree) => tradesInGit(dependencies, artifactsTree, filter),
  );
  const { total, totals, trades } = answer;
  return { ...from, total, returned: trades.length, totals, trades };
}
