import type { Severity } from '../../parsers/problem.js';

/**
 * What a derived artifact says that does not follow (any more) from the facts of the same revision: the P&L of a snapshot
 * from snapshots and flows, the numbers of a metrics file from the ledger.
 */
export type DerivedFindingCode =
  | 'METRICS_NOT_DERIVED'
  | 'METRICS_STALE'
  | 'PNL_NOT_CHECKED'
  | 'PNL_NOT_DERIVED'
  | 'PNL_STALE';

/** One number of a derived artifact beside the number that follows now; for verify's derived layer. */
export interface DerivedFinding {
  readonly code: DerivedFindingCode;
  readonly severity: Severity;
  /** The derived artifact. */
  readonly path: string;
  /** From 1; null where the artifact has no line for it. */
  readonly line: number | null;
  /** What names the artifact for a person: the snapshot's time and account, the period of the metrics. */
  readonly key: string;
  /** The number, as the artifact names it, such as `pnl.7d.value_usd`; null = the artifact as a whole. */
  readonly column: string | null;
  /** What follows from the facts now; null = nothing does, for the reason in the message. */
  readonly expected: string | null;
  /** What the artifact says; null = that nothing is known. */
  readonly actual: string | null;
  /** What to do, a sentence. */
  readonly mend: string;
  readonly message: string;
}
