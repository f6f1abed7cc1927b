import { DECIMAL, type FieldType } from './field-type.js';
import { quote } from './problem-list.js';

/** A count, as text like every number of a metrics file. */
export const COUNT: FieldType<string> = {
  expected: 'a whole number from 0',
  form: 'plain',
  isCanonical: (value) => typeof value === 'string' && /^(?:0|[1-9]\d{0,14})$/.test(value),
  read: (context, key, node) => {
    const text = DECIMAL.read(context, key, node);
    if (text === null || COUNT.isCanonical(text)) return text;
    const message = `${key}: ${quote(text)} is not ${COUNT.expected}`;
    context.problems.error('INVALID_VALUE', context.lineAt(node.offset), message);
    return null;
  },
};
