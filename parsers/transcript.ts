import { stemOf } from './artifact-name.js';
import type { ConversationMessage } from './conversation.js';
import { checkText, checkTime } from './field-type.js';
import { type JsonNode, type JsonObject, readJson } from './json-node.js';
import { type JsonText, jsonTextOf } from './json-text.js';
import { jsonArray, jsonObject } from './json-write.js';
import { slug } from './paths.js';
import { plainText } from './plain-text.js';
import type { Located, Parsed } from './problem.js';
import { type ProblemList, problemList, quote } from './problem-list.js';
import { isShortText } from './short-text.js';
import { readContent } from './transcript-content.js';

/** What a foreign transcript holds; the caller formats the messages as a conversation artifact. */
export interface ParsedTranscript extends Parsed<ConversationMessage> {
  /** From the transcript's own session id, or from its name; fit for `conversationPath`. */
  readonly conversationId: string;
}

/**
 * Reads a foreign JSONL transcript: Claude Code's lines, plain `{role, content}`, or our own canonical lines.
 *
 * Lines that are no messages (summaries, snapshots of files) are counted by type, one problem a type.
 *
 * @param sourceName - the file's name, for problems and for the id when the transcript has none.
 * @returns messages numbered from 0 in file order.
 * @see parsers/FORMATS.md#transcripts
 */
export function parseTranscript(text: string, sourceName: string): ParsedTranscript {
  const problems = problemList(sourceName);
  const messages: Located<Message>[] = [];
  const others = new Map<string, { line: number; count: number }>();
  let session: string | null = null;
  for (const { line, object } of readLines(plainText(text, problems), problems)) {
    session ??= textAt(object, 'sessionId', 'session_id', 'conversation_id');
    const message = readMessage(object, line, problems);
    if (message !== null) {
      messages.push({ line, record: message });
      continue;
    }
    const type = textAt(object, 'type') ?? 'without a role';
    const seen = others.get(type);
    others.set(type, { line: seen?.line ?? line, count: (seen?.count ?? 0) + 1 });
  }
  for (const [type, { line, count }] of others) {
    problems.warning('UNKNOWN_ENTRY', line, `${count} lines ${quote(type)} are no messages, left out`);
  }
  const conversationId = slug(session ?? stemOf(sourceName));
  const records = messages.map(({ line, record }, messageIndex) => ({
    line,
    record: { conversationId, messageIndex, ...record },
  }));
  return { conversationId, records, problems: problems.list() };
}

interface TranscriptLine {
  readonly line: number;
  readonly object: JsonObject;
}

/** One line at a time: a transcript has many, and most of a line is left out. */
function* readLines(text: string, problems: ProblemList): Generator<TranscriptLine> {
  for (let start = 0, line = 1; start < text.length; line += 1) {
    const newline = text.indexOf('\n', start);
    const end = newline === -1 ? text.length : newline;
    const content = text.slice(start, end);
    start = end + 1;
    if (content.trim() === '') continue;
    const node = readJson(content);
    if (node.kind === 'object') {
      yield { line, object: node };
      continue;
    }
    const reason = node.kind === 'fault' ? node.message : 'expected an object';
    problems.error('INVALID_JSON', line, `not a line of a transcript: ${reason}`);
  }
}

type Message = Omit<ConversationMessage, 'conversationId' | 'messageIndex'>;

/** @returns null = the line is no message. */
function readMessage(object: JsonObject, line: number, problems: ProblemList): Message | null {
  const inner = nodeAt(object, 'message');
  const body = inner?.kind === 'object' ? inner : object;
  const role = textAt(body, 'role') ?? (inner === null ? null : textAt(object, 'type'));
  const contentNode = nodeAt(body, 'content') ?? (inner?.kind === 'string' ? inner : null);
  if (role === null || contentNode === null || !isShortText(role)) return null;
  const content = readContent(contentNode);
  if (content.skipped.length > 0) {
    problems.warning('UNKNOWN_ENTRY', line, `blocks left out: ${quote(content.skipped.join(', '))}`);
  }
  const time =
    textAt(object, 'timestamp', 'sent_at', 'created_at') ?? textAt(body, 'timestamp', 'created_at');
  return {
    role,
    content: checkText(problems, line, 'content', content.text),
    sentAt: time === null ? null : checkTime(problems, line, 'timestamp', time),
    metadata: readMetadata(object, body, content.tools, line, problems),
  };
}

/** Keys of a line that tell where a message comes from; everything else stays in the source. */
const KEPT = ['uuid', 'parentUuid', 'isSidechain', 'cwd', 'gitBranch', 'version', 'requestId'];

function readMetadata(
  object: JsonObject,
  body: JsonObject,
  tools: readonly string[],
  line: number,
  problems: ProblemList,
): JsonText | null {
  const own = nodeAt(object, 'metadata');
  const entries = own?.kind === 'object' ? own.entries.map(({ key, value }) => [key, value] as const) : [];
  const kept = KEPT.flatMap((key) => entryAt(object, key, key));
  const model = entryAt(body, 'model', 'model');
  const used = tools.map((value): JsonNode => ({ kind: 'string', value, offset: 0 }));
  const all = [
    ...entries,
    ...kept,
    ...model,
    ...(used.length === 0 ? [] : [['tools', jsonArray(used)] as const]),
  ];
  const unique = new Map(all);
  if (unique.size === 0) return own?.kind === 'object' ? '{}' : null;
  const reading = jsonTextOf(jsonObject([...unique]));
  if ('json' in reading) return reading.json;
  problems.error('METADATA_INVALID', line, `metadata: ${reading.fault.message}, left out`);
  return null;
}

function entryAt(object: JsonObject, key: string, name: string): readonly (readonly [string, JsonNode])[] {
  const node = nodeAt(object, key);
  return node === null || (node.kind === 'literal' && node.value === null) ? [] : [[name, node]];
}

function nodeAt(object: JsonObject, key: string): JsonNode | null {
  return object.entries.find((entry) => entry.key === key)?.value ?? null;
}

/** @returns the first text among the keys; null = none of them holds a text. */
function textAt(object: JsonObject, ...keys: readonly string[]): string | null {
  for (const key of keys) {
    const node = nodeAt(object, key);
    if (node?.kind === 'string' && node.value !== '') return node.value;
  }
  return null;
}
