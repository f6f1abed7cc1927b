import type { Severity } from '../../parsers/problem.js';
import type { ArtifactProblem, ArtifactProblemCode } from './artifact-problem.js';

/** The questions that verify can answer, one a layer. */
export type VerifyLayer = 'artifacts' | 'projection' | 'derived' | 'freshness';

export type FindingCode =
  | ArtifactProblemCode
  | 'DECISION_NOT_FOUND'
  | 'FEED_AHEAD'
  | 'FEED_STALE'
  | 'LEDGER_REWRITTEN'
  | 'METRICS_NOT_DERIVED'
  | 'METRICS_STALE'
  | 'PNL_NOT_CHECKED'
  | 'PNL_NOT_DERIVED'
  | 'PNL_STALE'
  | 'PROJECTION_BEHIND'
  | 'PROJECTION_MISSING'
  | 'PROJECTION_STATE'
  | 'ROW_CHANGED'
  | 'ROW_EXTRA'
  | 'ROW_MISSING'
  | 'SCHEMA_CHANGED';

/** One thing that verify found, and the command that mends it. */
export interface Finding {
  readonly code: FindingCode;
  readonly severity: Severity;
  readonly layer: VerifyLayer;
  readonly message: string;
  /** Null when it is about an artifact and not about a row. */
  readonly table: string | null;
  /** What names the row for a person, such as `moha/4711`. */
  readonly key: string | null;
  readonly path: string | null;
  /** From 1. */
  readonly line: number | null;
  readonly column: string | null;
  /** What git implies, as Postgres spells it (null is SQL NULL), or what follows from the facts. */
  readonly expected: string | null;
  /** What the table or the artifact holds. */
  readonly actual: string | null;
  readonly mend: string;
}

const NOTHING = {
  table: null,
  key: null,
  path: null,
  line: null,
  column: null,
  expected: null,
  actual: null,
};

const EDIT_ARTIFACT = 'correct the artifact and commit it';
/** Lines of a ledger are never edited: a later one settles what two clones said. */
const RECORD_WHAT_IS_RIGHT =
  'say what is right with maven-git record correction (a trade) or maven-git record flow-correction (a flow)';

/** A finding of the artifacts layer. */
export function artifactFinding(problem: ArtifactProblem): Finding {
  const { code, severity, message, path, line } = problem;
  const mend = code === 'REVISION_CONFLICT' ? RECORD_WHAT_IS_RIGHT : EDIT_ARTIFACT;
  return { ...NOTHING, code, severity, layer: 'artifacts', message, path, line, mend };
}

/** A finding with only the parts that apply. */
export function finding(
  parts: Pick<Finding, 'code' | 'severity' | 'layer' | 'message' | 'mend'> & Partial<Finding>,
): Finding {
  return { ...NOTHING, ...parts };
}
