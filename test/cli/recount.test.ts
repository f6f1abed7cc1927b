import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { flowsPath, snapshotPath } from '../../parsers/paths.js';
import {
  flowAt,
  flowFiles,
  hour,
  pnlSince,
  snapshot,
  snapshotFiles,
} from '../projection/snapshot-fixtures.js';
import { maven } from '../support/cli.js';
import { AWAY } from '../support/test-context.js';
import { createTestRepository, type TestRepository } from '../support/test-repository.js';

/** 200 came in at 03:00 and was recorded two hours after the snapshots of 04:00 and 05:00, which took it for a profit. */
const LATE = flowAt(hour(3), 'late', { amountUsd: '200', amountAsset: '200', recordedAt: hour(7) });
const after = (hours: number) =>
  snapshot(hour(hours), {
    totalValueUsd: '1200',
    externalFlows: { netUsd: '0', count: 0, since: hour(hours - 1) },
    pnl: { ...snapshot(hour(hours)).pnl, all: pnlSince(hour(2), '200', (hours - 2) * 3600) },
  });
const SNAPSHOTS = snapshotFiles(snapshot(hour(2)), after(4), after(5));

let repository: TestRepository;
beforeEach(() => {
  repository = createTestRepository();
});
afterEach(() => repository.remove());

const run = (...args: readonly string[]) =>
  maven([...args, '--repo', repository.folder], {
    cwd: repository.folder,
    env: { MAVEN_DATABASE_URL: AWAY, NO_COLOR: '1' },
  });

describe('recount', () => {
  it('tells by cause what changes, shows the newest, writes it, and then has nothing to do', async () => {
    repository.commit({ ...SNAPSHOTS, ...flowFiles(LATE) });
    const planned = await run('recount', '--dry-run');
    expect(planned).toMatchObject({ exitCode: 0 });
    const lines = planned.stdout.split('\n');
    expect(lines[0]).toMatch(/^\d numbers of 2 snapshots would be written anew$/);
    expect(lines.find((line) => line.startsWith('  pnl.all.value_usd'))).toMatch(
      /^ {2}pnl\.all\.value_usd +2 +snapshot_20260114T050000Z\.json +200 +0(\.0+)?$/,
    );
    expect(repository.git('status', '--porcelain')).toBe('');
    expect(await run('recount')).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('of 2 snapshots written anew'),
    });
    expect(await run('recount')).toMatchObject({
      exitCode: 0,
      stdout: 'every snapshot follows from snapshots and flows\n',
    });
  });

  it('ends with 1 and says what to do where a damaged flow file keeps it from counting', async () => {
    repository.commit({ ...SNAPSHOTS, [flowsPath(hour(3))]: '{"broken"\n' });
    const { exitCode, stdout } = await run('recount');
    expect(exitCode).toBe(1);
    expect(stdout).toContain('could not be counted again');
    expect(stdout).toContain(`${flowsPath(hour(3))} is not readable as a whole: INVALID_JSON in line 1`);
    expect(repository.git('log', '--format=%s').trim().split('\n')).toHaveLength(1);
  });
});

describe('record flow-correction', () => {
  it('lists what nobody can count, corrects it, and has nothing to list then', async () => {
    const unpriced = flowAt(hour(3), '0xabc', { asset: 'HYPE', amountUsd: null, amountAsset: '8' });
    repository.commit({
      [snapshotPath(hour(2))]: SNAPSHOTS[snapshotPath(hour(2))] ?? '',
      ...flowFiles(unpriced),
    });
    const listed = await run('record', 'flow-correction');
    expect(listed).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('deposit of 8 HYPE') });
    const corrected = await run('record', 'flow-correction', '0xabc', '--usd=200', '--reason', 'at 25 USD');
    expect(corrected).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('unknown -> 200') });
    expect(await run('record', 'flow-correction')).toMatchObject({
      exitCode: 0,
      stdout: 'none: every flow that is recorded can be counted\n',
    });
  });

  it('ends with 1 and writes nothing for a flow that is not there, an amount that is none, and without a reason', async () => {
    repository.commit(flowFiles(LATE));
    for (const args of [
      ['0xnothere', '--usd=1', '--reason', 'x'],
      ['late', '--usd=much', '--reason', 'x'],
      ['late', '--usd=1'],
    ]) {
      const { exitCode, stderr } = await run('record', 'flow-correction', ...args);
      expect([args, exitCode, stderr.includes('    at ')]).toEqual([args, 1, false]);
      expect(stderr).toMatch(/^maven-git: /);
    }
    expect(repository.git('log', '--format=%s').trim().split('\n')).toHaveLength(1);
  });
});
