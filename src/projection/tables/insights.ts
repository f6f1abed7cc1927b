import type { InsightRecord } from '../../../parsers/insight.js';
import type { Located } from '../../../parsers/problem.js';
import { deriveId } from '../derive-id.js';
import type { ProjectedRow, TableDescription } from '../table-description.js';
import { fileName } from './file-name.js';

export const insights: TableDescription<'maven_insights'> = {
  table: 'maven_insights',
  key: ['git_filename'],
  columns: {
    id: 'integer',
    git_filename: 'text',
    observed_at: 'time',
    insight_type: 'text',
    asset: 'text',
    confidence: 'decimal',
    content: 'text',
    metadata: 'json',
    created_at: 'time',
    updated_at: 'time',
    git_path: 'text',
    git_line: 'integer',
  },
};

export function insightRow(
  { line, record }: Located<InsightRecord>,
  path: string,
): ProjectedRow<'maven_insights'> {
  const name = fileName(path);
  return {
    id: deriveId('maven_insights', name),
    git_filename: name,
    observed_at: record.observedAt,
    insight_type: record.insightType,
    asset: record.asset,
    confidence: record.confidencePct,
    content: record.text,
    metadata: record.metadata,
    created_at: record.observedAt,
    updated_at: record.observedAt,
    git_path: path,
    git_line: String(line),
  };
}
