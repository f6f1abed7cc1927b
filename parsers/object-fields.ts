import type { FieldContext, FieldType } from './field-type.js';
import type { JsonNode, JsonObject } from './json-node.js';
import type { ProblemCode, Severity } from './problem.js';
import { quote } from './problem-list.js';

/** Reads the fields of one object by name; says at the end whether a record can be made of them. */
export interface ObjectFields {
  readonly context: FieldContext;
  /** @returns null = absent, null, or unreadable (a problem says so). */
  optional<T extends string | number>(key: string, type: FieldType<T>): T | null;
  /** @returns the value, or `fallback` when there is none: the object is then not complete. */
  required<T extends string | number>(key: string, type: FieldType<T>, fallback: T): T;
  /** Reads an object below. @returns `fallback` when there is none, or not a whole one: this one is then not complete. */
  object<T>(key: string, read: (fields: ObjectFields) => T, fallback: T): T;
  /** Reads an array of objects below; this object is complete only when each of them is. */
  objects<T>(key: string, read: (fields: ObjectFields) => T): readonly T[];
  /** Reads an array of values below; this object is complete only when each of them is readable. */
  values<T extends string | number>(key: string, type: FieldType<T>): readonly T[];
  /** Refuses what a newer program wrote: its fields may mean something else. Absent = 1. @returns false = refused. */
  version(expected: number): boolean;
  /** @returns the raw value of a key that may be absent without a word; null = absent. */
  node(key: string): JsonNode | null;
  /** Reports keys nobody asked for. @returns false = a required field is missing or unreadable. */
  complete(): boolean;
}

/** Opens an object for reading. A key that stands twice is contradictory: no record is made of the object. */
export function objectFields(object: JsonObject, context: FieldContext): ObjectFields {
  return new FieldsOfObject(object, context);
}

class FieldsOfObject implements ObjectFields {
  readonly context: FieldContext;
  private readonly source: JsonObject;
  private readonly nodes = new Map<string, JsonNode>();
  private readonly asked = new Set<string>();
  /** Keys that are not there: reported together, since an old file lacks many. */
  private readonly absent: string[] = [];
  private readonly absentRequired: string[] = [];
  private whole = true;

  constructor(object: JsonObject, context: FieldContext) {
    this.context = context;
    this.source = object;
    for (const { key, value, offset } of object.entries) {
      if (this.nodes.has(key))
        this.fail('DUPLICATE_FIELD', offset, `${quote(key)} stands twice in one object`);
      this.nodes.set(key, value);
    }
  }

  node(key: string): JsonNode | null {
    this.asked.add(key);
    return this.nodes.get(key) ?? null;
  }

  optional<T extends string | number>(key: string, type: FieldType<T>): T | null {
    const node = this.node(key);
    if (node !== null) return isNull(node) ? null : type.read(this.context, key, node);
    this.absent.push(key);
    return null;
  }

  required<T extends string | number>(key: string, type: FieldType<T>, fallback: T): T {
    const node = this.node(key);
    if (node === null || isNull(node)) return this.missing(key, node, fallback);
    const value = type.read(this.context, key, node);
    if (value === null) this.whole = false;
    return value ?? fallback;
  }

  object<T>(key: string, read: (fields: ObjectFields) => T, fallback: T): T {
    const node = this.node(key);
    if (node?.kind === 'object') return this.readObject(node, read);
    if (node === null || isNull(node)) return this.missing(key, node, fallback);
    this.fail('INVALID_VALUE', node.offset, `${key}: expected an object`);
    return fallback;
  }

  objects<T>(key: string, read: (fields: ObjectFields) => T): readonly T[] {
    return this.items(key).flatMap((item) => {
      if (item.kind === 'object') return [this.readObject(item, read)];
      this.fail('INVALID_VALUE', item.offset, `${key}: expected an object`);
      return [];
    });
  }

  values<T extends string | number>(key: string, type: FieldType<T>): readonly T[] {
    return this.items(key).flatMap((item) => {
      const value = type.read(this.context, key, item);
      if (value !== null) return [value];
      this.whole = false;
      return [];
    });
  }

  version(expected: number): boolean {
    const node = this.node('v');
    if (node === null) {
      const line = this.context.lineAt(this.source.offset);
      this.context.problems.warning('MISSING_FIELD', line, 'v is absent, read as version 1');
      return true;
    }
    const found = node.kind === 'number' ? node.digits : node.kind === 'string' ? node.value : '';
    if (found === String(expected)) return true;
    this.fail('UNSUPPORTED_VERSION', node.offset, `version ${quote(found)}, expected ${expected}`);
    return false;
  }

  complete(): boolean {
    for (const { key, offset } of this.source.entries) {
      if (this.asked.has(key)) continue;
      this.asked.add(key);
      this.context.problems.warning(
        'UNKNOWN_FIELD',
        this.context.lineAt(offset),
        `${quote(key)} is not a known field`,
      );
    }
    this.reportAbsent('error', 'absent, required', this.absentRequired);
    this.reportAbsent('warning', 'absent, read as null', this.absent);
    return this.whole;
  }

  private reportAbsent(severity: Severity, what: string, keys: string[]): void {
    if (keys.length === 0) return;
    const line = this.context.lineAt(this.source.offset);
    this.context.problems[severity]('MISSING_FIELD', line, `${what}: ${keys.join(', ')}`);
    keys.length = 0;
  }

  private items(key: string): readonly JsonNode[] {
    const node = this.node(key);
    if (node?.kind === 'array') return node.items;
    if (node === null || isNull(node)) return this.missing(key, node, []);
    this.fail('INVALID_VALUE', node.offset, `${key}: expected an array`);
    return [];
  }

  private readObject<T>(node: JsonObject, read: (fields: ObjectFields) => T): T {
    const fields = new FieldsOfObject(node, this.context);
    const value = read(fields);
    if (!fields.complete()) this.whole = false;
    return value;
  }

  private missing<T>(key: string, node: JsonNode | null, fallback: T): T {
    if (node === null) this.absentRequired.push(key);
    else this.fail('MISSING_FIELD', node.offset, `${key} is null, it is required`);
    this.whole = false;
    return fallback;
  }

  private fail(code: ProblemCode, offset: number, message: string): void {
    this.context.problems.error(code, this.context.lineAt(offset), message);
    this.whole = false;
  }
}

/** Tells whether a value is JSON's null. */
export function isNull(node: JsonNode): boolean {
  return node.kind === 'literal' && node.value === null;
}
