import type { DecisionRecord } from '../../../parsers/decision.js';
import type { Located } from '../../../parsers/problem.js';
import { deriveId } from '../derive-id.js';
import type { ProjectedRow, TableDescription } from '../table-description.js';
import { fileName } from './file-name.js';

export const decisions: TableDescription<'maven_decisions'> = {
  table: 'maven_decisions',
  key: ['git_filename'],
  columns: {
    id: 'value',
    git_filename: 'value',
    decided_at: 'value',
    decision_type: 'value',
    asset: 'value',
    action: 'value',
    reasoning: 'value',
    confidence: 'text',
    risk_level: 'value',
    metadata: 'text',
    created_at: 'value',
    updated_at: 'value',
    git_path: 'value',
    git_line: 'value',
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
