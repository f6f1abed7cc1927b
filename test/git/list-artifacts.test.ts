import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openRepository } from '../../src/git/repository.js';
import { resolveRevision } from '../../src/git/revision.js';
import { listArtifacts } from '../../src/git/tree.js';
import { createTestRepository, type TestRepository } from '../support/test-repository.js';

describe.each([true, false])('a listing of some folders, native git %s', (nativeGit) => {
  let place: TestRepository;
  beforeEach(() => {
    place = createTestRepository();
    place.commit({
      '.moha/maven/identity.json': '{}\n',
      '.moha/maven/decisions/decision_20260101_000000.md': 'x\n',
      '.moha/maven/snapshots/2026/01/a.json': '1\n',
      '.moha/maven/snapshots/2026/02/b.json': '2\n',
      '.moha/maven/snapshots-of-others/c.json': '3\n',
      '.moha/maven/state/moha.json': '4\n',
    });
  });
  afterEach(() => place.remove());

  const list = async (folders?: readonly string[]): Promise<readonly string[]> => {
    const repository = await openRepository(place.folder, { nativeGit });
    const tree = (await resolveRevision(repository))?.artifactsTree ?? '';
    return (await listArtifacts(repository, tree, folders)).map(({ path }) =>
      path.replace('.moha/maven/', ''),
    );
  };

  it('has what is below them, in order, and nothing beside', async () => {
    expect(await list(['state', 'snapshots', 'metrics'])).toEqual([
      'snapshots/2026/01/a.json',
      'snapshots/2026/02/b.json',
      'state/moha.json',
    ]);
    expect(await list(['metrics'])).toEqual([]);
    expect(await list()).toHaveLength(6);
  });
});
