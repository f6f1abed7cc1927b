import type { ArtifactProblem } from '../artifact-problem.js';
import { deriveId } from '../derive-id.js';
import type { ProjectedRow, TableDescription } from '../table-description.js';

export const problems: TableDescription<'maven_problems'> = {
  table: 'maven_problems',
  key: ['code', 'git_path', 'git_line'],
  columns: {
    id: 'integer',
    code: 'text',
    severity: 'text',
    message: 'text',
    git_path: 'text',
    git_line: 'integer',
  },
};

/** @param ordinal - which of the equal problems on that line this is, from 0. */
export function problemRow(problem: ArtifactProblem, ordinal: number): ProjectedRow<'maven_problems'> {
  return {
    id: deriveId('maven_problems', `${problem.code}/${problem.line}/${ordinal}/${problem.path}`),
    code: problem.code,
    severity: problem.severity,
    message: problem.message,
    git_path: problem.path,
    git_line: String(problem.line),
  };
}
