import { type JsonNode, readJson } from '../../../parsers/json-node.js';
import type { JsonText } from '../../../parsers/json-text.js';

/**
 * Writes JSON so that one value has one spelling, whether it comes from a file or from a `jsonb` column: compact, keys
 * in the order in which `jsonb` keeps them, numbers written out as `numeric` prints them.
 *
 * @param json - canonical, hence bounded: no key twice, no exponent above 400.
 */
export function comparableJson(json: JsonText): string {
  const node = readJson(json);
  return node.kind === 'fault' ? json : write(node);
}

function write(node: JsonNode): string {
  switch (node.kind) {
    case 'string':
      return JSON.stringify(node.value);
    case 'number':
      return numericText(node.digits);
    case 'literal':
      return String(node.value);
    case 'array':
      return `[${node.items.map(write).join(',')}]`;
    case 'object': {
      const entries = node.entries.map(({ key, value }) => ({ bytes: Buffer.from(key), key, value }));
      // jsonb orders keys by length first, since that is the quicker comparison.
      entries.sort(
        (left, right) => left.bytes.length - right.bytes.length || left.bytes.compare(right.bytes),
      );
      return `{${entries.map(({ key, value }) => `${JSON.stringify(key)}:${write(value)}`).join(',')}}`;
    }
    case 'too_deep':
      return 'null';
  }
}

/** `1.5e3` as `1500`, `1e-3` as `0.001`, `-0.0` as `0.0`: the digits are kept, the exponent is not. */
function numericText(digits: string): string {
  const [, minus = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(digits) ?? [];
  const scale = fraction.length - Number(exponent);
  const all = scale < 0 ? `${whole}${fraction}${'0'.repeat(-scale)}` : `${whole}${fraction}`;
  const places = Math.max(0, scale);
  const padded = all.padStart(places + 1, '0');
  const integer = padded.slice(0, padded.length - places).replace(/^0+(?=\d)/, '');
  const text = places === 0 ? integer : `${integer}.${padded.slice(-places)}`;
  return /[1-9]/.test(text) ? `${minus}${text}` : text;
}
