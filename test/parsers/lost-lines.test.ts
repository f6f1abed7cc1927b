import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lostLines } from '../../parsers/lost-lines.js';

describe('lines that a version no longer has', () => {
  it('counts blank lines in the number, and never as lost', () => {
    expect(lostLines('a\n\nb\n', 'a\n')).toEqual([{ line: 'b', number: 3 }]);
    expect(lostLines('a\n\n\n', 'a\n')).toEqual([]);
  });

  it('of equal lines the last ones are lost; their order does not matter', () => {
    expect(lostLines('a\nb\na\n', 'b\na\n')).toEqual([{ line: 'a', number: 3 }]);
  });

  it('with what is lost put back, nothing is lost; each stands where it is said to', () => {
    const text = fc.array(fc.constantFrom('', 'a', 'b', 'c')).map((lines) => lines.join('\n'));
    fc.assert(
      fc.property(text, text, (before, after) => {
        const lost = lostLines(before, after);
        for (const { line, number } of lost) expect(before.split('\n')[number - 1]).toBe(line);
        expect(lostLines(before, [after, ...lost.map(({ line }) => line)].join('\n'))).toEqual([]);
      }),
    );
  });
});
