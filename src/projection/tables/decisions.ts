import type { DecisionRecord } from '../../../parsers/decision.js';
import type { Located } from '../../../parsers/problem.js';
import { deriveId } from '../derive-id.js';
import type { ProjectedRow, TableDescription } from '../table-description.js';
import { fileName } from './file-name.js';

export const decisions: TableDescription<'maven_decisions'> = {
  table: 'maven_decisions',
  key: ['git_filename'],
  columns: {
    id: 'integer',
    git_filename: 'text',
    decided_at: 'time',
    decision_type: 'text',
    asset: 'text',
    action: 'text',
    reasoning: 'text',
    confidence: 'decimal',
    risk_level: 'text',
    metadata: 'json',
    created_at: 'time',
    updated_at: 'time',
    git_path: 'text',
    git_line: 'integer',
  },
};

/** The id of the decision in the file of that name, whether or not there is such a file. */
export function decisionId(gitFilename: string): string {
  return deriveId('maven_decisions', gitFilename);
}

export function decisionRow(
  { line, record }: Located<DecisionRecord>,
  path: string,
): ProjectedRow<'maven_decisions'> {
  const name = fileName(path);
  return {
    id: decisionId(name),
    git_filename: name,
    decided_at: record.decidedAt,
    decision_type: record.decisionType,
    asset: record.asset,
    action: record.action,
    reasoning: record.reasoning,
    confidence: record.confidencePct,
    risk_level: record.riskLevel,
    metadata: record.metadata,
    created_at: record.decidedAt,
    updated_at: record.decidedAt,
    git_path: path,
    git_line: String(line),
  };
}
