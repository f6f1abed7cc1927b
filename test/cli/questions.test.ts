import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { formatSnapshot } from '../../parsers/snapshot.js';
import { DAY_ONE, DECISION, DECISION_PATH, decision, ledger, trade } from '../projection/fixtures.js';
import { type CliRun, maven } from '../support/cli.js';
import { createServerDatabase } from '../support/databases.js';
import { AWAY } from '../support/test-context.js';
import { createTestRepository, type TestRepository } from '../support/test-repository.js';

// A Postgres in memory is started for git's answers: that takes its time on a busy machine.
vi.setConfig({ testTimeout: 300_000 });

const closed = (id: number, change: Parameters<typeof trade>[1] = {}) =>
  trade(id, {
    status: 'closed',
    realizedPnlUsd: '10',
    feesUsd: '1',
    closedAt: '2026-01-14T15:00:00.000000+00:00',
    ...change,
  });
const TRADES = [
  closed(1, { decision: DECISION }),
  closed(2),
  closed(3, { realizedPnlUsd: '-5' }),
  // A name that would turn the line, were it obeyed.
  closed(4, { asset: 'ET\u202eH', realizedPnlUsd: '0' }),
];

/** Of an hour, whose flows begin at another. */
function snapshotFile(
  hour: number,
  since: number | null,
  totalValueUsd: string,
  netUsd: string | null,
  status: 'complete' | 'partial',
): Readonly<Record<string, string>> {
  const time = (of: number) => `2026-01-14T${of}:00:00.000000+00:00`;
  const none = { valueUsd: null, baseline: null, windowSeconds: null, reason: 'not counted' };
  const text = formatSnapshot({
    source: 'hyperliquid',
    account: 'main',
    snapshotType: 'scheduled',
    snapshotAt: time(hour),
    recordedAt: time(hour),
    quality: { status, failed: status === 'partial' ? ['flows'] : [] },
    totalValueUsd,
    availableBalanceUsd: null,
    marginUsedUsd: null,
    unrealizedPnlUsd: null,
    positions: [],
    externalFlows: { netUsd, count: 0, since: since === null ? null : time(since) },
    pnl: { '24h': none, '7d': none, '30d': none, all: none },
    metadata: null,
  });
  return { [`.moha/maven/snapshots/2026/01/snapshot_20260114T${hour}0000Z.json`]: text };
}

describe('win-rate, performance, decisions, search and diff on the command line', () => {
  let repository: TestRepository;
  let history: TestRepository;
  let created: Awaited<ReturnType<typeof createServerDatabase>>;
  let first: string;
  let head: string;
  beforeAll(async () => {
    created = await createServerDatabase();
    repository = createTestRepository();
    history = createTestRepository();
    history.commit({
      [DAY_ONE]: ledger(...TRADES),
      ...snapshotFile(10, null, '1000', '1000', 'complete'),
      ...snapshotFile(11, 10, '1', null, 'partial'),
      ...snapshotFile(12, 10, '1170', '200', 'complete'),
    });
    first = repository.commit({
      [DAY_ONE]: ledger(...TRADES),
      [DECISION_PATH]: decision('buy \u001b[31m the dip'),
    });
    head = repository.commit({
      [DAY_ONE]: ledger(...TRADES, closed(3, { revision: 2, realizedPnlUsd: '5' })),
    });
  });
  afterAll(async () => {
    await created.drop();
    repository.remove();
    history.remove();
  });

  const run = (args: readonly string[], url = created.url): Promise<CliRun> =>
    maven(args, { cwd: repository.folder, env: { MAVEN_DATABASE_URL: url } });
  const json = ({ stdout }: CliRun) => JSON.parse(stdout) as Record<string, unknown>;

  it('tells a win rate with its interval, its basis and where it is from', async () => {
    const { exitCode, stdout, stderr } = await run(['win-rate', 'btc']);
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(
      /^btc win rate, all time {2}100\.00 %\n {2}3 of 3 ended trades won, 0 lost, 0 breakeven; net 22\.00 USD/,
    );
    expect(stdout).toContain(
      'the true rate lies in 43.85 to 100.00 % with 95 % confidence, as there are few trades',
    );
    expect(stdout).toContain('counted from the trades; no metrics file of all_time is written');
    expect(stdout).toContain(`${DAY_ONE}\n`);
    expect(stdout).toContain(`at ${head.slice(0, 12)}, from postgres`);
    const all = await run(['win-rate', '--label', '2026-01-14']);
    expect(all.stdout).toMatch(/win rate, 2026-01-14 {2}75\.00 %/);
    expect(all.stdout).toContain('ET\\u202eH');
    expect(all.stdout).not.toMatch(/\u202e/);
  });

  it('is not known where nothing has ended: exit 0, null, with the reason', async () => {
    const { exitCode, stdout } = await run(['win-rate', "DOGE'; --", '--json']);
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      win_rate: { value: null, reason: "no trade of DOGE'; -- has ended", n: 0, interval: null },
    });
    expect((await run(['performance', '--label', '2020-01'])).stdout).toContain(
      'not known: no trade ended in the period',
    );
  });

  it('tells beside the drawdown whether it is one of trades or of the account', async () => {
    expect((await run(['performance'])).stdout).toMatch(/^ {2}largest drawdown +0\.00 USD, by trades$/m);
    const { stdout } = await maven(['performance'], {
      cwd: history.folder,
      env: { MAVEN_DATABASE_URL: AWAY },
    });
    expect(stdout).toMatch(/^ {2}largest drawdown +30\.00 USD, by snapshots$/m);
    // 30 of 1000 and the 200 that were paid in.
    expect(stdout).toMatch(/^ {2}in percent +2\.50 %$/m);
  });

  it('gives programs the same from Postgres and, with the database stopped, from git', async () => {
    for (const asked of [['win-rate', 'BTC'], ['performance'], ['decisions']]) {
      const [near, away] = [await run([...asked, '--json']), await run([...asked, '--json'], AWAY)];
      expect([near.exitCode, away.exitCode]).toEqual([0, 0]);
      expect(json(near)).toMatchObject({ source: 'postgres', revision: head, behind_by: 0, notice: null });
      const fromGit = json(away);
      expect(fromGit.source).toBe('git');
      expect(fromGit.notice).toContain('cannot be reached');
      expect(away.stdout + away.stderr).not.toContain('secret');
      // Ages are counted to now.
      const still = (document: unknown): unknown =>
        JSON.parse(
          JSON.stringify(document, (key, value) =>
            key === 'age_seconds' || key === 'asked_at' ? null : value,
          ),
        );
      expect(still({ ...fromGit, source: 'postgres', notice: null })).toEqual(still(json(near)));
    }
  });

  it('answers as it was before a correction, and tells the correction in money', async () => {
    const before = await run(['win-rate', 'BTC', '--at', 'HEAD~1']);
    expect(before.stdout).toContain('66.67 %');
    expect(before.stdout).toContain(`at ${first.slice(0, 12)}, 1 commit before HEAD, from git`);
    expect(json(await run(['trades', '--at', first, '--asset', 'btc', '--json']))).toMatchObject({
      revision: first,
      totals: { net_pnl_usd: '12' },
    });
    const diff = await run(['diff', `${first}..`], AWAY);
    expect(diff.exitCode).toBe(0);
    expect(diff.stdout).toContain('1 corrected');
    expect(diff.stdout).toMatch(/net P&L +11\.00 +21\.00 +\+10\.00/);
    expect(diff.stdout).toMatch(/moha\/3 +corrected +BTC +long +-6\.00 +4\.00 +\+10\.00 +realized_pnl_usd/);
    expect((await run(['diff', 'HEAD..HEAD'])).stdout).toContain('nothing changed');
  });

  it('lists decisions with what they earned, and finds words', async () => {
    const { stdout } = await run(['decisions', '--outcome', 'win']);
    expect(stdout).toMatch(/2026-01-14 14:24:08Z +buy +BTC +82 % +win +1 +9\.00 +buy \\u001b\[31m the dip/);
    expect(stdout).toContain('1 decision: 1 win; net 9.00 USD');
    expect((await run(['decisions', '--outcome', 'loss'])).stdout).toContain('no decision fits');
    const found = await run(['search', 'dips']);
    expect(found.stdout).toContain(`decision buy  2026-01-14 14:24:08Z  BTC`);
    expect(found.stdout).not.toContain('\u001b');
  });

  it.each([
    [['win-rate', '--period', 'year'], '--period'],
    [['win-rate', '--label', '2026-W99'], 'label: expected an hour'],
    [['win-rate', ''], 'asset: expected a text'],
    [['performance', '--at', 'nowhere'], 'no time, and no commit named "nowhere"'],
    [['pnl', '--at', '2026-13-01'], '2026-13-01'],
    [['trades', '--at', '2001-01-01'], 'nothing was committed at or before 2001-01-01'],
    [['decisions', '--cursor', 'x'], 'cursor: "x" is no cursor'],
    [['decisions', '--limit', '0'], '--limit: expected a whole number'],
    [['diff', 'HEAD'], 'range: expected A..B'],
    [['diff', 'a...b'], 'range: expected A..B'],
  ])('refuses %j', async (args, message) => {
    const { exitCode, stdout, stderr } = await run(args);
    expect([exitCode, stdout]).toEqual([1, '']);
    expect(stderr).toContain(message);
  });
});
