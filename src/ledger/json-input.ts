import { type JsonNode, readJson } from '../../parsers/json-node.js';
import { compactJson } from '../../parsers/json-text.js';
import { inputInvalid } from './input.js';

/**
 * Reads the fields of a record from one JSON object. Numbers and objects come out as they are spelled.
 *
 * @param fields - the names that are allowed, each with the input's property it stands for.
 * @throws {@link MavenError} INPUT_INVALID when it is no object or holds another field.
 */
export function readJsonInput<K extends string>(
  text: string,
  fields: Readonly<Record<string, K>>,
): Partial<Record<K, string>> {
  const node = readJson(text);
  if (node.kind === 'fault') throw inputInvalid(`the JSON cannot be read: ${node.message}`);
  if (node.kind !== 'object') throw inputInvalid('expected one JSON object');
  const input: Partial<Record<K, string>> = {};
  for (const { key, value } of node.entries) {
    const property = Object.hasOwn(fields, key) ? fields[key] : undefined;
    if (property === undefined) {
      throw inputInvalid(
        `unknown field ${JSON.stringify(key.slice(0, 64))}`,
        `use ${Object.keys(fields).join(', ')}`,
      );
    }
    if (value.kind !== 'literal' || value.value !== null) input[property] = textOf(value);
  }
  return input;
}

function textOf(node: JsonNode): string {
  return node.kind === 'string' ? node.value : compactJson(node);
}
