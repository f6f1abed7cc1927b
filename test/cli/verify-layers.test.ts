import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY_ONE, ledger, trade } from '../projection/fixtures.js';
import { type CliRun, maven } from '../support/cli.js';
import { createServerDatabase } from '../support/databases.js';
import { createTestRepository, type TestRepository } from '../support/test-repository.js';

const DAY = '.moha/maven/metrics/day/2026-01-14.md';
const ENDED = trade(1, {
  status: 'closed',
  realizedPnlUsd: '10.5',
  closedAt: '2026-01-14T15:30:00.000000+00:00',
});

describe('verify on the command line, layer by layer', () => {
  let repository: TestRepository;
  let database: Awaited<ReturnType<typeof createServerDatabase>>;
  beforeAll(async () => {
    database = await createServerDatabase();
    repository = createTestRepository();
    repository.commit({ [DAY_ONE]: ledger(ENDED) });
    await run(['metrics', '--all']);
  });
  afterAll(async () => {
    await database.drop();
    repository.remove();
  });
  const run = (args: readonly string[]): Promise<CliRun> =>
    maven(args, { cwd: repository.folder, env: { MAVEN_DATABASE_URL: database.url } });

  it('tells each layer, and the age of each feed', async () => {
    const { exitCode, stdout } = await run(['verify']);
    expect(exitCode).toBe(0);
    for (const layer of ['artifacts ', 'projection', 'derived   ', 'freshness ']) {
      expect(stdout).toMatch(new RegExp(`^  ${layer}  ok`, 'm'));
    }
    expect(stdout).toMatch(
      /trades not used, snapshots not used, metrics \d+ (s|min).* old, reconcile up to date/,
    );
  });

  it('fails for a feed older than asked for, and for one that never came in; a wrong age is no verdict', async () => {
    expect((await run(['verify', '--max-age', 'metrics=30d', '--max-age=reconcile=60s'])).exitCode).toBe(0);
    const late = await run(['verify', '--max-age', 'trades=10m']);
    expect([late.exitCode, late.stdout]).toEqual([
      1,
      expect.stringContaining('FEED_STALE trades: nothing has ever come in; at most 10 min was allowed'),
    ]);
    for (const wrong of ['trades=soon', 'trades', 'weather=10m', 'trades=0m']) {
      const { exitCode, stderr } = await run(['verify', '--max-age', wrong]);
      expect([exitCode, stderr]).toEqual([
        2,
        expect.stringContaining('--max-age: expected a feed and an age'),
      ]);
    }
    expect((await run(['verify', '--artifacts-only', '--max-age', 'trades=1m'])).exitCode).toBe(2);
  });

  it('tells ledger lines of another branch that are not here, with a database or without any', async () => {
    repository.git('switch', '--quiet', '--create', 'elsewhere');
    repository.commit({ [DAY_ONE]: ledger(ENDED, trade(2)) });
    repository.git('switch', '--quiet', 'main');
    const alone = await run(['verify', '--artifacts-only', '--base', 'elsewhere', '--json']);
    expect([alone.exitCode, JSON.parse(alone.stdout)]).toMatchObject([
      1,
      {
        layers: { artifacts: 'findings', projection: 'not checked', derived: 'ok' },
        findings: [{ code: 'LEDGER_REWRITTEN', path: DAY_ONE, line: 2 }],
        money: {},
      },
    ]);
    expect(await run(['verify', '--artifacts-only', '--base', 'main'])).toMatchObject({ exitCode: 0 });
  });

  it('annotates the line of a number that does not follow', async () => {
    const text = readFileSync(path.join(repository.folder, DAY), 'utf8');
    const line = text.split('\n').findIndex((one) => one.startsWith('total_pnl_usd')) + 1;
    repository.commit({ [DAY]: text.replace('total_pnl_usd: "4.38"', 'total_pnl_usd: "438"') });
    const shown = await run(['verify', '--artifacts-only']);
    expect([shown.exitCode, shown.stdout]).toEqual([
      1,
      expect.stringContaining(`${DAY}:${line}\n      total_pnl_usd: expected "4.38", found "438"`),
    ]);
    const { stdout } = await run(['verify', '--artifacts-only', '--format', 'github']);
    expect(stdout).toContain(
      `::error file=${DAY},line=${line},title=METRICS_NOT_DERIVED::total_pnl_usd of day`,
    );
    expect(stdout).toContain('(total_pnl_usd: expected 4.38, found 438); mend: maven-git metrics --all');
  });
});
