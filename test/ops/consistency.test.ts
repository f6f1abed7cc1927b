import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { TradeRevision } from '../../parsers/trades.js';
import { DAY_ONE, DECISION_PATH, decision, ledger, trade } from '../projection/fixtures.js';
import { PROGRAM } from '../support/cli.js';
import { removeFolder } from '../support/remove-folder.js';
import { createTestRepository, type TestRepository } from '../support/test-repository.js';

const ACTION = path.resolve(import.meta.dirname, '../../.github/actions/consistency');

const closed: Partial<TradeRevision> = {
  status: 'closed',
  positionAction: 'close',
  exitPrice: '98000',
  realizedPnlUsd: '130.5',
  closedAt: '2026-01-14T15:24:08.000000+00:00',
};
const first = ledger(trade(1, closed), trade(2));
const DAY_METRICS = '.moha/maven/metrics/day/2026-01-14.md';

describe('the consistency check, as the workflow runs it on a fresh clone', () => {
  let origin: TestRepository;
  let clone: string;
  let summary: string;
  let good: string;
  beforeAll(() => {
    origin = createTestRepository();
    const env = {
      ...process.env,
      MAVEN_DATABASE_URL: 'embedded',
      MAVEN_GIT_AUTHOR: 'Test <test@example.com>',
    };
    const maven = (...args: readonly string[]) =>
      execFileSync(process.execPath, [PROGRAM, ...args], { cwd: origin.folder, env, stdio: 'pipe' });
    maven('init');
    origin.commit({ [DAY_ONE]: first, [DECISION_PATH]: decision() });
    maven('metrics', '--all');
    good = origin.git('rev-parse', 'HEAD').trim();
  }, 120_000);
  afterAll(() => origin.remove());
  beforeEach(() => {
    origin.git('reset', '--quiet', '--hard', good);
    const place = mkdtempSync(path.join(os.tmpdir(), 'maven-test-consistency-'));
    clone = path.join(place, 'checkout');
    summary = path.join(place, 'summary.md');
    return () => removeFolder(place);
  });

  /** Clones what the origin has now, and checks it against the good commit. */
  function check(options: { readonly base?: string; readonly depth?: number } = {}) {
    const depth = options.depth === undefined ? [] : [`--depth=${options.depth}`];
    rmSync(clone, { recursive: true, force: true });
    execFileSync('git', ['clone', '--quiet', ...depth, `file://${origin.folder}`, clone]);
    const { MAVEN_DATABASE_URL: _, ...inherited } = process.env;
    const env = {
      ...inherited,
      MAVEN_REPOSITORY: clone,
      MAVEN_BASE: options.base ?? good,
      GITHUB_STEP_SUMMARY: summary,
    };
    const { status, stdout, stderr } = spawnSync('bash', [path.join(ACTION, 'verify.sh')], {
      env,
      encoding: 'utf8',
    });
    return {
      status,
      stdout,
      stderr,
      errors: stdout.split('\n').filter((line) => line.startsWith('::error')),
      summary: existsSync(summary) ? readFileSync(summary, 'utf8') : '',
    };
  }

  it('is an action that runs what these tests run', () => {
    const action = parse(readFileSync(path.join(ACTION, 'action.yml'), 'utf8'));
    const steps = action.runs.steps as readonly { readonly run?: string; readonly env?: object }[];
    expect(steps.at(-1)?.run).toBe('bash "$GITHUB_ACTION_PATH/verify.sh"');
    expect(Object.keys(steps.at(-1)?.env ?? {})).toEqual(['MAVEN_REPOSITORY', 'MAVEN_BASE']);
    const workflow = parse(readFileSync(path.join(ACTION, '../../workflows/consistency.yml'), 'utf8'));
    const used = workflow.jobs.consistency.steps as readonly { readonly uses: string }[];
    expect(used.map(({ uses }) => uses)).toContain('./.github/actions/consistency');
  });

  it('passes on good history, with every layer checked and no server', () => {
    const result = check();
    expect(result).toMatchObject({ status: 0, errors: [] });
    for (const layer of ['artifacts', 'projection', 'derived'])
      expect(result.summary).toContain(`| ${layer} | ok |`);
    // The next day's trades are no fault.
    origin.commit({ [DAY_ONE]: first + ledger(trade(3)) });
    const grown = check();
    expect(grown).toMatchObject({ status: 0, errors: [] });
    expect(grown.summary).toContain(`#### In money since \`${good.slice(0, 12)}\`\n\n1 trade opened.`);
    expect(grown.summary).toContain('| net P&L | 124.38 | 124.38 |');
    // A branch's first push names no commit before it.
    expect(check({ base: '0'.repeat(40) })).toMatchObject({ status: 0 });
  });

  const line = (text: string, number: number): string => text.split('\n')[number - 1] ?? '';
  it.each([
    [
      'a changed ledger line',
      { [DAY_ONE]: first.replace('"130.5"', '"930.5"') },
      new RegExp(`^::error file=${DAY_ONE},line=1,title=LEDGER_REWRITTEN::`),
      '| net P&L | 124.38 | 924.38 |',
    ],
    [
      'a removed ledger line',
      { [DAY_ONE]: `${line(first, 1)}\n` },
      new RegExp(`^::error file=${DAY_ONE},line=2,title=LEDGER_REWRITTEN::`),
    ],
    [
      'a duplicate identity',
      { [DAY_ONE]: first + line(first, 1).replace('"130.5"', '"930.5"').concat('\n') },
      new RegExp(`^::error file=${DAY_ONE},line=3,title=\\w*CONFLICT::`),
    ],
    [
      'a malformed decision',
      { [DECISION_PATH]: decision().replace('**Timestamp:** 2026', '**Timestamp:** never') },
      new RegExp(`^::error file=${DECISION_PATH},line=3,title=`),
    ],
    [
      'a metrics file that does not follow',
      {
        [DAY_METRICS]: () =>
          readFileSync(path.join(origin.folder, DAY_METRICS), 'utf8').replaceAll('124.38', '924.38'),
      },
      new RegExp(`^::error file=${DAY_METRICS},line=\\d+,title=METRICS_NOT_DERIVED::`),
    ],
  ])('fails on %s, with an annotation on its line', (_, change, annotation, money = '') => {
    const files = Object.entries(change).map(([file, text]) => [
      file,
      typeof text === 'string' ? text : text(),
    ]);
    origin.commit(Object.fromEntries(files));
    const result = check();
    expect([result.status, result.stderr]).toEqual([1, expect.anything()]);
    expect(result.errors).toEqual(expect.arrayContaining([expect.stringMatching(annotation)]));
    expect(result.summary).toMatch(/^### maven-git: \d+ errors?/);
    expect(result.summary).toContain(money);
  });

  it('fails where a branch was replaced by one without its ledger lines', () => {
    origin.commit({ [DAY_ONE]: first + ledger(trade(3)) });
    const lost = origin.git('rev-parse', 'HEAD').trim();
    origin.git('branch', 'before', lost);
    origin.git('reset', '--quiet', '--hard', good);
    const result = check({ base: 'origin/before' });
    expect(result.status).toBe(1);
    expect(result.errors[0]).toContain(`file=${DAY_ONE},line=3,title=LEDGER_REWRITTEN`);
  });

  it('cannot check a shallow clone, and says how to fetch enough', () => {
    const result = check({ depth: 1 });
    expect(result.status).toBe(2);
    expect(result.errors[0]).toContain('fetch-depth: 0');
  });
});
