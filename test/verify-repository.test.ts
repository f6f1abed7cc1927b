import { mkdtempSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { formatSnapshot } from '../parsers/snapshot.js';
import { formatState } from '../parsers/state.js';
import { writeRun } from '../src/heartbeat.js';
import {
  type Context,
  openContext,
  reconcile,
  recordCorrection,
  type VerifyOptions,
  verify,
  writeMetrics,
} from '../src/index.js';
import {
  DAY_ONE,
  DAY_TWO,
  DECISION_PATH,
  decision,
  LOSS,
  ledger,
  trade,
  WIN,
} from './projection/fixtures.js';
import { snapshot } from './projection/snapshot-fixtures.js';
import { removeFolder } from './support/remove-folder.js';
import { createTestRepository, type TestRepository } from './support/test-repository.js';

const AWAY = 'postgres://127.0.0.1:1/none';
const MONTH = '.moha/maven/metrics/month/2026-01.md';
const HOUR = '.moha/maven/metrics/hour/2026-01-14T15.md';

const LATER = trade(3, {
  status: 'closed',
  asset: 'ETH',
  realizedPnlUsd: '7',
  openedAt: '2026-01-15T11:00:00.000000+00:00',
  closedAt: '2026-01-15T12:00:00.000000+00:00',
});

let repository: TestRepository;
let context: Context;
let now: string;
let opened: Context[];
beforeEach(async () => {
  repository = createTestRepository();
  repository.commit({ [DECISION_PATH]: decision(), [DAY_ONE]: ledger(WIN), [DAY_TWO]: ledger(LOSS) });
  now = '2026-01-15T18:00:00Z';
  opened = [];
  context = await open();
});
afterEach(async () => {
  for (const one of opened) await one.close();
  repository.remove();
});

async function open(env: Readonly<Record<string, string>> = {}, repo = repository.folder): Promise<Context> {
  const always = { MAVEN_DATABASE_URL: AWAY, MAVEN_GIT_AUTHOR: 'Test <test@example.com>' };
  const one = await openContext({ repo, env: { ...always, ...env }, clock: () => new Date(now) });
  opened.push(one);
  return one;
}

const metrics = () => writeMetrics(context, { period: null, all: true, dryRun: false, wait: true });
const read = (file: string): string => readFileSync(path.join(repository.folder, file), 'utf8');
async function derived(options: VerifyOptions = {}, from = context) {
  const report = await verify(from, { artifactsOnly: true, ...options });
  return { ...report, findings: report.findings.filter(({ layer }) => layer === 'derived') };
}

describe('the derived layer', () => {
  it('finds nothing right after the metrics were written, needs no database, and says what it did not check', async () => {
    await metrics();
    expect(await derived()).toMatchObject({
      errors: 0,
      findings: [],
      layers: { artifacts: 'ok', projection: 'not checked', derived: 'ok', freshness: 'not checked' },
    });
  });

  it('names a number that does not follow: file, line, what follows and what stands', async () => {
    await metrics();
    const text = read(MONTH);
    const stands = text.split('\n').find((line) => line.startsWith('total_pnl_usd')) ?? '';
    expect(stands).toBe('total_pnl_usd: "-5.74"');
    repository.commit({ [MONTH]: text.replace(stands, 'total_pnl_usd: "574"') });
    const report = await derived();
    expect(report).toMatchObject({ errors: 1, layers: { derived: 'findings' } });
    expect(report.findings).toEqual([
      expect.objectContaining({
        code: 'METRICS_NOT_DERIVED',
        severity: 'error',
        path: MONTH,
        line: text.split('\n').indexOf(stands) + 1,
        key: 'month 2026-01',
        column: 'total_pnl_usd',
        expected: '-5.74',
        actual: '574',
        mend: 'maven-git metrics --all',
      }),
    ]);
    await metrics();
    expect(await derived()).toMatchObject({ errors: 0, findings: [] });
  });

  it('names whichever number of whichever file was changed, and no other', async () => {
    await metrics();
    const files = repository.git('ls-files', '.moha/maven/metrics').trim().split('\n');
    const numbers = files.flatMap((file) =>
      [...read(file).matchAll(/^(\w+): "(-?[\d.]+)"$/gm)]
        .filter(([, field]) => field !== 'definitions_version')
        .map(([line, field]) => ({ file, line, field })),
    );
    expect(numbers.length).toBeGreaterThan(200);
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...numbers), async ({ file, line, field }) => {
        const changed = line.replace(/\d(?=")/, (digit) => String((Number(digit) % 9) + 1));
        repository.commit({ [file]: read(file).replace(line, changed) });
        const { findings } = await derived();
        repository.git('reset', '--quiet', '--hard', 'HEAD~1');
        expect(findings.map((one) => [one.code, one.path, one.column])).toEqual([
          ['METRICS_NOT_DERIVED', file, field],
        ]);
      }),
      { numRuns: 8 },
    );
  });

  it('calls a file stale, no error, when facts came after it: trades, and corrections of periods long over', async () => {
    await metrics();
    repository.commit({ [DAY_TWO]: ledger(LOSS, LATER) });
    const report = await derived();
    expect(report).toMatchObject({ errors: 0, layers: { derived: 'ok' } });
    expect(report.findings.map(({ code, severity, key }) => [code, severity, key])).toEqual(
      ['all_time', 'day 2026-01-15', 'month 2026-01', 'week 2026-W03'].map((key) => [
        'METRICS_STALE',
        'warning',
        key,
      ]),
    );
    expect(report.findings[0]).toMatchObject({ column: 'total_trades', expected: '3', actual: '2' });
    await metrics();
    expect((await derived()).findings).toEqual([]);
    await recordCorrection(context, {
      trade: 'moha/1',
      fields: ['realized_pnl_usd=-3'],
      withdraw: [],
      reason: 'late',
    });
    const corrected = await derived();
    expect(corrected.errors).toBe(0);
    expect(corrected.findings.map(({ key }) => key)).toContain('hour 2026-01-14T15');
  });

  it.each(['with native git', 'without it'])(
    'is not fooled by facts that came after a wrong number, %s',
    async (how) => {
      await metrics();
      repository.commit({ [MONTH]: read(MONTH).replace('winning_trades: "1"', 'winning_trades: "2"') });
      repository.commit({ [DAY_TWO]: ledger(LOSS, LATER) });
      const from = how === 'without it' ? await open({ MAVEN_NATIVE_GIT: 'off' }) : context;
      const { findings } = await derived({}, from);
      const wrong = findings.filter(({ severity }) => severity === 'error');
      expect(new Set(wrong.map(({ path: file }) => file))).toEqual(new Set([MONTH]));
      expect(wrong[0]).toMatchObject({ code: 'METRICS_NOT_DERIVED' });
      expect(findings.filter(({ code }) => code === 'METRICS_STALE')).toHaveLength(3);
    },
  );

  it('compares a file for a period that no trade is left in', async () => {
    await metrics();
    const moved = { ...WIN, revision: 2, closedAt: '2026-01-14T16:30:00.000000+00:00' };
    repository.commit({ [DAY_ONE]: ledger(WIN, moved) });
    const hour = (await derived()).findings.find(({ path: file }) => file === HOUR);
    expect(hour).toMatchObject({ code: 'METRICS_STALE', column: 'total_trades', expected: '0', actual: '1' });
  });

  it('cannot tell stale from wrong where history is cut off, and says so', async () => {
    await metrics();
    repository.commit({ [MONTH]: read(MONTH).replace('"-5.74"', '"574"') });
    const folder = mkdtempSync(path.join(os.tmpdir(), 'maven-test-shallow-'));
    try {
      repository.git('clone', '--quiet', '--depth', '1', `file://${repository.folder}`, folder);
      const report = await derived({}, await open({}, folder));
      expect(report).toMatchObject({ errors: 0 });
      expect(report.findings).toEqual([
        expect.objectContaining({
          code: 'METRICS_STALE',
          actual: '574',
          message: expect.stringContaining('this clone does not hold'),
        }),
      ]);
    } finally {
      removeFolder(folder);
    }
  });

  it('tells files of other definitions in one warning, and does not compare them', async () => {
    await metrics();
    const old = (file: string) =>
      read(file).replace('definitions_version: "2"', 'definitions_version: "0"').replace('"-5.74"', '"1"');
    repository.commit({ [MONTH]: old(MONTH), [HOUR]: old(HOUR) });
    const { errors, findings } = await derived();
    expect(errors).toBe(0);
    expect(findings).toEqual([
      expect.objectContaining({ code: 'METRICS_STALE', message: expect.stringContaining('2 files') }),
    ]);
  });

  it('counts the P&L of snapshots again', async () => {
    const [first, second] = ['2026-01-14T10:00:00.000000+00:00', '2026-01-15T10:00:00.000000+00:00'];
    const file = (day: string) => `.moha/maven/snapshots/2026/01/snapshot_202601${day}T100000Z.json`;
    const grown = {
      valueUsd: '50',
      baseline: file('14'),
      windowSeconds: 86_400,
      reason: null,
    };
    const earlier = snapshot(first);
    const later = snapshot(second, {
      totalValueUsd: '1050.00',
      externalFlows: { netUsd: '0', count: 0, since: first },
      pnl: { ...earlier.pnl, '24h': grown },
    });
    repository.commit({ [file('14')]: formatSnapshot(earlier), [file('15')]: formatSnapshot(later) });
    expect((await derived()).findings).toEqual([]);
    const wrong = { ...later, pnl: { ...later.pnl, '24h': { ...grown, valueUsd: '51' } } };
    repository.commit({ [file('15')]: formatSnapshot(wrong) });
    const { findings } = await derived();
    expect(findings).toEqual([
      expect.objectContaining({
        code: 'PNL_NOT_DERIVED',
        layer: 'derived',
        path: file('15'),
        column: 'pnl.24h.value_usd',
        expected: '50.00',
        actual: '51',
      }),
    ]);
  });

  it('names no more than the limit, and counts all', async () => {
    await metrics();
    const change = (file: string) => [file, read(file).replace(/^total_trades: .*$/m, 'total_trades: "77"')];
    const files = repository.git('ls-files', '.moha/maven/metrics').trim().split('\n');
    repository.commit(Object.fromEntries(files.map(change)) as Record<string, string>);
    const report = await derived({ limit: 2 });
    expect([report.errors, report.findings.length]).toEqual([7, 2]);
  });
});

describe('freshness', () => {
  const ran = (job: string, endedAt: string, outcome: 'ok' | 'failed' = 'ok') => {
    const run = { startedAt: endedAt, endedAt, outcome, code: null, committed: false };
    return repository.open().then((opened) => writeRun(opened, job, run));
  };
  const state = (recordedAt: string) =>
    formatState({ source: 'moha', recordedAt, state: '{}' as Parameters<typeof formatState>[0]['state'] });
  async function freshness(options: VerifyOptions = {}, env: Readonly<Record<string, string>> = {}) {
    const one = await open({ MAVEN_DATABASE_URL: 'embedded', ...env });
    await reconcile(one);
    const report = await verify(one, options);
    await one.close();
    const stale = report.findings.filter(({ layer }) => layer === 'freshness');
    return { report, ages: Object.fromEntries(report.feeds.map((feed) => [feed.feed, feed])), stale };
  }

  it('does not call red what was never used', async () => {
    const { report, ages, stale } = await freshness();
    expect(stale).toEqual([]);
    expect(report).toMatchObject({ errors: 0, layers: { freshness: 'ok', derived: 'ok', projection: 'ok' } });
    for (const feed of ['trades', 'snapshots', 'metrics'])
      expect(ages[feed]).toMatchObject({ state: 'not used', at: null, ageSeconds: null });
    expect(ages.reconcile).toMatchObject({ state: 'fresh', ageSeconds: 0 });
  });

  it('takes the last run that went well, or what is in git; two intervals are fresh, more is a warning', async () => {
    repository.commit({ '.moha/maven/state/moha.json': state('2026-01-15T17:49:59.000000+00:00') });
    const late = await freshness();
    expect(late.ages.trades).toMatchObject({ state: 'stale', ageSeconds: 601, source: 'git' });
    expect(late.report.errors).toBe(0);
    expect(late.stale).toEqual([
      expect.objectContaining({
        code: 'FEED_STALE',
        severity: 'warning',
        key: 'trades',
        mend: 'maven-git sync trades',
      }),
    ]);
    await ran('sync trades', '2026-01-15T17:50:00.000Z');
    expect((await freshness()).ages.trades).toMatchObject({ state: 'fresh', ageSeconds: 600, source: 'run' });
    await ran('sync trades', '2026-01-15T17:59:00.000Z', 'failed');
    expect((await freshness()).ages.trades).toMatchObject({ state: 'stale', ageSeconds: 601 });
    const patient = await freshness({}, { MAVEN_FEED_INTERVALS: 'trades=301' });
    expect(patient.ages.trades).toMatchObject({ state: 'fresh', intervalSeconds: 301 });
  });

  it('has no age where the newest record is dated ahead of the clock, until a run tells it', async () => {
    repository.commit({ '.moha/maven/state/moha.json': state('2026-01-15T18:05:01.000000+00:00') });
    const { ages, stale, report } = await freshness();
    expect(ages.trades).toMatchObject({ state: 'ahead', ageSeconds: null, source: 'git' });
    expect(report.errors).toBe(0);
    expect(stale.map(({ code, severity, key }) => [code, severity, key])).toEqual([
      ['FEED_AHEAD', 'warning', 'trades'],
    ]);
    expect((await freshness({ maxAgeSeconds: { trades: 1e9 } })).report.errors).toBe(1);
    await ran('sync trades', '2026-01-15T17:49:59.000Z');
    expect((await freshness()).ages.trades).toMatchObject({ state: 'stale', ageSeconds: 601, source: 'run' });
    now = '2026-01-15T18:00:01Z';
    expect((await freshness()).ages.trades).toMatchObject({ state: 'fresh', source: 'git' });
  });

  it('is an error beyond an age that was asked for, also of a feed that never came in', async () => {
    await metrics();
    now = '2026-01-15T18:30:00Z';
    expect((await freshness({ maxAgeSeconds: { metrics: 1800 } })).report.errors).toBe(0);
    const { report, stale } = await freshness({ maxAgeSeconds: { metrics: 1799, snapshots: 1e9 } });
    expect(report).toMatchObject({ errors: 2, layers: { freshness: 'findings' } });
    expect(stale.map(({ key, severity, actual }) => [key, severity, actual])).toEqual([
      ['snapshots', 'error', null],
      ['metrics', 'error', '1800'],
    ]);
  });

  it('of reconcile it is the time that the first commit has waited', async () => {
    const one = await open({ MAVEN_DATABASE_URL: 'embedded' });
    await reconcile(one);
    const dated = (date: string) => {
      repository.git(
        '-c',
        `user.name=x`,
        'commit',
        '--quiet',
        '--allow-empty',
        '--message',
        'x',
        '--date',
        date,
      );
    };
    process.env.GIT_COMMITTER_DATE = '2026-01-15T17:00:00Z';
    try {
      repository.commit({ [DAY_TWO]: ledger(LOSS, LATER) });
      process.env.GIT_COMMITTER_DATE = '2026-01-15T17:59:00Z';
      dated('2026-01-15T17:59:00Z');
    } finally {
      delete process.env.GIT_COMMITTER_DATE;
    }
    const { feeds } = await verify(one);
    expect(feeds.find(({ feed }) => feed === 'reconcile')).toMatchObject({
      state: 'stale',
      at: '2026-01-15T17:00:00.000000+00:00',
      ageSeconds: 3600,
    });
  });
});
