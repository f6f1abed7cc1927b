import { InvalidRecordError } from './invalid-record-error.js';
import type { JsonEntry, JsonNode, JsonObject } from './json-node.js';
import { compactJson, type JsonText, jsonTextOf } from './json-text.js';
import { quote } from './problem-list.js';
import { requireJsonObject } from './require-json-object.js';
import { readTime } from './time.js';

export interface MergedObject {
  /** Null where there are conflicts. */
  readonly json: JsonText | null;
  /** One line each. */
  readonly conflicts: readonly string[];
}

/**
 * Merges three versions of a JSON object by key, with the same outcome whoever merges whom.
 *
 * What one side alone changed is taken; a key that one side changed and the other removed stays. Where both changed: of two
 * counters both steps count, of two times the later one is taken (of `created_at` the earlier), objects are merged by
 * key, and anything else is a conflict.
 *
 * @param base - common ancestor; `{}` = there is none.
 * @throws {@link InvalidRecordError} when one is not a JSON object that a record may hold.
 */
export function mergeObjects(base: JsonText, ours: JsonText, theirs: JsonText): MergedObject {
  const conflicts: string[] = [];
  const [before, our, their] = [
    requireJsonObject('base', base),
    requireJsonObject('ours', ours),
    requireJsonObject('theirs', theirs),
  ];
  const merged = mergeKeys(before, our, their, '', conflicts);
  if (conflicts.length > 0) return { json: null, conflicts };
  const reading = jsonTextOf(merged);
  if ('fault' in reading) throw new InvalidRecordError('merged', `a JSON object: ${reading.fault.message}`);
  return { json: reading.json, conflicts };
}

function mergeKeys(
  base: JsonObject,
  ours: JsonObject,
  theirs: JsonObject,
  place: string,
  conflicts: string[],
): JsonObject {
  const inBase = base.entries.map(({ key }) => key);
  const known = new Set(inBase);
  const added = [...ours.entries, ...theirs.entries].map(({ key }) => key).filter((key) => !known.has(key));
  // Additions in order of name: theirs after ours would differ with who merges whom.
  const keys = [...inBase, ...[...new Set(added)].sort()];
  const entries = keys.flatMap((key): readonly JsonEntry[] => {
    const value = mergeValues(
      memberOf(base, key),
      memberOf(ours, key),
      memberOf(theirs, key),
      place + key,
      conflicts,
    );
    return value === null ? [] : [{ key, value, offset: 0 }];
  });
  return { kind: 'object', entries, offset: 0 };
}

/** Null = absent, going in and coming out. */
function mergeValues(
  base: JsonNode | null,
  ours: JsonNode | null,
  theirs: JsonNode | null,
  place: string,
  conflicts: string[],
): JsonNode | null {
  if (isSame(theirs, base)) return ours;
  if (isSame(ours, base)) return theirs;
  // Two steps to one number are two steps; of anything else an equal change is one.
  if (isSame(ours, theirs)) return (base !== null && ours !== null && addSteps(base, ours, ours)) || ours;
  if (ours === null || theirs === null) return ours ?? theirs;
  if (ours.kind === 'object' && theirs.kind === 'object') {
    const before: JsonObject = base?.kind === 'object' ? base : { kind: 'object', entries: [], offset: 0 };
    return mergeKeys(before, ours, theirs, `${place}.`, conflicts);
  }
  const decided = addSteps(base, ours, theirs) ?? chooseTime(place, ours, theirs);
  if (decided === null) conflicts.push(`${quote(place)}: changed on both sides`);
  return decided ?? ours;
}

/** Two counters that went on from one value. */
function addSteps(base: JsonNode | null, ours: JsonNode, theirs: JsonNode): JsonNode | null {
  const [before, our, their] = [
    base === null ? 0n : wholeNumber(base),
    wholeNumber(ours),
    wholeNumber(theirs),
  ];
  if (before === null || our === null || their === null) return null;
  return { kind: 'number', digits: String(our + their - before), offset: 0 };
}

function wholeNumber(node: JsonNode): bigint | null {
  return node.kind === 'number' && /^-?\d{1,300}$/.test(node.digits) ? BigInt(node.digits) : null;
}

function chooseTime(place: string, ours: JsonNode, theirs: JsonNode): JsonNode | null {
  const [our, their] = [timeOf(ours), timeOf(theirs)];
  if (our === null || their === null) return null;
  const earlier = /(^|\.)created_at$/.test(place);
  return our < their === earlier ? ours : theirs;
}

function timeOf(node: JsonNode): string | null {
  return node.kind === 'string' ? (readTime(node.value)?.time ?? null) : null;
}

function isSame(left: JsonNode | null, right: JsonNode | null): boolean {
  if (left === null || right === null) return left === right;
  return compactJson(left) === compactJson(right);
}

function memberOf(object: JsonObject, key: string): JsonNode | null {
  return object.entries.find((entry) => entry.key === key)?.value ?? null;
}
