import type { FieldContext } from './field-type.js';
import { type JsonObject, readJson } from './json-node.js';
import { lineCounter } from './line-counter.js';
import type { ProblemList } from './problem-list.js';

/** A file that is one JSON object. */
export interface JsonDocument {
  readonly object: JsonObject;
  readonly context: FieldContext;
}

/** Reads a file that is one JSON object. @returns null = it is not, and a problem says why. */
export function readJsonDocument(file: string, problems: ProblemList): JsonDocument | null {
  const text = file.charCodeAt(0) === 0xfeff ? file.slice(1) : file;
  if (text.trim() === '') {
    problems.error('EMPTY_FILE', 1, 'the file is empty, expected a JSON object');
    return null;
  }
  const node = readJson(text);
  const lineAt = lineCounter(text);
  if (node.kind === 'fault') {
    problems.error('INVALID_JSON', lineAt(node.offset), `not JSON: ${node.message}`);
    return null;
  }
  if (node.kind !== 'object') {
    problems.error('INVALID_JSON', lineAt(node.offset), 'expected a JSON object');
    return null;
  }
  return { object: node, context: { problems, lineAt } };
}
