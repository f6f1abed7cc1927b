import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JobDependencies } from '../../src/ledger/job.js';
import { updateIdentity } from '../../src/ledger/update-identity.js';
import { createTestRepository, type TestRepository } from '../support/test-repository.js';

const IDENTITY = '.moha/maven/identity.json';

describe('update of the identity', () => {
  let repository: TestRepository;
  let dependencies: JobDependencies;
  beforeEach(async () => {
    repository = createTestRepository();
    repository.commit({
      [IDENTITY]: '{\n  "name": "Maven",\n  "risk": {\n    "max": 2.50,\n    "b": [1, 2]\n  }\n}\n',
    });
    dependencies = {
      repository: await repository.open(),
      config: { lockTimeoutMs: 10_000 },
      author: { name: 'Test', email: 'test@example.com' },
      clock: () => new Date('2026-01-14T10:00:00Z'),
      notice: () => undefined,
    };
  });
  afterEach(() => repository.remove());

  const commits = (): number => Number(repository.git('rev-list', '--count', 'HEAD'));
  const identity = (): string => repository.git('show', `HEAD:${IDENTITY}`);

  it('merges objects by key, keeps digits and order, and makes one commit of one file', async () => {
    const { path, commit } = await updateIdentity(dependencies, {
      patch: '{"risk":{"b":[3],"floor":null},"mood":"calm"}',
    });
    expect(path).toBe(IDENTITY);
    expect(commit).not.toBeNull();
    expect(identity()).toBe(
      '{\n  "name": "Maven",\n  "risk": {\n    "max": 2.50,\n    "b": [\n      3\n    ],\n    "floor": null\n  },\n  "mood": "calm"\n}\n',
    );
    expect(commits()).toBe(2);
    expect(repository.git('show', '--format=', '--name-only', 'HEAD').trim()).toBe(IDENTITY);
  });

  it('makes no commit when nothing changes', async () => {
    const { commit } = await updateIdentity(dependencies, { patch: '{"name":"Maven","risk":{"max":2.50}}' });
    expect(commit).toBeNull();
    expect(commits()).toBe(1);
  });

  it.each([
    ['{"__proto__":{"polluted":true}}'],
    ['{"risk":{"constructor":{"prototype":{"polluted":true}}}}'],
    ['{"list":[{"__proto__":1}]}'],
    ['{"a":1,"a":2}'],
    ['{"a":"\\u0000"}'],
    ['[1]'],
    ['null'],
    ['{"a":'],
    [''],
    [`${'{"a":'.repeat(70)}1${'}'.repeat(70)}`],
  ])('refuses %s and writes nothing', async (patch) => {
    await expect(updateIdentity(dependencies, { patch })).rejects.toMatchObject({ code: 'INPUT_INVALID' });
    expect(commits()).toBe(1);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it('does not write over an identity that it cannot read', async () => {
    repository.commit({ [IDENTITY]: '{"name": "Maven",\n' });
    await expect(updateIdentity(dependencies, { patch: '{"a":1}' })).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      message: expect.stringContaining(IDENTITY),
    });
    expect(identity()).toBe('{"name": "Maven",\n');
  });

  it('begins one where there is none', async () => {
    repository.commit({ [IDENTITY]: null, '.moha/maven/personas/maven.md': 'calm\n' });
    await updateIdentity(dependencies, { patch: '{"name":"Maven"}' });
    expect(identity()).toBe('{\n  "name": "Maven"\n}\n');
  });
});
