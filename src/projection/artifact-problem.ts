import type { Problem, ProblemCode } from '../../parsers/problem.js';

/**
 * Faults that only show among artifacts: a record that another file holds already, a path that is no artifact, an
 * entry that is not a file.
 */
export type ArtifactProblemCode = ProblemCode | 'DUPLICATE_IDENTITY' | 'NOT_A_FILE' | 'UNKNOWN_ARTIFACT';

export interface ArtifactProblem extends Omit<Problem, 'code'> {
  readonly code: ArtifactProblemCode;
}
