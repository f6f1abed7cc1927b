import type { ConversationMessage } from '../../../parsers/conversation.js';
import type { Located } from '../../../parsers/problem.js';
import { deriveId } from '../derive-id.js';
import type { ProjectedRow, TableDescription } from '../table-description.js';

export const conversations: TableDescription<'maven_conversations'> = {
  table: 'maven_conversations',
  key: ['conversation_id', 'message_index'],
  columns: {
    id: 'integer',
    conversation_id: 'text',
    message_index: 'integer',
    role: 'text',
    content: 'text',
    sent_at: 'time',
    metadata: 'json',
    created_at: 'time',
    updated_at: 'time',
    git_path: 'text',
    git_line: 'integer',
  },
};

export function messageRow(
  { line, record }: Located<ConversationMessage>,
  path: string,
): ProjectedRow<'maven_conversations'> {
  return {
    id: deriveId('maven_conversations', `${record.messageIndex}/${record.conversationId}`),
    conversation_id: record.conversationId,
    message_index: String(record.messageIndex),
    role: record.role,
    content: record.content,
    sent_at: record.sentAt,
    metadata: record.metadata,
    created_at: record.sentAt,
    updated_at: record.sentAt,
    git_path: path,
    git_line: String(line),
  };
}
