import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { DAY_ONE, DECISION, DECISION_PATH, decision, ledger, trade } from '../projection/fixtures.js';
import { type CliRun, faultsIn, maven } from '../support/cli.js';
import { createServerDatabase } from '../support/databases.js';
import { AWAY } from '../support/test-context.js';
import { createTestRepository, type TestRepository } from '../support/test-repository.js';

// A Postgres in memory is started for git's answers: that takes its time on a busy machine.
vi.setConfig({ testTimeout: 300_000 });

const LIQUIDATED = trade(2, {
  asset: 'ETH',
  status: 'liquidated',
  realizedPnlUsd: '-10.005',
  feesUsd: '0.0049',
  openedAt: '2026-01-14T14:24:09.900000+00:00',
  closedAt: '2026-01-14T16:00:00.000000+00:00',
});
/** A name that would colour the terminal, were it obeyed. */
const HOSTILE = trade(3, {
  sourceBotId: 'bot\u202eevil',
  status: 'closed',
  openedAt: '2026-01-14T10:00:00.000000+00:00',
});

describe('trades and history on the command line', () => {
  let repository: TestRepository;
  let created: Awaited<ReturnType<typeof createServerDatabase>>;
  let first: string;
  let head: string;
  beforeAll(async () => {
    created = await createServerDatabase();
    repository = createTestRepository();
    first = repository.commit({ [DAY_ONE]: ledger(trade(1), HOSTILE), [DECISION_PATH]: decision('buy') });
    head = repository.commit({
      [DAY_ONE]: ledger(trade(1), HOSTILE, LIQUIDATED, trade(1, { revision: 2, leverage: '5' })),
      [DECISION_PATH]: decision('sell'),
    });
  });
  afterAll(async () => {
    await created.drop();
    repository.remove();
  });

  const run = (args: readonly string[], url = created.url): Promise<CliRun> =>
    maven(args, { cwd: repository.folder, env: { MAVEN_DATABASE_URL: url } });

  it('lists trades in aligned columns with exact sums, and says what is not known', async () => {
    const { exitCode, stdout, stderr } = await run(['trades']);
    expect([exitCode, faultsIn(stderr)]).toEqual([0, []]);
    const lines = stdout.split('\n');
    expect(lines[0]).toMatch(/^ {2}trade +opened +closed +asset +side +status +size +entry/);
    expect(lines[1]).toMatch(
      /^ {2}moha\/2 +2026-01-14 14:24:09Z +2026-01-14 16:00:00Z +ETH +long +liquidated +0\.18 .* -10\.01 +0\.00 +-10\.01 +7$/,
    );
    expect(lines.slice(1, 4).map((line) => line.trim().split(' ')[0])).toEqual([
      'moha/2',
      'moha/1',
      'moha/3',
    ]);
    expect(stdout).toContain(`3 trades at ${head.slice(0, 12)}, from postgres`);
    expect(stdout).toContain('realized -10.01 USD, fees 12.24 USD, net -10.01 USD');
    expect(stdout).toContain('12.24 USD of the fees are of trades with nothing realized, and not in the net');
    expect(stdout).toContain('not complete: 1 ended trade with no P&L known');
    expect(stdout).toContain('bot\\u202eevil');
    expect(stdout).not.toContain('\u202e');
  });

  it('says how many more there are, and when there are none', async () => {
    const { stdout } = await run(['trades', '--limit', '1', '--since', '2026-01-14']);
    expect(stdout).toContain('... 2 more, older; --limit shows more');
    expect(stdout).toContain('3 trades');
    expect((await run(['trades', '--asset', 'DOGE'])).stdout).toContain('no trade fits');
  });

  it('gives programs the same document from Postgres and, with the database away, from git', async () => {
    const asked = ['trades', '--asset', 'btc', '--status', 'open', '--json'];
    const [near, away] = [await run(asked), await run(asked, AWAY)];
    expect([near.exitCode, away.exitCode]).toEqual([0, 0]);
    const document = JSON.parse(near.stdout) as Record<string, unknown>;
    expect(document).toMatchObject({
      revision: head,
      source: 'postgres',
      notice: null,
      total: 1,
      returned: 1,
      totals: { realized_pnl_usd: '0', fees_usd: '6.12', net_pnl_usd: '0', unknown_pnl: 0 },
      trades: [{ id: 'moha/1', revision: '2', leverage: '5', git_path: DAY_ONE, git_line: 4 }],
    });
    const { notice, ...fromGit } = JSON.parse(away.stdout) as Record<string, unknown>;
    expect({ ...fromGit, notice: null }).toEqual({ ...document, source: 'git' });
    expect(notice).toContain('cannot be reached');
    expect(away.stdout + away.stderr).not.toContain('secret');
    expect((await run(['trades'], AWAY)).stdout).toMatch(/^answered from git, since/);
  });

  it.each([
    [['trades', '--since', 'yesterday'], 'since: expected a time with its zone'],
    [['trades', '--limit', 'all'], '--limit: expected a whole number'],
    [['trades', '--limit', '0'], 'limit: expected a whole number from 1'],
    [['trades', '--status', 'gone'], 'maven-git trades --help'],
    [['history'], 'maven-git history --help'],
    [['history', '4711'], 'no trade "4711" in the ledger'],
    [['history', 'decision_20200101_000000'], 'no commit up to'],
  ])('refuses %j', async (args, message) => {
    const { exitCode, stdout, stderr } = await run(args);
    expect([exitCode, stdout]).toEqual([1, '']);
    expect(stderr).toContain(message);
  });

  it('tells every revision of a trade, without a database', async () => {
    const { exitCode, stdout } = await run(['history', 'moha/1'], AWAY);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^moha\/1 {2}2 revisions\n\n {2}revision 1 {2}/);
    expect(stdout).toMatch(
      new RegExp(
        `revision 1 {2}${first.slice(0, 12)} {2}\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\dZ {2}Test <test@example.com>`,
      ),
    );
    expect(stdout).toMatch(new RegExp(`revision 2 {2}${head.slice(0, 12)} `));
    expect(stdout).toContain(`${DAY_ONE}:4`);
    expect(stdout).toContain('leverage  10 -> 5');
    expect((await run(['history', '3'])).stdout).toContain('bot\\u202eevil');
    expect(JSON.parse((await run(['history', '1', '--json'], AWAY)).stdout)).toMatchObject({
      kind: 'trade',
      revision: head,
      complete: true,
      trades: [{ id: 'moha/1', revisions: [{ commit: { commit: first } }, { commit: { commit: head } }] }],
    });
    const missing = await run(['history', '4711', '--json']);
    expect(missing.exitCode).toBe(1);
    expect(JSON.parse(missing.stdout)).toMatchObject({ error: { code: 'RECORD_NOT_FOUND' } });
  });

  it('tells every change of a decision', async () => {
    const { stdout } = await run(['history', DECISION], AWAY);
    expect(stdout).toContain(`${DECISION}  2 commits`);
    expect(stdout).toContain(`created  ${first.slice(0, 12)}`);
    expect(stdout).toContain(`changed  ${head.slice(0, 12)}`);
    expect(stdout).toContain('action  buy -> sell');
  });
});
