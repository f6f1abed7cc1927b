import type { JsonNode } from '../../../parsers/json-node.js';

/** A JSON number as its digits: `JSON.parse` would round it, and money must not be. */
export class ExactNumber {
  readonly digits: string;

  constructor(digits: string) {
    this.digits = digits;
  }
}

/** JSON as plain values whose numbers are exact; objects have no prototype, so that no key means anything. */
export type ExactValue =
  | string
  | boolean
  | null
  | ExactNumber
  | readonly ExactValue[]
  | { readonly [key: string]: ExactValue };

/** Turns read JSON into plain values. A value nested too deep to be read is null. */
export function exactValue(node: JsonNode): ExactValue {
  switch (node.kind) {
    case 'string':
      return node.value;
    case 'number':
      return new ExactNumber(node.digits);
    case 'literal':
      return node.value;
    case 'array':
      return node.items.map(exactValue);
    case 'object': {
      const object: Record<string, ExactValue> = Object.create(null);
      for (const { key, value } of node.entries) object[key] = exactValue(value);
      return object;
    }
    case 'too_deep':
      return null;
  }
}

/** Writes a value as JSON, numbers digit for digit. */
export function exactJson(value: ExactValue): string {
  if (value instanceof ExactNumber) return value.digits;
  if (Array.isArray(value)) return `[${value.map(exactJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).map(([key, inner]) => `${JSON.stringify(key)}:${exactJson(inner)}`);
  return `{${entries.join(',')}}`;
}
