import { InvalidRecordError } from './invalid-record-error.js';
import { type JsonObject, readJson } from './json-node.js';
import { readJsonObject } from './json-text.js';

/**
 * Reads a JSON object that whoever calls has vouched for.
 *
 * @param field - names it in the error.
 * @throws {@link InvalidRecordError} when it is none that a record may hold.
 */
export function requireJsonObject(field: string, json: string): JsonObject {
  const reading = readJsonObject(json);
  if ('fault' in reading) throw new InvalidRecordError(field, `a JSON object: ${reading.fault.message}`);
  const node = readJson(reading.json);
  if (node.kind !== 'object') throw new InvalidRecordError(field, 'a JSON object');
  return node;
}
