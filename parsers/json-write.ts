import type { FieldType } from './field-type.js';
import { InvalidRecordError } from './invalid-record-error.js';
import { type JsonNode, readJson } from './json-node.js';

/** A key and its value. */
export type JsonField = readonly [string, JsonNode];

/** Makes an object of its entries, in that order. */
export function jsonObject(entries: readonly JsonField[]): JsonNode {
  return { kind: 'object', entries: entries.map(([key, value]) => ({ key, value, offset: 0 })), offset: 0 };
}

export function jsonArray(items: readonly JsonNode[]): JsonNode {
  return { kind: 'array', items, offset: 0 };
}

export function jsonDigits(value: number): JsonNode {
  return { kind: 'number', digits: String(value), offset: 0 };
}

/** Makes a value of a field. @throws {@link InvalidRecordError} when it is out of its form. */
export function jsonValue<T extends string | number>(field: string, type: FieldType<T>, value: T): JsonNode {
  if (!type.isCanonical(value)) throw new InvalidRecordError(field, type.expected);
  if (type.form === 'object') {
    const node = readJson(String(value));
    if (node.kind === 'fault') throw new InvalidRecordError(field, type.expected);
    return node;
  }
  return typeof value === 'number' ? jsonDigits(value) : { kind: 'string', value, offset: 0 };
}

/** Makes an entry that is never null. @throws {@link InvalidRecordError} when the value is out of its form. */
export function jsonRequired<T extends string | number>(
  key: string,
  type: FieldType<T>,
  value: T,
): JsonField {
  return [key, jsonValue(key, type, value)];
}

/** Makes an entry that may be null. @throws {@link InvalidRecordError} when the value is out of its form. */
export function jsonOptional<T extends string | number>(
  key: string,
  type: FieldType<T>,
  value: T | null,
): JsonField {
  return [key, value === null ? { kind: 'literal', value: null, offset: 0 } : jsonValue(key, type, value)];
}
