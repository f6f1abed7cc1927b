import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JobDependencies } from '../../src/ledger/job.js';
import { recordDecision } from '../../src/ledger/record-decision.js';
import { recordInsight } from '../../src/ledger/record-insight.js';
import { createTestRepository, type TestRepository } from '../support/test-repository.js';

const SECOND = '2026-01-14T14:24:08Z';

describe('the name of a record of a second', () => {
  let repository: TestRepository;
  beforeEach(() => {
    repository = createTestRepository();
    repository.commit({ '.moha/maven/personas/maven.md': 'calm\n' });
  });
  afterEach(() => repository.remove());

  const decide = async (action: string): Promise<string> => {
    const dependencies: JobDependencies = {
      repository: await repository.open(),
      config: { lockTimeoutMs: 10_000 },
      author: { name: 'Test', email: 'test@example.com' },
      clock: () => new Date(SECOND),
      notice: () => undefined,
    };
    const { path } = await recordDecision(dependencies, { type: 'buy', action });
    await recordInsight(dependencies, { type: 'note', text: action });
    return path.replace('.moha/maven/decisions/', '');
  };

  it('counts where nobody else records', async () => {
    expect([await decide('one'), await decide('two'), await decide('two')]).toEqual([
      'decision_20260114_142408.md',
      'decision_20260114_142408_1.md',
      'decision_20260114_142408_2.md',
    ]);
  });

  it('is of the content in a clone that exchanges with others, so that two machines always merge', async () => {
    repository.git('remote', 'add', 'origin', 'https://example.com/memory.git');
    const start = repository.git('rev-parse', 'HEAD').trim();
    const here = await decide('here');
    repository.git('switch', '--quiet', '--create', 'there', start);
    const there = await decide('there');
    expect(here).toMatch(/^decision_20260114_142408_\d{6}\.md$/);
    expect(there).toMatch(/^decision_20260114_142408_\d{6}\.md$/);
    expect(there).not.toBe(here);
    repository.git('merge', '--quiet', '--no-edit', 'main');
    const files = repository.git('ls-files', '.moha/maven/decisions', '.moha/maven/insights');
    expect(files.trim().split('\n')).toHaveLength(4);
    // The very same once more is another record all the same.
    expect(await decide('here')).not.toBe(here);
  });
});
