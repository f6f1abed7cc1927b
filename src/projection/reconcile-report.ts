import type { TableDiff } from './diff.js';

export type RowCounts = Readonly<Record<string, number>>;

/** What a reconcile did, or with `dryRun` would do. */
export interface ReconcileReport {
  /** `unchanged`: the tables mirrored this tree already, and nothing was read. */
  readonly mode: 'unchanged' | 'incremental' | 'full';
  readonly revision: string;
  readonly previousRevision: string | null;
  readonly dryRun: boolean;
  /** Rows inserted (missing), updated (changed) and deleted (extra), a table each. */
  readonly diffs: readonly TableDiff[];
  readonly rowCounts: RowCounts;
  readonly artifactsRead: number;
  /** Problems in the artifacts that were read. */
  readonly problems: { readonly errors: number; readonly warnings: number };
  /** With `dryRun`: why the guards would refuse it, or null. */
  readonly refusal: string | null;
}

/** The report of a reconcile that found HEAD projected already. */
export function upToDate(revision: string, dryRun: boolean): ReconcileReport {
  return {
    mode: 'unchanged',
    revision,
    previousRevision: revision,
    dryRun,
    diffs: [],
    rowCounts: {},
    artifactsRead: 0,
    problems: { errors: 0, warnings: 0 },
    refusal: null,
  };
}
