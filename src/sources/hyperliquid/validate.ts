import type { z } from 'zod';
import { readJson } from '../../../parsers/json-node.js';
import { CallFault } from './call-fault.js';
import { ExactNumber, exactValue } from './exact-value.js';

const MAX_SHOWN = 60;
const MAX_PATH = 120;

/**
 * Reads and checks the body of an answer.
 *
 * @param body - whole text of the answer.
 * @throws {@link CallFault} UPSTREAM_INVALID: text that is not JSON may be tried again; an answer of another form, with
 *   the path in it, what was expected and what was found, may not.
 */
export function validate<T extends z.ZodType>(body: string, schema: T): z.output<T> {
  const node = readJson(body);
  if (node.kind === 'fault') {
    const message = `the answer is not JSON: ${node.message} at character ${node.offset} of ${body.length}`;
    throw new CallFault('UPSTREAM_INVALID', message, { retryable: true });
  }
  const value = exactValue(node);
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  const issue = read.error.issues[0];
  const path = issue?.path ?? [];
  const expected = issue?.message ?? 'another form';
  const found = describe(valueAt(value, path));
  throw new CallFault('UPSTREAM_INVALID', `${pathText(path)}: expected ${expected}, found ${found}`, {
    retryable: false,
    data: { path: pathText(path), expected, found },
  });
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let current = value;
  for (const key of path) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, key)) return undefined;
    current = (current as Record<PropertyKey, unknown>)[key];
  }
  return current;
}

/** `assetPositions[2].position.szi`; `the answer` = as a whole. */
function pathText(path: readonly PropertyKey[]): string {
  if (path.length === 0) return 'the answer';
  const text = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
  return visible(text.replace(/^\./, ''), MAX_PATH);
}

function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value instanceof ExactNumber) return `the number ${visible(value.digits, MAX_SHOWN)}`;
  if (typeof value === 'string') return `'${visible(value, MAX_SHOWN)}'`;
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}

/** Bounds text from outside and escapes what could forge a line or drive a terminal. */
export function visible(text: string, length: number): string {
  const cut = text.length > length ? `${text.slice(0, length)}...` : text;
  return cut.replace(
    /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\p{Cs}]/gu,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
