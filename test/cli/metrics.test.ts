import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CliRun, maven } from '../support/cli.js';
import { createServerDatabase } from '../support/databases.js';
import { createDemoRepository } from '../support/demo-repository.js';
import { AWAY } from '../support/test-context.js';
import type { TestRepository } from '../support/test-repository.js';

describe('metrics on the command line', () => {
  let repository: TestRepository;
  let created: Awaited<ReturnType<typeof createServerDatabase>>;
  beforeAll(async () => {
    created = await createServerDatabase();
    repository = createDemoRepository();
  });
  afterAll(async () => {
    await created.drop();
    repository.remove();
  });

  const run = (args: readonly string[], url = created.url): Promise<CliRun> =>
    maven(['metrics', ...args], { cwd: repository.folder, env: { MAVEN_DATABASE_URL: url } });
  const commits = () => repository.git('rev-list', '--count', 'HEAD').trim();
  const numbersOf = ({ stdout }: CliRun) =>
    (JSON.parse(stdout) as { written: { label: string; record: Record<string, unknown> }[] }).written.map(
      ({ label, record }) => ({
        ...record,
        label,
        computedAt: null,
        detail: { ...(record.detail as Record<string, unknown>), asOf: null },
      }),
    );

  it('a dry run gives the same numbers by SQL and from git, and writes nothing', async () => {
    const before = commits();
    const bySql = await run(['--all', '--dry-run', '--json']);
    const byFold = await run(['--all', '--dry-run', '--json'], AWAY);
    expect([bySql.exitCode, byFold.exitCode, commits()]).toEqual([0, 0, before]);
    expect(JSON.parse(bySql.stdout)).toMatchObject({ source: 'postgres', unchanged: 0, commit: null });
    expect(JSON.parse(byFold.stdout)).toMatchObject({ source: 'git', unchanged: 0, commit: null });
    const sorted = (all: ReturnType<typeof numbersOf>) =>
      [...all].sort((left, right) => (left.label < right.label ? -1 : 1));
    expect(sorted(numbersOf(byFold))).toEqual(sorted(numbersOf(bySql)));
    // What the history's own maker counted, by definitions of its own.
    const month = numbersOf(bySql).find(({ label }) => label === '2025-12');
    expect(month).toMatchObject({ totalTrades: '302', totalPnlUsd: '50.23341998', avgWinUsd: '9.51028421' });
  });

  it('writes every period in one commit, then nothing', async () => {
    const first = await run(['--all']);
    expect([first.exitCode, first.stdout]).toEqual([
      0,
      expect.stringMatching(/^metrics from postgres: \d+ files written/),
    ]);
    expect(first.stdout).toContain('definitions');
    const after = commits();
    const second = await run(['--all']);
    expect(second.stdout).toContain('nothing new: no commit');
    expect([commits(), repository.git('status', '--porcelain')]).toEqual([after, '']);
  });

  it('refuses what contradicts itself, and dates that are none', async () => {
    expect((await run(['--all', '--date', '2026-01-14'])).exitCode).toBe(1);
    const { exitCode, stderr } = await run(['--date', 'yesterday']);
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('date: expected a day')]);
  });
});
