import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findInTree, indexTree, spliceTree } from '../../src/git/tree-splice.js';

const name = fc
  .string({ minLength: 1, maxLength: 12, unit: 'grapheme' })
  .filter((text) => !/[/\0]/.test(text) && text.isWellFormed());
const file = fc.record({ name, oid: fc.stringMatching(/^[0-9a-f]{40}$/), folder: fc.boolean() });

describe('an index of a tree', () => {
  it('finds what going through the tree finds, and nothing else', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(file, { selector: (entry) => entry.name }),
        fc.array(name),
        (files, others) => {
          const tree = spliceTree(
            Buffer.alloc(0),
            files.map(({ name, oid, folder }) => ({
              name,
              folder,
              state: { mode: folder ? '040000' : '100644', oid },
            })),
          );
          const find = indexTree(tree);
          for (const { name, oid } of files) expect(find(name)?.oid).toBe(oid);
          for (const wanted of [...files.map(({ name }) => name), ...others])
            expect(find(wanted)).toEqual(findInTree(tree, wanted));
        },
      ),
    );
  });

  it('is not made of a tree that is broken', () => {
    expect(() => indexTree(Buffer.from('100644 name\0short'))).toThrow('malformed');
  });
});
