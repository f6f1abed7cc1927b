import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Database } from '../../src/db/database.js';
import { sql } from '../../src/db/sql.js';
import type { Finding } from '../../src/projection/finding.js';
import { reconcile } from '../../src/projection/reconcile.js';
import { type VerifyOptions, verify } from '../../src/projection/verify.js';
import { describeEachDatabase, type TestDatabase } from '../support/databases.js';
import { createTestRepository, type TestRepository } from '../support/test-repository.js';
import { DAY_ONE, DAY_TWO, DECISION, DECISION_PATH, decision, ledger, trade } from './fixtures.js';

describeEachDatabase('verify', (open) => {
  let databases: TestDatabase;
  let database: Database;
  let repository: TestRepository;
  beforeAll(async () => {
    databases = await open();
  });
  afterAll(() => databases.close());
  beforeEach(async () => {
    database = await databases.fresh();
    repository = createTestRepository();
  });
  afterEach(() => repository.remove());

  const dependencies = async () => ({ repository: await repository.open(), database });
  const project = async () => reconcile(await dependencies(), { force: true });
  const run = async (options: VerifyOptions = {}) => verify(await dependencies(), options);
  const execute = async (statement: string): Promise<void> => {
    await database.withSession(({ db }) => sql.raw(statement).execute(db));
  };
  const codes = (findings: readonly Finding[]) => findings.map((finding) => finding.code);

  it('names a changed cell: row, column, what git says, what is there, where it comes from', async () => {
    repository.commit({ [DAY_ONE]: ledger(trade(1), trade(2)) });
    await project();
    await execute("update maven_trades set fees_usd = 0.61 where external_trade_id = '2'");
    const report = await run();
    expect(report).toMatchObject({
      errors: 1,
      layers: { artifacts: 'ok', projection: 'findings', derived: 'not checked' },
    });
    expect(report.findings).toEqual([
      expect.objectContaining({
        code: 'ROW_CHANGED',
        table: 'maven_trades',
        key: 'moha/2',
        path: DAY_ONE,
        line: 2,
        column: 'fees_usd',
        expected: '6.12',
        actual: '0.61',
        mend: 'maven-git verify --fix',
      }),
    ]);
    expect(await run({ fix: true })).toMatchObject({ errors: 0, findings: [] });
  });

  it('compares numbers by their digits', async () => {
    repository.commit({ [DAY_ONE]: ledger(trade(1)) });
    await project();
    await execute('update maven_trades set fees_usd = 6.120');
    expect((await run()).findings).toEqual([
      expect.objectContaining({ column: 'fees_usd', expected: '6.12', actual: '6.120' }),
    ]);
  });

  it('says that nothing is projected, and mends that too', async () => {
    repository.commit({ [DAY_ONE]: ledger(trade(1)) });
    const report = await run();
    expect(codes(report.findings)).toEqual(['PROJECTION_MISSING']);
    expect(report).toMatchObject({ errors: 1, artifactsRead: 1 });
    expect(await run({ fix: true })).toMatchObject({ errors: 0 });
  });

  it('says how far the projection is behind', async () => {
    repository.commit({ [DAY_ONE]: ledger(trade(1)) });
    await project();
    repository.commit({ 'notes.txt': 'x\n' });
    expect(await run()).toMatchObject({
      errors: 0,
      warnings: 1,
      findings: [{ code: 'PROJECTION_BEHIND', severity: 'warning' }],
    });
    repository.commit({ [DAY_ONE]: ledger(trade(1), trade(2)) });
    const report = await run();
    expect(codes(report.findings)).toEqual(['PROJECTION_BEHIND', 'ROW_MISSING']);
    expect(report.findings[0]).toMatchObject({
      message: expect.stringContaining('2 commits behind'),
      mend: 'maven-git reconcile',
    });
  });

  it('finds a projection row that was tampered with', async () => {
    repository.commit({ [DAY_ONE]: ledger(trade(1)) });
    await project();
    await execute(`update maven_projection set row_counts = row_counts || '{"maven_trades": 7}'`);
    expect((await run()).findings).toEqual([
      expect.objectContaining({ code: 'PROJECTION_STATE', key: 'maven_trades', expected: '1', actual: '7' }),
    ]);
    await execute("update maven_projection set artifacts_tree = 'x'");
    expect(codes((await run()).findings)).toEqual(['PROJECTION_STATE']);
    expect(await run({ fix: true })).toMatchObject({ errors: 0, findings: [] });
  });

  it('names a link to a decision that does not exist', async () => {
    repository.commit({ [DAY_ONE]: ledger(trade(1, { decision: DECISION }), trade(2)) });
    await project();
    const report = await run();
    expect(report.layers).toMatchObject({ artifacts: 'findings', projection: 'ok' });
    expect(report.findings).toEqual([
      expect.objectContaining({
        code: 'DECISION_NOT_FOUND',
        key: 'moha/1',
        path: DAY_ONE,
        line: 1,
        actual: DECISION,
      }),
    ]);
    expect((await run({ artifactsOnly: true })).findings).toEqual(report.findings);
    repository.commit({ [DECISION_PATH]: decision() });
    await project();
    expect(await run()).toMatchObject({ errors: 0, findings: [] });
  });

  it('finds ledger lines that a commit removed or changed, until they are back', async () => {
    repository.commit({
      [DAY_ONE]: ledger(trade(1), trade(2)),
      [DAY_TWO]: ledger(trade(3, { openedAt: '2026-01-15T00:00:00.000000+00:00' })),
    });
    const rewrite = repository.commit({
      [DAY_ONE]: ledger(trade(1, { feesUsd: '0' }), trade(2)),
      [DAY_TWO]: null,
    });
    repository.commit({ 'notes.txt': 'later\n' });
    await project();
    const found = (await run()).findings.filter((finding) => finding.code === 'LEDGER_REWRITTEN');
    expect(found.map(({ path, message }) => [path, message.includes(rewrite.slice(0, 12))])).toEqual([
      [DAY_ONE, true],
      [DAY_TWO, true],
    ]);
    expect(codes((await run({ artifactsOnly: true })).findings)).toEqual([
      'LEDGER_REWRITTEN',
      'LEDGER_REWRITTEN',
    ]);
    repository.git('revert', '--no-edit', '--quiet', rewrite);
    await project();
    expect(codes((await run()).findings)).toEqual([]);
  });

  it('is not fooled by a rewrite that was put back and done again', async () => {
    for (const feesUsd of ['1.5', '2.5', '1.5', '9999'])
      repository.commit({ [DAY_ONE]: ledger(trade(1, { feesUsd })) });
    expect(codes((await run({ artifactsOnly: true })).findings)).toEqual(['LEDGER_REWRITTEN']);
    repository.commit({ [DAY_ONE]: ledger(trade(1, { feesUsd: '1.5' })) });
    expect(codes((await run({ artifactsOnly: true })).findings)).toEqual([]);
  });

  it('finds a rewrite also after the history before it was found sound', async () => {
    repository.commit({ [DAY_ONE]: ledger(trade(1), trade(2)) });
    expect(codes((await run({ artifactsOnly: true })).findings)).toEqual([]);
    repository.commit({ [DAY_ONE]: ledger(trade(1), trade(2), trade(3)) });
    expect(codes((await run({ artifactsOnly: true })).findings)).toEqual([]);
    const rewrite = repository.commit({ [DAY_ONE]: ledger(trade(2), trade(3)) });
    for (let look = 0; look < 2; look++)
      expect(codes((await run({ artifactsOnly: true })).findings)).toEqual(['LEDGER_REWRITTEN']);
    repository.git('reset', '--quiet', '--hard', `${rewrite}~1`);
    expect(codes((await run({ artifactsOnly: true })).findings)).toEqual([]);
    // A history that never had what was found sound is read from its beginning.
    repository.git('checkout', '--quiet', '--orphan', 'other');
    repository.commit({ [DAY_ONE]: ledger(trade(1), trade(2)) });
    repository.commit({ [DAY_ONE]: ledger(trade(2)) });
    expect(codes((await run({ artifactsOnly: true })).findings)).toEqual(['LEDGER_REWRITTEN']);
  });

  it('does not call nothing sound', async () => {
    repository.commit({ 'notes.txt': 'x\n' });
    await expect(run({ artifactsOnly: true })).rejects.toMatchObject({ code: 'ARTIFACTS_NOT_FOUND' });
    await expect(run()).rejects.toMatchObject({ code: 'ARTIFACTS_NOT_FOUND' });
  });

  it('takes a merge that keeps all lines of both sides', async () => {
    repository.commit({ [DAY_ONE]: ledger(trade(1)) });
    repository.git('checkout', '--quiet', '-b', 'side');
    repository.commit({ [DAY_ONE]: ledger(trade(1), trade(2)) });
    repository.git('checkout', '--quiet', 'main');
    repository.commit({ [DAY_ONE]: ledger(trade(1), trade(3)) });
    repository.git('merge', '--quiet', '--strategy=ours', '--no-commit', 'side');
    repository.commit({ [DAY_ONE]: ledger(trade(1), trade(3), trade(2)) });
    await project();
    expect(await run()).toMatchObject({ errors: 0, findings: [] });
  });

  it('reports faults of content with their line, and keeps the rows around them', async () => {
    repository.commit({
      [DAY_ONE]: `${ledger(trade(1))}{"v":1,\n${ledger(trade(2))}`,
      '.moha/maven/decisions/todo.txt': 'x\n',
    });
    await project();
    const report = await run();
    expect(report.rowCounts).toMatchObject({ maven_trades: 2, maven_problems: 2 });
    expect(report.findings).toEqual([
      expect.objectContaining({ severity: 'error', path: DAY_ONE, line: 2, layer: 'artifacts' }),
      expect.objectContaining({ code: 'UNKNOWN_ARTIFACT', severity: 'warning' }),
    ]);
  });
});
