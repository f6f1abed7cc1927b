import type { PnlWindow } from '../../../parsers/snapshot.js';
import type { AnswerSource, QuestionDependencies } from './ask-projection.js';
import { answerSnapshots, askSnapshots, type SnapshotsAnswer } from './ask-snapshots.js';
import { type AskedRevision, AT_HEAD } from './asked-moment.js';
import { PNL_DEFINITION, type PnlWindowAnswer, pnlWindows } from './pnl-windows.js';
import type { PortfolioQuery } from './portfolio-query.js';
import { type SnapshotEvidence, snapshotEvidence } from './snapshot-answer.js';

/** The windows of one snapshot. */
export interface SnapshotPnl extends SnapshotEvidence {
  readonly windows: readonly PnlWindowAnswer[];
}

export interface PnlAnswer extends AnswerSource, SnapshotsAnswer<SnapshotPnl> {
  readonly definition: typeof PNL_DEFINITION;
}

/**
 * Tells the P&L of the newest snapshot, as it follows from snapshots and flow records now; where the snapshot states
 * another number, a warning tells that.
 *
 * @throws {@link MavenError} ARTIFACTS_NOT_FOUND; INPUT_INVALID, RECORD_NOT_FOUND for the account.
 */
export async function pnl(
  dependencies: QuestionDependencies,
  query: PortfolioQuery,
  windows: readonly PnlWindow[],
  asked: AskedRevision = AT_HEAD,
): Promise<PnlAnswer> {
  const { answer, ...from } = await askSnapshots(dependencies, asked, (store) =>
    answerSnapshots<SnapshotPnl>(store, query, async (key, row, asked) => {
      const told = await pnlWindows(store, key, row, windows);
      return {
        snapshot: { ...snapshotEvidence(row, asked), windows: told.windows },
        warnings: told.warnings,
      };
    }),
  );
  return { ...from, definition: PNL_DEFINITION, ...answer };
}
