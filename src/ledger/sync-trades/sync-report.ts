import { addDecimals } from '../../../parsers/decimal-arithmetic.js';
import type { ArtifactCommit } from '../../git/commit.js';
import type { AddedPnl } from './added-pnl.js';
import type { ChosenRows, SyncMode } from './choose-rows.js';
import type { SkippedRow } from './map-bot-trade.js';
import { MOST_SKIPPED_KEPT } from './next-state.js';
import type { BatchCounts, BatchPlan } from './plan-batch.js';

/** What a run did, or with a dry run would do. */
export interface SyncReport {
  readonly mode: SyncMode;
  /** Why every row was read although only new ones were asked for; null otherwise. */
  readonly fullBecause: string | null;
  readonly dryRun: boolean;
  readonly read: number;
  readonly new: number;
  readonly closed: number;
  readonly revised: number;
  readonly unchanged: number;
  readonly skipped: number;
  readonly linked: number;
  /** Trades of the ledger that have no row upstream any more; null = not looked for (only a full run does). */
  readonly vanished: number | null;
  readonly commits: number;
  readonly pnl: AddedPnl;
  /** The first of the rows that were skipped, at most {@link MOST_LISTED}. */
  readonly skippedRows: readonly SkippedRow[];
  /** At most {@link MOST_LISTED}; `warningCount` counts all. */
  readonly warnings: readonly string[];
  readonly warningCount: number;
  /** The last commit; null when there was nothing new. */
  readonly commit: ArtifactCommit | null;
}

export const MOST_LISTED = 100;
/** So many of each kind are said while the run goes on; the rest is counted. */
const MOST_SAID = 20;

const COUNTED: readonly (keyof BatchCounts)[] = ['new', 'closed', 'revised', 'unchanged', 'linked'];
const AMOUNTS: readonly (keyof AddedPnl)[] = ['realizedUsd', 'feesUsd', 'netUsd', 'otherFeesUsd'];
const NOTHING: AddedPnl = { realizedUsd: '0', feesUsd: '0', netUsd: '0', otherFeesUsd: '0' };

/** The counts of a run, growing batch by batch. */
export class SyncTally {
  read = 0;
  commits = 0;
  /** Ids of skipped rows, one more than are kept at most. */
  readonly skippedIds = new Set<string>();
  private readonly counts = { new: 0, closed: 0, revised: 0, unchanged: 0, skipped: 0, linked: 0 };
  private skippedRows: SkippedRow[] = [];
  private readonly warnings: string[] = [];
  private warningCount = 0;
  private commit: ArtifactCommit | null = null;
  private pnl: AddedPnl = NOTHING;

  /** @param notice - says what a person should see as it happens. */
  constructor(private readonly notice: (message: string) => void) {}

  /** What is committed stays counted; the same rows are read once more. */
  beginAgain(): void {
    this.read = 0;
    this.skippedIds.clear();
    this.skippedRows = [];
    Object.assign(this.counts, { unchanged: 0, skipped: 0 });
    if (this.commits > 0) return;
    // A dry run has counted what it would have committed, and warned of it.
    Object.assign(this.counts, { new: 0, closed: 0, revised: 0, linked: 0 });
    this.pnl = NOTHING;
    this.warnings.length = 0;
    this.warningCount = 0;
  }

  addPlan(plan: BatchPlan): void {
    for (const name of COUNTED) this.counts[name] += plan.counts[name];
    for (const name of AMOUNTS)
      this.pnl = { ...this.pnl, [name]: addDecimals(this.pnl[name], plan.pnl[name]) };
    for (const row of plan.skipped) this.skip(row);
    for (const warning of plan.warnings) this.warn(warning);
  }

  addCommit(commit: ArtifactCommit): void {
    this.commits += 1;
    this.commit = commit;
  }

  warn(sentence: string): void {
    this.warningCount += 1;
    if (this.warningCount <= MOST_SAID) this.notice(sentence);
    if (this.warnings.length < MOST_LISTED) this.warnings.push(sentence);
  }

  private skip(row: SkippedRow): void {
    this.counts.skipped += 1;
    if (this.counts.skipped <= MOST_SAID) this.notice(`row ${row.id} is skipped: ${row.reason}`);
    if (this.skippedRows.length < MOST_LISTED) this.skippedRows.push(row);
    if (this.skippedIds.size <= MOST_SKIPPED_KEPT) this.skippedIds.add(row.id);
  }

  report(run: {
    readonly chosen: ChosenRows;
    readonly dryRun: boolean;
    readonly vanished: number | null;
  }): SyncReport {
    const { read, commits, counts, pnl, skippedRows, warnings, warningCount, commit } = this;
    const { mode, reason } = run.chosen;
    const { dryRun, vanished } = run;
    return {
      mode,
      fullBecause: reason,
      dryRun,
      read,
      ...counts,
      vanished,
      commits,
      pnl,
      skippedRows,
      warnings,
      warningCount,
      commit,
    };
  }
}
