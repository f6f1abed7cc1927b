import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { StandInScript } from '../../src/sources/hyperliquid/stand-in/script.js';
import { type StandIn, startStandIn } from '../../src/sources/hyperliquid/stand-in/start-stand-in.js';
import { type CliRun, faultsIn, maven } from '../support/cli.js';
import { createServerDatabase } from '../support/databases.js';
import { type Service, startService } from '../support/service.js';
import { AWAY } from '../support/test-context.js';
import { createTestRepository, type TestRepository } from '../support/test-repository.js';

const ACCOUNT = '0x8e2f4b6a9c01d3e5f7089ab1c2d3e4f506172839';
const AGENT = '0x2222222222222222222222222222222222222222';
const STRANGER = '0x3333333333333333333333333333333333333333';
const SCRIPT: StandInScript = {
  address: ACCOUNT,
  agents: [AGENT],
  moments: [
    {
      at: '2026-02-01T00:00:00Z',
      perp: {
        accountValue: '10000.505',
        positions: [{ coin: 'BTC', size: '0.1', entryPrice: '90000', markPrice: '91000', leverage: 10 }],
      },
    },
    { at: '2026-03-01T12:30:00Z', perp: { accountValue: '12600.505' } },
  ],
  flows: [
    { at: '2026-02-01T00:00:00Z', delta: { type: 'deposit', usdc: '10000.0' } },
    { at: '2026-03-01T12:30:00Z', delta: { type: 'deposit', usdc: '2500.0' } },
  ],
};

describe('snapshot on the command line', () => {
  let repository: TestRepository;
  let standIn: StandIn;
  let now: Date;
  beforeEach(async () => {
    now = new Date('2026-03-01T12:00:02.500Z');
    standIn = await startStandIn({ script: SCRIPT, clock: () => now });
    repository = createTestRepository();
    await run(['init']);
  });
  afterEach(async () => {
    await standIn.close();
    repository.remove();
  });

  const env = (more: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> => ({
    HYPERLIQUID_ADDRESS: ACCOUNT,
    HYPERLIQUID_API_URL: standIn.url,
    MAVEN_DATABASE_URL: AWAY,
    ...more,
  });
  const run = (args: readonly string[], more: Readonly<Record<string, string>> = {}): Promise<CliRun> =>
    maven(args, { cwd: repository.folder, env: env(more) });
  const head = (): string => repository.git('rev-parse', 'HEAD');
  const artifacts = (folder: string): readonly string[] =>
    repository
      .git('ls-tree', '-r', '--name-only', 'HEAD', `.moha/maven/${folder}/`)
      .split('\n')
      .filter((path) => path !== '');
  const flowIds = (): readonly string[] =>
    artifacts('flows')
      .flatMap((path) => repository.git('show', `HEAD:${path}`).trim().split('\n'))
      .map((line) => (JSON.parse(line) as { readonly external_flow_id: string }).external_flow_id);

  it('takes one an hour, shows its P&L, and projects it', async () => {
    const created = await createServerDatabase();
    const database = { MAVEN_DATABASE_URL: created.url };
    const first = await run(['snapshot'], database);
    expect([first.exitCode, faultsIn(first.stderr)]).toEqual([0, []]);
    expect(first.stdout).toContain(
      `snapshot of ${ACCOUNT} at 2026-03-01 12:00:02Z (scheduled, hyperliquid@127.0.0.1)`,
    );
    expect(first.stdout).toMatch(/total value {5}10000\.51 USD\n {2}available {7}9090\.51 USD/);
    expect(first.stdout).toContain('external flows  10000.00 USD, 1 flow since the beginning');
    expect(first.stdout).toMatch(/all +not known +no complete snapshot of this account before this one/);
    const again = await run(['snapshot'], database);
    expect(again).toMatchObject({ exitCode: 0 });
    expect(again.stdout).toContain(
      'nothing to do: the slot 2026-03-01 12:00:00Z to 2026-03-01 13:00:00Z has its snapshot, snapshot_20260301T120002Z.json',
    );
    now = new Date('2026-03-02T12:00:02.500Z');
    const second = await run(['snapshot', '--json'], database);
    expect(JSON.parse(second.stdout)).toMatchObject({
      outcome: 'written',
      path: '.moha/maven/snapshots/2026/03/snapshot_20260302T120002Z.json',
      snapshot: {
        total_value_usd: '12600.505',
        external_flows: { net_usd: '2500.0', count: 1, since: '2026-03-01T12:00:02.500000+00:00' },
        // 12600.505 - 10000.505 - 2500
        pnl: { '24h': { value_usd: '100.000', window_seconds: 86_400 }, '7d': { value_usd: null } },
      },
      new_flows: [{ classification: 'external', amount_usd: '2500.0' }],
      commit: { parent: expect.any(String) },
      published: { status: 'projected' },
    });
    const client = new pg.Client({ connectionString: created.url });
    await client.connect();
    const rows = await client
      .query(
        'select total_value_usd, external_flow_usd, pnl_24h, pnl_7d from maven_portfolio_snapshots order by 1',
      )
      .finally(() => client.end());
    expect(rows.rows).toEqual([
      { total_value_usd: '10000.505', external_flow_usd: '10000.0', pnl_24h: null, pnl_7d: null },
      { total_value_usd: '12600.505', external_flow_usd: '2500.0', pnl_24h: '100.000', pnl_7d: null },
    ]);
    expect(JSON.parse((await run(['verify', '--format', 'json'], database)).stdout)).toMatchObject({
      verdict: 'in sync',
    });
    await created.drop();
  });

  it('prints with --dry-run what it would write, and writes nothing', async () => {
    const before = head();
    const { exitCode, stdout } = await run(['snapshot', '--dry-run', '--type', 'manual']);
    expect(exitCode).toBe(0);
    expect(stdout).toContain(
      '  "snapshot_type": "manual",\n  "snapshot_at": "2026-03-01T12:00:02.500000+00:00",',
    );
    expect(stdout).toContain('dry run: nothing was written');
    expect(head()).toBe(before);
    expect(repository.git('status', '--porcelain')).toBe('');
  });

  it.each([
    ['', /HYPERLIQUID_ADDRESS: is missing/],
    ['0x123', /HYPERLIQUID_ADDRESS: expected 0x and 40 hex digits, got 3/],
    [`0x${'7'.repeat(64)}`, /HYPERLIQUID_ADDRESS: .* looks like a private key/],
  ])('refuses the address %j in one line, and does not show it', async (address, message) => {
    const before = head();
    const { exitCode, stdout, stderr } = await run(['snapshot'], { HYPERLIQUID_ADDRESS: address });
    expect([exitCode, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).not.toContain('7777');
    expect([head(), standIn.requests.length]).toEqual([before, 0]);
  });

  it.each([
    [['snapshot', '--interval', '0'], '--interval: expected a whole number from 1 to 86400'],
    [['snapshot', '--type', 'weekly'], 'maven-git snapshot --help'],
    [['snapshot', '--loop', '--dry-run'], 'maven-git snapshot --help'],
  ])('refuses %j', async (args, message) => {
    const { exitCode, stderr } = await run(args);
    expect(exitCode).toBe(1);
    expect(stderr).toContain(message);
  });

  it('ends in one clear error when the exchange refuses, tells the session log, and writes no snapshot', async () => {
    standIn.misbehave({ kind: 'refused' }, { call: 'clearinghouseState' });
    const { exitCode, stderr } = await run(['snapshot']);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(
      /^maven-git: Hyperliquid clearinghouseState: status 422: .* -- check HYPERLIQUID_ADDRESS/,
    );
    expect([artifacts('snapshots'), artifacts('flows'), artifacts('state')]).toEqual([[], [], []]);
    expect(repository.git('show', 'HEAD:.moha/maven/session_log.md')).toContain(
      'snapshot failed: Hyperliquid',
    );
    standIn.behave();
    expect((await run(['snapshot'])).exitCode).toBe(0);
    expect(repository.git('show', 'HEAD:.moha/maven/session_log.md')).toContain('snapshot works again');
  });

  it('four at once in one slot: one snapshot, one commit, four times success', async () => {
    const before = Number(repository.git('rev-list', '--count', 'HEAD'));
    const runs = await Promise.all(Array.from({ length: 4 }, () => run(['snapshot', '--json'])));
    const outcomes = runs.map(({ stdout }) => (JSON.parse(stdout) as { readonly outcome: string }).outcome);
    expect(runs.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0, 0]);
    expect(outcomes.sort()).toEqual(['slot_taken', 'slot_taken', 'slot_taken', 'written']);
    expect(artifacts('snapshots')).toHaveLength(1);
    expect(Number(repository.git('rev-list', '--count', 'HEAD'))).toBe(before + 1);
  });

  it.each([
    ['objects-written', 'written'],
    ['files-written', 'slot_taken'],
    ['ref-moved', 'slot_taken'],
    ['journal-removed', 'slot_taken'],
  ])('killed at %s: the next run is right, and nothing stands twice', async (step, outcome) => {
    const killed = await run(['snapshot'], { MAVEN_CRASH_AT: step });
    expect(killed.exitCode).toBeNull();
    const next = await run(['snapshot', '--json']);
    expect(next.exitCode).toBe(0);
    // What was ready to be moved into place is completed, what was not is done again.
    expect(JSON.parse(next.stdout)).toMatchObject({ outcome });
    expect(artifacts('snapshots').map((path) => path.slice(-21))).toEqual(['20260301T120002Z.json']);
    expect(repository.git('status', '--porcelain')).toBe('');
    now = new Date('2026-03-01T13:00:02.500Z');
    const last = JSON.parse((await run(['snapshot', '--json'])).stdout) as Record<string, unknown>;
    // 12600.505 - 10000.505 - 2500
    expect(last).toMatchObject({
      snapshot: { external_flows: { net_usd: '2500.0' }, pnl: { all: { value_usd: '100.000' } } },
    });
    expect([flowIds().length, new Set(flowIds()).size]).toEqual([2, 2]);
  });

  const loop = (args: readonly string[]): Service =>
    startService(['snapshot', '--loop', ...args], { cwd: repository.folder, env: env() });

  it('loops until it is asked to end', async () => {
    const service = loop(['--interval', '3600']);
    await service.said('scheduled snapshot:');
    const second = await run(['snapshot', '--loop']);
    expect(second).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('runs already') });
    expect(await service.end('SIGTERM')).toBe(0);
    expect(service.output()).toMatch(
      / - maven\.snapshot - INFO - scheduled snapshot: 10000\.51 USD; P&L 24h not known, 7d not known, 30d not known, all not known; 1 new flow\n/,
    );
    expect(service.output()).toContain('ended as asked; what was committed stands');
    expect(artifacts('snapshots')).toHaveLength(1);
  });

  it('prints one document a line with --loop --json, so that a reader may take them one by one', async () => {
    const beganMs = Date.now();
    const base = now.getTime();
    await standIn.close();
    standIn = await startStandIn({
      script: SCRIPT,
      clock: () => new Date(base + Date.now() - beganMs),
    });
    const service = loop(['--json', '--interval', '1']);
    await service.said('"outcome":', 2);
    expect(await service.end('SIGTERM')).toBe(0);
    const documents = service.stdout().trim().split('\n');
    expect(documents.length).toBeGreaterThanOrEqual(2);
    for (const line of documents)
      expect(JSON.parse(line)).toMatchObject({ outcome: expect.stringMatching(/^(written|slot_taken)$/) });
  });

  it.each([
    ['an agent wallet', AGENT, `set HYPERLIQUID_ADDRESS=${ACCOUNT}`],
    ['an address that nobody has', STRANGER, 'check the address, digit by digit'],
  ])('ends a loop over %s at once, with what to do: no waiting mends it', async (_what, address, hint) => {
    const ended = await run(['snapshot', '--loop'], { HYPERLIQUID_ADDRESS: address });
    expect(ended.exitCode).toBe(1);
    expect(ended.stderr).toContain(hint);
    expect(ended.stdout).not.toContain('next try');
    const asJson = await run(['snapshot', '--loop', '--json'], { HYPERLIQUID_ADDRESS: address });
    expect(asJson.stdout.trim().split('\n')).toHaveLength(1);
    expect(JSON.parse(asJson.stdout)).toMatchObject({ error: { code: 'CONFIG_INVALID' } });
  });

  it('tries again in a loop when the exchange cannot be reached', async () => {
    await standIn.close();
    const service = loop([]);
    await service.said('next try in');
    expect(await service.end('SIGTERM')).toBe(0);
  });
});
