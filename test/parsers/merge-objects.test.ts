import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeObjects } from '../../parsers/merge-objects.js';

const merge = (base: unknown, ours: unknown, theirs: unknown) => {
  const { json, conflicts } = mergeObjects(
    JSON.stringify(base),
    JSON.stringify(ours),
    JSON.stringify(theirs),
  );
  return { value: json === null ? null : (JSON.parse(json) as unknown), conflicts };
};
const value = fc.oneof(
  fc.integer({ min: -9, max: 9 }),
  fc.constantFrom('x', 'y', null, true),
  fc.constant(['z']),
);
const object = fc.dictionary(
  fc.constantFrom('a', 'b', 'c', 'd'),
  fc.oneof(value, fc.dictionary(fc.constantFrom('e', 'f'), value)),
);

describe('merging JSON objects by key', () => {
  it('counts both steps of a counter, takes the later time, and merges objects by key', () => {
    const base = { total: 5, updated_at: '2026-01-01T00:00:00+00:00', links: { a: '1' } };
    const ours = { total: 7, updated_at: '2026-01-03T00:00:00+00:00', links: { a: '1', b: '2' } };
    const theirs = { total: 6, updated_at: '2026-01-02T00:00:00+00:00', links: { a: '9' }, role: 'CFO' };
    const expected = { total: 8, updated_at: ours.updated_at, links: { a: '9', b: '2' }, role: 'CFO' };
    expect(merge(base, ours, theirs)).toEqual({ value: expected, conflicts: [] });
    expect(merge(base, theirs, ours)).toEqual({ value: expected, conflicts: [] });
    expect(merge({ n: 1 }, { n: 2 }, { n: 2 })).toEqual({ value: { n: 3 }, conflicts: [] });
  });

  it('takes the earlier time of creation, keeps what one side changed and the other removed', () => {
    const [early, late] = ['2026-01-01T00:00:00+00:00', '2026-01-02T00:00:00+00:00'];
    expect(merge({}, { created_at: late }, { created_at: early }).value).toEqual({ created_at: early });
    expect(merge({ a: 'x', b: 'x' }, { a: 'y' }, { b: 'x' })).toEqual({ value: { a: 'y' }, conflicts: [] });
  });

  it('leaves two different words to a person', () => {
    expect(merge({ name: 'Maven' }, { name: 'A' }, { name: 'B' })).toEqual({
      value: null,
      conflicts: ["'name': changed on both sides"],
    });
  });

  it('gives the same whoever merges whom, and what one side alone changed', () => {
    fc.assert(
      fc.property(object, object, object, (base, ours, theirs) => {
        expect(merge(base, ours, theirs)).toEqual(merge(base, theirs, ours));
        expect(merge(base, ours, base).value).toEqual(ours);
        expect(merge(base, base, theirs).value).toEqual(theirs);
      }),
    );
  });
});
