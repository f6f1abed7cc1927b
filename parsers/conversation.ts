import { stemOf } from './artifact-name.js';
import { INTEGER, METADATA, SHORT, TEXT, TIME } from './field-type.js';
import { parseJsonLines, uniqueRecords } from './json-lines.js';
import type { JsonText } from './json-text.js';
import { formatLine, type LineFormat, optional, required } from './line-format.js';
import type { Parsed } from './problem.js';
import { problemList, quote } from './problem-list.js';

/** One message of a transcript. */
export interface ConversationMessage {
  readonly conversationId: string;
  /** From 0, unique in its conversation. */
  readonly messageIndex: number;
  /** `user`, `assistant`, `system`, `tool`, or as the source says. */
  readonly role: string;
  readonly content: string;
  /** null = the transcript does not say. */
  readonly sentAt: string | null;
  readonly metadata: JsonText | null;
}

/** @see parsers/FORMATS.md#conversation */
export const CONVERSATION_FORMAT: LineFormat<ConversationMessage> = {
  version: 1,
  fields: [
    required('conversation_id', SHORT),
    required('message_index', INTEGER),
    required('role', SHORT),
    required('content', TEXT),
    optional('sent_at', TIME),
    optional('metadata', METADATA),
  ],
  build: (values) => ({
    conversationId: values[0] as string,
    messageIndex: values[1] as number,
    role: values[2] as string,
    content: values[3] as string,
    sentAt: values[4] as string | null,
    metadata: values[5] as string | null,
  }),
  values: (message) => [
    message.conversationId,
    message.messageIndex,
    message.role,
    message.content,
    message.sentAt,
    message.metadata,
  ],
  identity: (message) => `${message.conversationId}#${message.messageIndex}`,
};

/**
 * Reads a conversation, in file order, one message an index.
 *
 * @param path - its name is the conversation's id.
 * @see parsers/FORMATS.md#conversation
 */
export function parseConversation(text: string, path: string): Parsed<ConversationMessage> {
  const problems = problemList(path);
  const id = stemOf(path);
  let reported = false;
  const records = parseJsonLines(CONVERSATION_FORMAT, text, problems, (message, line) => {
    if (message.conversationId === id || reported) return;
    reported = true;
    const fault = `conversation_id ${quote(message.conversationId)} is not the file's name, ${quote(id)}`;
    problems.warning('NAME_MISMATCH', line, fault);
  });
  const unique = uniqueRecords(CONVERSATION_FORMAT, records, problems, {
    write: formatMessage,
    fact: formatMessage,
    isEarlier: () => false,
  });
  return { records: unique, problems: problems.list() };
}

/** Formats one message, newline included. @throws InvalidRecordError when a value is out of its form. */
export function formatMessage(message: ConversationMessage): string {
  return formatLine(CONVERSATION_FORMAT, message);
}

/** Formats messages in the order given. @throws InvalidRecordError when a value is out of its form. */
export function formatConversation(messages: readonly ConversationMessage[]): string {
  return messages.map(formatMessage).join('');
}
