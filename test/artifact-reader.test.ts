import { symlinkSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Context, commitsBehind, listArtifactsAtHead, openContext, readArtifact } from '../src/index.js';
import { createTestRepository, type TestRepository } from './support/test-repository.js';

const PERSONA = '.moha/maven/personas/maven.md';

describe('reading artifacts of HEAD', () => {
  let repository: TestRepository;
  let context: Context;
  beforeEach(async () => {
    repository = createTestRepository();
    repository.commit({ [PERSONA]: 'calm\n', 'secret.md': 'key\n', '.moha/maven/README.md': 'not one\n' });
    context = await openContext({ repo: repository.folder, env: {} });
  });
  afterEach(async () => {
    await context.close();
    repository.remove();
  });

  it('reads what is committed, not what lies on the disk', async () => {
    const head = repository.git('rev-parse', 'HEAD').trim();
    expect(await readArtifact(context, PERSONA)).toEqual({
      revision: head,
      path: PERSONA,
      text: 'calm\n',
      problems: [],
    });
    expect(await readArtifact(context, '.moha/maven/personas/other.md')).toBeNull();
  });

  it.each([
    '.moha/maven/../../secret.md',
    '.moha/maven/personas/../../../secret.md',
    'secret.md',
    '/etc/passwd',
    '.moha/maven/README.md',
    '.moha/maven/personas/a\0.md',
    '.moha/maven/personas/',
    '.git/config',
  ])('finds nothing at %j', async (name) => {
    expect(await readArtifact(context, name)).toBeNull();
  });

  it('follows no symbolic link', async () => {
    symlinkSync('../../../secret.md', path.join(repository.folder, '.moha/maven/personas/link.md'));
    repository.commit({});
    await expect(readArtifact(context, '.moha/maven/personas/link.md')).rejects.toMatchObject({
      code: 'COMMIT_UNSAFE',
    });
    const { artifacts } = await listArtifactsAtHead(context);
    expect(artifacts.map((artifact) => artifact.path)).toEqual([PERSONA]);
  });

  it('counts commits behind', async () => {
    const first = repository.git('rev-parse', 'HEAD').trim();
    expect(await commitsBehind(context, first)).toBe(0);
    repository.commit({});
    repository.commit({});
    expect(await commitsBehind(context, first)).toBe(2);
    expect(await commitsBehind(context, '0'.repeat(40))).toBeNull();
  });
});
