import { InvalidRecordError } from './invalid-record-error.js';
import type { JsonEntry, JsonNode, JsonObject } from './json-node.js';
import { compactJson, type JsonText, jsonTextOf } from './json-text.js';
import { requireJsonObject } from './require-json-object.js';

/**
 * Deep-merges `patch` into `base`: objects by key, anything else (null and arrays too) replaced; `base` keeps its key
 * order, new keys come last. No JavaScript object is built, so no key can reach a prototype.
 *
 * @throws {@link InvalidRecordError} when either is not a JSON object that a record may hold.
 */
export function mergeJson(base: JsonText, patch: JsonText): JsonText {
  const merged = mergeObjects(requireJsonObject('base', base), requireJsonObject('patch', patch));
  return requireJsonText('patch', merged);
}

/**
 * Adds one to a top-level counter, exactly whatever its size; a missing key becomes 1.
 *
 * @throws {@link InvalidRecordError} when the value there is not a whole number.
 */
export function incrementCounter(json: JsonText, key: string): JsonText {
  const object = requireJsonObject('json', json);
  const found = object.entries.find((entry) => entry.key === key);
  const digits = found === undefined ? '0' : found.value.kind === 'number' ? found.value.digits : '';
  if (!/^-?\d{1,300}$/.test(digits)) throw new InvalidRecordError(key, 'a whole number to count up');
  const value: JsonNode = { kind: 'number', digits: String(BigInt(digits) + 1n), offset: 0 };
  return requireJsonText(key, mergeObjects(object, { ...object, entries: [{ key, value, offset: 0 }] }));
}

function mergeObjects(base: JsonObject, patch: JsonObject): JsonObject {
  const patches = new Map(patch.entries.map((entry) => [entry.key, entry]));
  const kept = base.entries.map((entry) => {
    const other = patches.get(entry.key);
    patches.delete(entry.key);
    return other === undefined ? entry : mergeEntries(entry, other);
  });
  return { ...base, entries: [...kept, ...patches.values()] };
}

function mergeEntries(base: JsonEntry, patch: JsonEntry): JsonEntry {
  if (base.value.kind !== 'object' || patch.value.kind !== 'object') return patch;
  return { ...patch, value: mergeObjects(base.value, patch.value) };
}

function requireJsonText(field: string, object: JsonObject): JsonText {
  const reading = jsonTextOf(object);
  if ('fault' in reading) throw new InvalidRecordError(field, `a JSON object: ${reading.fault.message}`);
  return compactJson(object);
}
