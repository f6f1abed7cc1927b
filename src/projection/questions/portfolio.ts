import { PNL_WINDOWS } from '../../../parsers/snapshot.js';
import type { AnswerSource, QuestionDependencies } from './ask-projection.js';
import { answerSnapshots, askSnapshots, type SnapshotsAnswer } from './ask-snapshots.js';
import { type AskedRevision, AT_HEAD } from './asked-moment.js';
import { PNL_DEFINITION, type PnlWindowAnswer, pnlWindows } from './pnl-windows.js';
import type { PortfolioQuery } from './portfolio-query.js';
import { type SnapshotHoldings, snapshotHoldings } from './snapshot-answer.js';

/** What the account held, and its P&L. */
export interface SnapshotPortfolio extends SnapshotHoldings {
  readonly pnl: readonly PnlWindowAnswer[];
}

export interface PortfolioAnswer extends AnswerSource, SnapshotsAnswer<SnapshotPortfolio> {
  readonly definition: typeof PNL_DEFINITION;
}

/**
 * Tells the account's state as the newest snapshot has it.
 *
 * @throws {@link MavenError} ARTIFACTS_NOT_FOUND; INPUT_INVALID, RECORD_NOT_FOUND for the account.
 */
export async function portfolio(
  dependencies: QuestionDependencies,
  query: PortfolioQuery,
  asked: AskedRevision = AT_HEAD,
): Promise<PortfolioAnswer> {
  const { answer, ...from } = await askSnapshots(dependencies, asked, (store) =>
    answerSnapshots<SnapshotPortfolio>(store, query, async (key, row, asked) => {
      const told = await pnlWindows(store, key, row, PNL_WINDOWS);
      return { snapshot: { ...snapshotHoldings(row, asked), pnl: told.windows }, warnings: told.warnings };
    }),
  );
  return { ...from, definition: PNL_DEFINITION, ...answer };
}
