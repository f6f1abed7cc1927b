import type { JsonNode, JsonObject } from './json-node.js';
import { compactJson } from './json-text.js';

/** The content of a message as text. */
export interface TranscriptContent {
  readonly text: string;
  /** Names of the tools the message calls. */
  readonly tools: readonly string[];
  /** Types of blocks that are no text (images, documents), left out. */
  readonly skipped: readonly string[];
}

/** Makes text of a message's content: a string, or blocks of text, thought, tool calls and their results. */
export function readContent(node: JsonNode): TranscriptContent {
  if (node.kind === 'string') return { text: node.value, tools: [], skipped: [] };
  if (node.kind !== 'array') return { text: compactJson(node), tools: [], skipped: [] };
  const parts: string[] = [];
  const tools: string[] = [];
  const skipped: string[] = [];
  for (const item of node.items) {
    const part = readBlock(item, tools);
    if (part === null) skipped.push(typeOf(item));
    else if (part !== '') parts.push(part);
  }
  return { text: parts.join('\n\n'), tools: [...new Set(tools)], skipped: [...new Set(skipped)] };
}

/** @returns null = no text can be made of it. */
function readBlock(node: JsonNode, tools: string[]): string | null {
  if (node.kind === 'string') return node.value;
  if (node.kind !== 'object') return null;
  switch (typeOf(node)) {
    case 'text':
      return stringAt(node, 'text');
    case 'tool_use': {
      const name = stringAt(node, 'name') ?? 'tool';
      tools.push(name);
      const input = valueAt(node, 'input');
      return `[tool_use ${name}] ${input === null ? '' : compactJson(input)}`.trimEnd();
    }
    case 'tool_result': {
      const content = valueAt(node, 'content');
      return `[tool_result] ${content === null ? '' : readContent(content).text}`.trimEnd();
    }
    // A model's thought is not what was said.
    case 'thinking':
    case 'redacted_thinking':
      return '';
    default:
      return null;
  }
}

function typeOf(node: JsonNode): string {
  return node.kind === 'object' ? (stringAt(node, 'type') ?? 'without a type') : node.kind;
}

function stringAt(object: JsonObject, key: string): string | null {
  const node = valueAt(object, key);
  return node?.kind === 'string' ? node.value : null;
}

function valueAt(object: JsonObject, key: string): JsonNode | null {
  return object.entries.find((entry) => entry.key === key)?.value ?? null;
}
