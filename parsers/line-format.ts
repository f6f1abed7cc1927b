import type { FieldType } from './field-type.js';
import { InvalidRecordError } from './invalid-record-error.js';

/** A value of a record, in the order of its format's fields. */
export type FieldValue = string | number | null;

/** One key of a JSON line. */
export interface LineField {
  readonly key: string;
  /** What stands before the value: `,"key":`. Ready-made, since a ledger of a million lines has twenty million of them. */
  readonly lead: string;
  readonly type: FieldType<string> | FieldType<number>;
  /** Never null. */
  readonly required: boolean;
}

/** The format of one kind of JSON line: its keys in order, and the record they make. `v` comes first. */
export interface LineFormat<T> {
  readonly version: number;
  readonly fields: readonly LineField[];
  /** Makes the record of values that the field types have accepted. */
  build(values: readonly FieldValue[]): T;
  /** Takes a record apart, in the order of the fields. */
  values(record: T): readonly FieldValue[];
  /** What tells a record from another of the same file. */
  identity(record: T): string;
}

/** Names a field that every record has. */
export function required(key: string, type: LineField['type']): LineField {
  return { key, lead: `,"${key}":`, type, required: true };
}

/** Names a field that may be null. */
export function optional(key: string, type: LineField['type']): LineField {
  return { key, lead: `,"${key}":`, type, required: false };
}

/**
 * Writes one record as one JSON line, newline included.
 *
 * @throws {@link InvalidRecordError} when a value is out of its form.
 */
export function formatLine<T>(format: LineFormat<T>, record: T): string {
  const values = format.values(record);
  let line = `{"v":${format.version}`;
  for (const [index, field] of format.fields.entries())
    line += field.lead + formatValue(field, values[index] ?? null);
  return `${line}}\n`;
}

/**
 * Writes some fields of a record as {@link formatLine} writes them, for whoever puts lines together from parts.
 *
 * @param first - key of the first of them; `last` of the last one.
 * @throws {@link InvalidRecordError} when a value is out of its form.
 */
export function formatFields<T>(format: LineFormat<T>, record: T, first: string, last: string): string {
  const values = format.values(record);
  const from = fieldIndex(format, first);
  return format.fields
    .slice(from, fieldIndex(format, last) + 1)
    .map((field, index) => field.lead + formatValue(field, values[from + index] ?? null))
    .join('');
}

/** @throws Error when the format has no such key. */
export function fieldIndex<T>(format: LineFormat<T>, key: string): number {
  const index = format.fields.findIndex((field) => field.key === key);
  if (index === -1) throw new Error(`no field ${key}`);
  return index;
}

/** So many texts of one field are remembered; a field with more of them is not worth remembering. */
const MOST_REMEMBERED = 256;

/**
 * Makes a function that writes as {@link formatLine} does, for ledgers of a million lines: it remembers how the values
 * that stand on many lines are written (asset, side, status, metadata), instead of checking each of them again.
 */
export function lineWriter<T>(format: LineFormat<T>): (record: T) => string {
  const start = `{"v":${format.version}`;
  const slots = format.fields.map((field) => ({
    field,
    none: `${field.lead}null`,
    quoted: `${field.lead}"`,
    known: new Map<FieldValue, string>(),
    full: false,
  }));
  return (record) => {
    const values = format.values(record);
    let line = start;
    for (let index = 0; index < slots.length; index += 1) {
      const slot = slots[index];
      if (slot === undefined) continue;
      const { field } = slot;
      const value = values[index] ?? null;
      if (value === null && !field.required) {
        line += slot.none;
      } else if (!slot.full) {
        let text = slot.known.get(value);
        if (text === undefined) {
          text = field.lead + formatValue(field, value);
          slot.known.set(value, text);
          slot.full = slot.known.size > MOST_REMEMBERED;
        }
        line += text;
      } else if (field.type.form === 'plain' && value !== null && field.type.isCanonical(value)) {
        line += slot.quoted;
        line += value;
        line += '"';
      } else {
        line += field.lead + formatValue(field, value);
      }
    }
    return `${line}}\n`;
  };
}

function formatValue(field: LineField, value: FieldValue): string {
  if (value === null) {
    if (field.required) throw new InvalidRecordError(field.key, field.type.expected);
    return 'null';
  }
  if (!field.type.isCanonical(value)) throw new InvalidRecordError(field.key, field.type.expected);
  switch (field.type.form) {
    case 'plain':
      return `"${value}"`;
    case 'escaped':
      return JSON.stringify(value);
    case 'digits':
    case 'object':
      return String(value);
  }
}
