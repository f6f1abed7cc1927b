import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { snapshotPath } from '../../parsers/paths.js';
import {
  ACCOUNT,
  flowAt,
  flowFiles,
  hour,
  OTHER_ACCOUNT,
  pnlSince,
  position,
  snapshot,
  snapshotFiles,
} from '../projection/snapshot-fixtures.js';
import { type CliRun, maven, PROGRAM } from '../support/cli.js';
import { createServerDatabase } from '../support/databases.js';
import { removeFolder } from '../support/remove-folder.js';
import { AWAY } from '../support/test-context.js';
import { createTestRepository, type TestRepository } from '../support/test-repository.js';

// A Postgres in memory is started for git's answers: that takes its time on a busy machine.
vi.setConfig({ testTimeout: 300_000 });

const NEWEST = snapshot(hour(30), {
  totalValueUsd: '1234.565',
  availableBalanceUsd: '-0.005',
  marginUsedUsd: '600.5',
  unrealizedPnlUsd: '-12.344999',
  positions: [
    position('BTC', { liquidationPrice: null }),
    position('k\u202ePEPE', { side: 'short', sizeAsset: '1000000.00', leverage: null }),
  ],
  externalFlows: { netUsd: '200', count: 1, since: hour(5) },
  pnl: {
    ...snapshot(hour(30)).pnl,
    '24h': pnlSince(hour(5), '69.565', 90_000),
    all: pnlSince(hour(0), '-65.435', 108_000),
  },
  metadata: '{"pnl_pct":{"24h":{"value":"2.876543","reason":null}}}',
});
const HISTORY = {
  ...flowFiles(flowAt(hour(6), 'in', { amountUsd: '200', amountAsset: '200' })),
  ...snapshotFiles(
    snapshot(hour(0), { totalValueUsd: '1100' }),
    ...[1, 2, 3, 4, 5].map((hours) => snapshot(hour(hours), { totalValueUsd: String(1000 - hours * 7) })),
    snapshot(hour(5.5), { totalValueUsd: '1000' }),
    NEWEST,
  ),
};

describe('pnl and portfolio on the command line', () => {
  let repository: TestRepository;
  let created: Awaited<ReturnType<typeof createServerDatabase>>;
  let folder: string;
  let head: string;
  beforeAll(async () => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'maven-test-charts-'));
    created = await createServerDatabase();
    repository = createTestRepository();
    head = repository.commit(HISTORY);
  });
  afterAll(async () => {
    await created.drop();
    repository.remove();
    removeFolder(folder);
  });

  const run = (args: readonly string[], url = created.url, place = repository): Promise<CliRun> =>
    maven(args, { cwd: place.folder, env: { MAVEN_DATABASE_URL: url } });
  const elsewhere = async (files: Record<string, string>, args: readonly string[]): Promise<CliRun> => {
    const place = createTestRepository();
    try {
      place.commit({ '.moha/maven/identity.json': '{}\n', ...files });
      return await run(args, AWAY, place);
    } finally {
      place.remove();
    }
  };

  it('tells every window with what it was counted from, and why there is no number', async () => {
    const { exitCode, stdout, stderr } = await run(['pnl', '--at', hour(31)]);
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(
      new RegExp(`^hyperliquid ${ACCOUNT}\nas of 2026-01-15 06:00:00Z, 1 h ago, complete\n`),
    );
    expect(stdout).toMatch(/ {2}24h +69\.57 +2\.88 % +1 d 1 h +2026-01-14 05:00:00Z +965\.00 +200\.00\n/);
    expect(stdout).toMatch(/ {2}7d +- +- +- +- +- +- +no snapshot near the start of the window\n/);
    expect(stdout).toMatch(/ {2}all +-65\.44 +- +1 d 6 h +2026-01-14 00:00:00Z +1100\.00 +200\.00\n/);
    expect(stdout).toContain(`${snapshotPath(hour(30))} at ${head.slice(0, 12)}, from postgres`);
    const one = await run(['pnl', '--window', '24h', '--at', hour(31)]);
    expect(one.stdout).toContain('  P&L 24h       69.57 USD\n');
    expect(one.stdout).toContain('  return        2.88 % (Modified Dietz)\n');
    expect(one.stdout).toContain('  covered       1 d 1 h (90,000 s)\n');
    expect(one.stdout).toContain(`  counted from  ${snapshotPath(hour(5))}\n`);
    const none = await run(['pnl', '--window', '7d', '--at', hour(31)]);
    expect(none.stdout).toContain('  P&L 7d        not known: no snapshot near the start of the window\n');
  });

  it('shows the account, rounded for people, with what could turn a terminal made visible', async () => {
    const { stdout } = await run(['portfolio', '--at', hour(31)]);
    expect(stdout).toContain('  total value     1234.57 USD\n');
    expect(stdout).toContain('  available       -0.01 USD\n');
    expect(stdout).toContain('  margin used     600.50 USD, 48.64 % of the value\n');
    expect(stdout).toContain('  unrealized P&L  -12.34 USD\n');
    expect(stdout).toContain('  P&L 24h         69.57 USD, 2.88 %, over 1 d 1 h\n');
    expect(stdout).toContain('  P&L 7d          not known\n');
    expect(stdout).toContain('  P&L all         -65.44 USD\n');
    expect(stdout).toMatch(/ {2}BTC +long +1\.5 +100\.25 +150\.38 +-0\.01 +5x +-\n/);
    expect(stdout).toMatch(/ {2}k\\u202ePEPE +short +1000000\.00 +100\.25 +150\.38 +-0\.01 +- +81\.3\n/);
    expect(stdout).not.toContain('\u202e');
    expect((await run(['portfolio', '--quiet'])).stdout).toBe('');
    expect((await run(['portfolio'])).stdout).toMatch(
      /^the newest snapshot is \d+ d.* old; one is due every 1 h\n/,
    );
  });

  it('gives programs the same document from Postgres and, with the database away, from git', async () => {
    for (const args of [
      ['pnl', '--at', hour(31), '--json'],
      ['portfolio', '--at', hour(31), '--chart', '--json'],
    ]) {
      const [near, away] = [await run(args), await run(args, AWAY)];
      expect([near.exitCode, near.stderr, away.exitCode]).toEqual([0, '', 0]);
      const document = JSON.parse(near.stdout) as Record<string, unknown>;
      const text = JSON.stringify(document).replaceAll('"postgres"', '"git"');
      expect(document).toMatchObject({
        revision: head,
        source: 'postgres',
        notice: null,
        asked_at: hour(31),
        definition: { name: 'portfolio_pnl', version: '2' },
        snapshot: { artifact: snapshotPath(hour(30)), age_seconds: 3600, total_value_usd: '1234.565' },
      });
      const fromGit = JSON.parse(away.stdout.replace(/"notice": ".*"/g, '"notice": null')) as unknown;
      expect(JSON.stringify(fromGit)).toBe(text);
      expect(away.stdout + away.stderr).not.toContain('secret');
    }
  });

  it('draws equity with its gaps, no wider than a hundred columns into a pipe', async () => {
    const { exitCode, stdout } = await run(['portfolio', '--at', hour(31), '--chart', '--window', 'all']);
    expect(exitCode).toBe(0);
    const chart = stdout.slice(stdout.indexOf('equity, USD')).split('\n');
    expect(chart[0]).toBe('equity, USD  2026-01-14 00:00:00Z to 2026-01-15 06:00:00Z');
    expect(chart[1]).toMatch(/^1234\.57 ┤ +•$/);
    expect(Math.max(...chart.map((line) => [...line].length))).toBe(100);
    expect(stdout).toContain('▲ deposit, ▼ withdrawal');
    expect(stdout).toContain('1 gap: nothing is drawn where snapshots are missing');
    expect(stdout).not.toContain('\u001b');
  });

  it('writes a picture, over an older one too, and leaves nothing else behind', async () => {
    const file = path.join(folder, 'equity.svg');
    writeFileSync(file, 'older');
    const args = ['portfolio', '--window', 'all', '--svg', file];
    const { exitCode, stdout, stderr } = await run(args);
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(stdout).toContain(`written ${file}`);
    const svg = readFileSync(file, 'utf8');
    expect(svg).toMatch(/^<svg [\s\S]*<\/svg>\n$/);
    expect(svg).toContain(`Portfolio of hyperliquid ${ACCOUNT}`);
    expect(svg).toContain(`as of 2026-01-15 06:00:00Z, revision ${head.slice(0, 12)}`);
    expect(svg).toContain('deposit 200.00');
    const linked = path.join(folder, 'link.svg');
    symlinkSync(file, linked);
    const json = JSON.parse((await run([...args.slice(0, -1), linked, '--json'])).stdout) as Record<
      string,
      unknown
    >;
    expect(json).toMatchObject({ svg: linked, equity: { snapshots: 8 } });
    expect(readdirSync(folder).sort()).toEqual(['equity.svg', 'link.svg']);
  });

  it.each([
    ['missing/a.svg', 'there is no folder', 'mkdir -p'],
    ['folder.svg', 'it is a folder', 'name a file'],
    ['/dev/null', 'it is no regular file', 'name a file'],
  ])('refuses to write %s, says what to do, and leaves what is there', async (name, why, hint) => {
    mkdirSync(path.join(folder, 'folder.svg'), { recursive: true });
    const before = readdirSync(folder);
    const { exitCode, stdout, stderr } = await run(['portfolio', '--svg', path.resolve(folder, name)]);
    expect([exitCode, stdout]).toEqual([1, '']);
    expect(stderr).toContain(why);
    expect(stderr).toContain(hint);
    expect(readdirSync(folder)).toEqual(before);
    const json = await run(['portfolio', '--json', '--svg', path.resolve(folder, name)]);
    expect(JSON.parse(json.stdout)).toMatchObject({ error: { code: 'FILE_UNWRITABLE' } });
  });

  it('says that nothing is known where there is no snapshot, which is an answer', async () => {
    for (const command of ['pnl', 'portfolio']) {
      const { exitCode, stdout } = await elsewhere({}, [command]);
      expect(exitCode).toBe(0);
      expect(stdout).toContain(
        'not known: no portfolio snapshot is recorded yet\n  take one with maven-git snapshot',
      );
      const json = await elsewhere({}, [command, '--json']);
      expect(json.exitCode).toBe(0);
      expect(JSON.parse(json.stdout)).toMatchObject({
        snapshot: null,
        account: null,
        reason: 'no portfolio snapshot is recorded yet',
      });
    }
    expect((await elsewhere({}, ['portfolio', '--chart'])).exitCode).toBe(0);
    const file = path.join(folder, 'none.svg');
    const svg = await elsewhere({}, ['portfolio', '--svg', file]);
    expect(svg.exitCode).toBe(1);
    expect(svg.stderr).toContain('nothing to draw: no portfolio snapshot is recorded yet -- take one');
    expect(existsSync(file)).toBe(false);
  });

  it('tells one snapshot alone, with fifty positions and amounts of every size', async () => {
    const positions = Array.from({ length: 50 }, (_, index) => position(`COIN${index}`));
    const alone = snapshot(hour(0), {
      totalValueUsd: '99999999999999999999.995',
      marginUsedUsd: '0.000000000000000001',
      positions,
    });
    const files = snapshotFiles(alone);
    const { stdout } = await elsewhere(files, ['portfolio', '--chart']);
    expect(stdout).toContain('total value     100000000000000000000.00 USD');
    expect(stdout).toContain('margin used     0.00 USD, 0.00 % of the value');
    expect(stdout.match(/ {2}COIN\d+ /g)).toHaveLength(50);
    expect(stdout).toMatch(/\n100000000000000000000\.00 ┤.*•/);
    expect((await elsewhere(files, ['pnl'])).stdout).toMatch(/ {2}all +- +- .* no snapshot near the start/);
  });

  it('says that the newest is partial, and gives the newest complete one beside it', async () => {
    const partial = snapshot(hour(2), {
      totalValueUsd: null,
      availableBalanceUsd: null,
      marginUsedUsd: null,
      unrealizedPnlUsd: null,
      quality: { status: 'partial', failed: ['spot'] },
    });
    const files = snapshotFiles(snapshot(hour(1), { totalValueUsd: '77' }), partial);
    for (const command of ['pnl', 'portfolio']) {
      const { exitCode, stdout } = await elsewhere(files, [command, '--at', hour(3)]);
      expect(exitCode).toBe(0);
      expect(stdout).toContain(
        `the newest snapshot is partial, without spot; the newest complete one is of ${hour(1)}`,
      );
      expect(stdout).toContain('as of 2026-01-14 02:00:00Z, 1 h ago, partial');
      expect(stdout).toContain(
        `the newest complete snapshot\nhyperliquid ${ACCOUNT}\nas of 2026-01-14 01:00:00Z, 2 h ago, complete`,
      );
    }
    const { stdout } = await elsewhere(files, ['portfolio', '--at', hour(3)]);
    expect(stdout).toContain('  total value     not known\n');
    expect(stdout).toContain('  total value     77.00 USD\n');
  });

  it('asks which account', async () => {
    const files = snapshotFiles(snapshot(hour(0)), snapshot(hour(1), { account: OTHER_ACCOUNT }));
    const { exitCode, stdout, stderr } = await elsewhere(files, ['portfolio']);
    expect([exitCode, stdout]).toEqual([1, '']);
    expect(stderr).toContain(
      `2 accounts have snapshots: hyperliquid/${ACCOUNT}, hyperliquid/${OTHER_ACCOUNT}`,
    );
    expect(stderr).toContain('choose one with --account');
    const chosen = await elsewhere(files, ['portfolio', '--chart', '--account', OTHER_ACCOUNT.toUpperCase()]);
    expect(chosen.stdout).toContain(`hyperliquid ${OTHER_ACCOUNT}`);
  });

  it.each([
    [['pnl', '--at', 'noon'], 'no time, and no commit named "noon"'],
    [['pnl', '--window', '1h'], 'maven-git pnl --help'],
    [['pnl', '--interval', '0'], '--interval: expected a whole number'],
    [['portfolio', '--account', '0xbad'], 'no snapshot of account "0xbad"'],
  ])('refuses %j', async (args, message) => {
    const { exitCode, stdout, stderr } = await run(args);
    expect([exitCode, stdout]).toEqual([1, '']);
    expect(stderr).toContain(message);
  });

  it('loads the drawing of pictures only for a picture', () => {
    const coverage = mkdtempSync(path.join(os.tmpdir(), 'maven-loaded-'));
    try {
      execFileSync(process.execPath, [PROGRAM, 'portfolio', '--repo', repository.folder], {
        env: { ...process.env, MAVEN_DATABASE_URL: AWAY, NODE_V8_COVERAGE: coverage },
        stdio: 'ignore',
      });
      const loaded = readdirSync(coverage)
        .flatMap((name) => scriptsIn(readFileSync(path.join(coverage, name), 'utf8')))
        .filter((file) => file.startsWith(path.dirname(PROGRAM)));
      expect(loaded.length).toBeGreaterThan(3);
      for (const file of loaded) expect(readFileSync(file, 'utf8')).not.toContain('vega-lite');
    } finally {
      removeFolder(coverage);
    }
  });
});

/** Files whose code was run, as V8's coverage tells. */
function scriptsIn(coverage: string): readonly string[] {
  const { result } = JSON.parse(coverage) as { readonly result: readonly { readonly url: string }[] };
  return result.flatMap(({ url }) => (url.startsWith('file:') ? [fileURLToPath(url)] : []));
}
