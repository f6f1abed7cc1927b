import type { MilestoneRecord } from '../../../parsers/milestone.js';
import type { Located } from '../../../parsers/problem.js';
import type { RunRecord } from '../../../parsers/runs.js';
import type { SessionEvent } from '../../../parsers/session-log.js';
import { deriveId } from '../derive-id.js';
import type { ProjectedRow, TableDescription } from '../table-description.js';
import { fileName } from './file-name.js';

export const memory: TableDescription<'maven_memory'> = {
  table: 'maven_memory',
  key: ['occurred_at', 'event_type'],
  columns: {
    id: 'integer',
    memory_type: 'text',
    event_type: 'text',
    occurred_at: 'time',
    title: 'text',
    content: 'text',
    metadata: 'json',
    created_at: 'time',
    updated_at: 'time',
    git_path: 'text',
    git_line: 'integer',
  },
};

/** @param ordinal - which of the events with the same time and type this is, from 0. */
export function eventRow(
  { line, record }: Located<SessionEvent>,
  ordinal: number,
  path: string,
): ProjectedRow<'maven_memory'> {
  return {
    id: deriveId('maven_memory', `event/${record.occurredAt}/${ordinal}/${record.eventType}`),
    memory_type: 'event',
    event_type: record.eventType,
    occurred_at: record.occurredAt,
    title: null,
    content: record.text,
    metadata: record.metadata,
    created_at: record.occurredAt,
    updated_at: record.occurredAt,
    git_path: path,
    git_line: String(line),
  };
}

export function milestoneRow(
  { line, record }: Located<MilestoneRecord>,
  path: string,
): ProjectedRow<'maven_memory'> {
  return {
    id: deriveId('maven_memory', `milestone/${fileName(path)}`),
    memory_type: 'milestone',
    event_type: 'MILESTONE',
    occurred_at: record.achievedAt,
    title: record.title,
    content: record.text,
    metadata: record.metadata,
    created_at: record.achievedAt,
    updated_at: record.achievedAt,
    git_path: path,
    git_line: String(line),
  };
}

export function runRow({ line, record }: Located<RunRecord>, path: string): ProjectedRow<'maven_memory'> {
  const { job, startedAt, recordedAt, records, summary } = record;
  return {
    id: deriveId('maven_memory', `run/${recordedAt}/${job}`),
    memory_type: 'run',
    event_type: 'RUN',
    occurred_at: recordedAt,
    title: job,
    content: summary,
    metadata: JSON.stringify({ started_at: startedAt, records }),
    created_at: recordedAt,
    updated_at: recordedAt,
    git_path: path,
    git_line: String(line),
  };
}
