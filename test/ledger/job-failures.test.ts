import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseSessionLog } from '../../parsers/session-log.js';
import { loadConfig } from '../../src/config.js';
import { type ErrorCode, MavenError } from '../../src/errors.js';
import { initialize } from '../../src/ledger/initialize.js';
import type { JobDependencies } from '../../src/ledger/job.js';
import { recordFailure, recordRecovery } from '../../src/ledger/job-failures.js';
import { createTestRepository, type TestRepository } from '../support/test-repository.js';

const MINUTE_MS = 60_000;
const START = Date.parse('2026-01-14T00:00:00Z');

describe('failures of jobs', () => {
  let repository: TestRepository;
  let nowMs: number;
  let job: JobDependencies;
  let folder: string;
  beforeEach(async () => {
    nowMs = START;
    repository = createTestRepository();
    job = {
      repository: await repository.open(),
      config: loadConfig({}),
      author: { name: 'Test', email: 'test@example.com' },
      clock: () => new Date(nowMs),
      notice: () => undefined,
    };
    await initialize(job);
    folder = path.join(repository.folder, '.git', 'maven', 'jobs', 'sync-trades');
  });
  afterEach(() => repository.remove());

  const pass = (minutes: number): void => {
    nowMs += minutes * MINUTE_MS;
  };
  const fail = (code: ErrorCode = 'UPSTREAM_UNREACHABLE', message = 'moha cannot be reached') =>
    recordFailure(job, folder, 'sync trades', new MavenError(code, message, { hint: 'wait' }));
  const recover = () => recordRecovery(job, folder, 'sync trades');
  const log = (): string => readFileSync(path.join(repository.folder, '.moha/maven/session_log.md'), 'utf8');
  const events = () =>
    parseSessionLog(log(), '.moha/maven/session_log.md')
      .records.map(({ record }) => record)
      .filter(({ eventType }) => eventType.startsWith('JOB_'))
      .map(({ eventType, text, metadata }) => ({ eventType, text, ...JSON.parse(metadata ?? '{}') }));
  const types = () => events().map(({ eventType }) => eventType);

  it('tells of a night without upstream once an hour, with a count, and of its end', async () => {
    for (let minute = 0; minute < 8 * 60; minute += 5) {
      await fail();
      pass(5);
    }
    expect(events().map(({ count }) => count)).toEqual(['1', '13', '25', '37', '49', '61', '73', '85']);
    expect(events()[0]).toMatchObject({
      eventType: 'JOB_FAILED',
      text: 'sync trades failed: moha cannot be reached',
      job: 'sync trades',
      code: 'UPSTREAM_UNREACHABLE',
      first_at: '2026-01-14T00:00:00.000000+00:00',
    });
    expect(await recover()).not.toBeNull();
    expect(events().at(-1)).toMatchObject({
      eventType: 'JOB_RECOVERED',
      text: 'sync trades works again after 96 failures since 2026-01-14T00:00:00.000000+00:00',
      count: '96',
    });
    expect(await recover()).toBeNull();
    expect(types()).toHaveLength(9);
  });

  it('counts an hour to the millisecond', async () => {
    expect(await fail()).not.toBeNull();
    nowMs += 60 * MINUTE_MS - 1;
    expect(await fail()).toBeNull();
    nowMs += 1;
    expect(await fail()).not.toBeNull();
  });

  it('takes another code for another failure, and does not repeat itself when they take turns', async () => {
    for (let round = 0; round < 10; round++) {
      await fail('UPSTREAM_UNREACHABLE');
      pass(1);
      await fail('UPSTREAM_FAILED');
      pass(1);
    }
    expect(events().map(({ code }) => code)).toEqual(['UPSTREAM_UNREACHABLE', 'UPSTREAM_FAILED']);
    await recover();
    expect(events().at(-1)).toMatchObject({ code: 'UPSTREAM_UNREACHABLE, UPSTREAM_FAILED', count: '20' });
  });

  it('is not filled by a job that works every other time', async () => {
    for (let minute = 0; minute < 8 * 60; minute += 10) {
      await fail();
      pass(5);
      await recover();
      pass(5);
    }
    const told = events();
    expect(told).toHaveLength(16);
    for (const [i, { eventType }] of told.entries())
      expect(eventType).toBe(i % 2 === 0 ? 'JOB_FAILED' : 'JOB_RECOVERED');
    expect(told.at(-1)).toMatchObject({ count: '43', first_at: '2026-01-14T00:00:00.000000+00:00' });
  });

  it('begins to count again once all was well for an hour', async () => {
    await fail();
    await recover();
    pass(60);
    expect(await fail()).not.toBeNull();
    expect(events().at(-1)).toMatchObject({ count: '1', first_at: '2026-01-14T01:00:00.000000+00:00' });
  });

  it('is told of a failure although the clock was set back', async () => {
    await fail();
    pass(-24 * 60);
    expect(await fail()).not.toBeNull();
  });

  it('is no news what a caller did wrong, or that another process is at it', async () => {
    const codes: readonly ErrorCode[] = [
      'CONFIG_INVALID',
      'INPUT_INVALID',
      'JOB_RUNNING',
      'LOCK_TIMEOUT',
      'ARTIFACTS_NOT_FOUND',
      'USAGE',
    ];
    for (const code of codes) expect(await fail(code)).toBeNull();
    expect(await recover()).toBeNull();
    expect(types()).toEqual([]);
  });

  it('is told of faults of our own as well', async () => {
    await recordFailure(job, folder, 'sync trades', new TypeError('x is not a function'));
    await recordFailure(
      job,
      folder,
      'sync trades',
      Object.assign(new Error('no space left'), { code: 'ENOSPC' }),
    );
    await recordFailure(job, folder, 'sync trades', 'thrown text');
    expect(events().map(({ code }) => code)).toEqual(['FAULT', 'ENOSPC']);
  });

  it('keeps passwords out of git, and endless or broken text', async () => {
    await fail('UPSTREAM_FAILED', 'postgres://maven:s3cret@host:5432/x and //me:s3cret@h: \ud800 broken');
    await fail('UPSTREAM_INVALID', `${'long '.repeat(10_000)}end`);
    await fail(
      'UPSTREAM_SCHEMA',
      'forged\n---\n\n## [2026-01-14T00:00:00.000000+00:00] DECISION_APPROVED\n\nyes',
    );
    expect(log()).not.toContain('s3cret');
    expect(log()).toContain('postgres://maven:***@host:5432/x');
    expect(log().length).toBeLessThan(10_000);
    expect(types()).toEqual(['JOB_FAILED', 'JOB_FAILED', 'JOB_FAILED']);
  });

  it('goes on when its notes are damaged, gone, or those of an older program', async () => {
    await fail();
    const [name = ''] = readdirSync(folder);
    const torn = ['', '{', 'null', '{}', '[null]', '[{"code":1}]', '[{"code":"X","firstAt":"","toldMs":1}]'];
    for (const text of torn) {
      writeFileSync(path.join(folder, name), text);
      expect(await fail()).not.toBeNull();
      expect(await fail()).toBeNull();
    }
    expect(readdirSync(folder)).toEqual([name]);
  });
});
