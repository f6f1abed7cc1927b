import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { resolveRevision } from '../../../src/git/revision.js';
import { flowChange } from '../../../src/projection/questions/flow-changes.js';
import { createTestRepository, type TestRepository } from '../../support/test-repository.js';

const JANUARY = '.moha/maven/flows/2026/2026-01.jsonl';
const FEBRUARY = '.moha/maven/flows/2026/2026-02.jsonl';

describe('changes of flows', () => {
  let place: TestRepository;
  beforeEach(() => {
    place = createTestRepository();
  });
  afterEach(() => place.remove());

  it('are lines, wherever they stand, and lines that are gone', async () => {
    const states = [
      place.commit({ [JANUARY]: 'a\nb\n', '.moha/maven/trades/2026/2026-01-14.jsonl': 't\n' }),
      place.commit({ [JANUARY]: 'a\nb\nc\nc\n', [FEBRUARY]: 'd\n' }),
      place.commit({ [JANUARY]: 'c\nb2\na\nc\n', '.moha/maven/trades/2026/2026-01-14.jsonl': 't\nu\n' }),
      place.commit({ [JANUARY]: null }),
    ];
    const repository = await place.open();
    const between = async (from: number, to: number) => {
      const tree = async (at: number) =>
        (await resolveRevision(repository, states[at]))?.artifactsTree ?? null;
      return flowChange(repository, { before: await tree(from), after: await tree(to) });
    };
    expect(await between(0, 0)).toEqual({ added: 0, removed: 0 });
    expect(await between(0, 1)).toEqual({ added: 3, removed: 0 });
    expect(await between(1, 2)).toEqual({ added: 1, removed: 1 });
    expect(await between(2, 3)).toEqual({ added: 0, removed: 4 });
    expect(await flowChange(repository, { before: null, after: null })).toEqual({ added: 0, removed: 0 });
  });
});
