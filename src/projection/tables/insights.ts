import type { InsightRecord } from '../../../parsers/insight.js';
import type { Located } from '../../../parsers/problem.js';
import { deriveId } from '../derive-id.js';
import type { ProjectedRow, TableDescription } from '../table-description.js';
import { fileName } from './file-name.js';

export const insights: TableDescription<'maven_insights'> = {
  table: 'maven_insights',
  key: ['git_filename'],
  columns: {
    id: 'value',
    git_filename: 'value',
    observed_at: 'value',
    insight_type: 'value',
    asset: 'value',
    confidence: 'text',
    content: 'value',
    metadata: 'text',
    created_at: 'value',
    updated_at: 'value',
    git_path: 'value',
    git_line: 'value',
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
